#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/io/files.h"
#include "engine/io/mapped_file.h"
#include "temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
  protected:
    size_t count() const {
        return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
    }

    test::TemporaryFolder temporary_;
    const fs::path folder_ = temporary_.path();
};

using MappedFileTest = Files;

TEST_F(MappedFileTest, ShowsTheBytes) {
    std::ofstream(folder_ / "a b") << "hello";
    const auto file = MappedFile::open(folder_ / "a b");
    ASSERT_TRUE(file) << file.message();
    ASSERT_EQ((*file)->bytes().size(), 5u);
    EXPECT_EQ(std::memcmp((*file)->bytes().data(), "hello", 5), 0);
    EXPECT_EQ((*file)->path(), folder_ / "a b");
}

TEST_F(MappedFileTest, OutlivesTheName) {
    std::ofstream(folder_ / "a") << "hello";
    const auto file = *MappedFile::open(folder_ / "a");
    fs::remove(folder_ / "a");
    EXPECT_EQ(std::memcmp(file->bytes().data(), "hello", 5), 0);
}

TEST_F(MappedFileTest, AnEmptyFileIsNoBytes) {
    std::ofstream(folder_ / "empty");
    const auto file = MappedFile::open(folder_ / "empty");
    ASSERT_TRUE(file) << file.message();
    EXPECT_TRUE((*file)->bytes().empty());
}

TEST_F(MappedFileTest, ReadsZerosWhereAFileHasLostItsEnd) {
    const fs::path path = folder_ / "a";
    constexpr size_t size = 1 << 20, left = 10'000;
    std::ofstream(path) << std::string(size, 'x');
    const auto file = *MappedFile::open(path), other = *MappedFile::open(path);
    EXPECT_TRUE(file->intact());
    fs::resize_file(path, left);
    const auto bytes = file->bytes();
    EXPECT_EQ(bytes[left - 1], std::byte{'x'});
    // From the end to the front, by strides: pages that lie apart.
    for (size_t i = size - 1; i > left; i -= std::min<size_t>(i, 12'345))
        ASSERT_EQ(bytes[i], std::byte{0}) << i;
    EXPECT_EQ(file->intact().message(), path.string() +
                                            ": has become shorter while it was in use (10000 "
                                            "bytes, before 1048576)");
    // Whole again, but for what was read meanwhile; another mapping did not read.
    std::ofstream(path) << std::string(size, 'y');
    EXPECT_EQ(file->intact().message(),
              path.string() + ": could not be read to its end while it was in use");
    EXPECT_TRUE(other->intact());
    EXPECT_EQ(other->bytes()[size - 1], std::byte{'y'});
}

TEST_F(MappedFileTest, OthersBusErrorsStillEndTheProgram) {
    std::ofstream(folder_ / "a") << "hello";
    const auto file = *MappedFile::open(folder_ / "a");
    // A sanitiser ends it in its own way.
    EXPECT_EXIT(
        std::raise(SIGBUS), [](int status) { return status != 0; }, "");
}

TEST_F(MappedFileTest, ErrorsNameFileAndCause) {
    const auto missing = MappedFile::open(folder_ / "missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.message(), (folder_ / "missing").string() + ": No such file or directory");
    const auto folder = MappedFile::open(folder_);
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.message(), folder_.string() + ": is a folder, not a file");
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    const auto pipe = MappedFile::open(folder_ / "pipe");  // must not wait for a writer
    ASSERT_FALSE(pipe);
    EXPECT_EQ(pipe.message(), (folder_ / "pipe").string() + ": not a regular file");
}

TEST_F(Files, ReadsWholeFiles) {
    const std::string text = std::string(200'000, 'x') + std::string("\0\xff", 2);
    std::ofstream(folder_ / "a") << text;
    EXPECT_EQ(*read_text_file(folder_ / "a"), text);
    EXPECT_FALSE(read_text_file("/proc/self/status")->empty());  // its size is said to be 0
    EXPECT_EQ(read_text_file(folder_).message(), folder_.string() + ": is a folder, not a file");
}

TEST_F(Files, WritesAndReplaces) {
    const fs::path path = folder_ / "out.csv";
    ASSERT_TRUE(write_file_atomically(path, "one"));
    EXPECT_EQ(*read_text_file(path), "one");
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
    ASSERT_TRUE(write_file_atomically(path, "two"));
    EXPECT_EQ(*read_text_file(path), "two");
    EXPECT_EQ(static_cast<int>(fs::status(path).permissions()), 0604);
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, NewFilesFollowTheUmask) {
    const fs::path ours = folder_ / "ours";
    const fs::path plain = folder_ / "plain";
    ASSERT_TRUE(write_file_atomically(ours, "x"));
    std::ofstream(plain) << "x";
    EXPECT_EQ(fs::status(ours).permissions(), fs::status(plain).permissions());
}

TEST_F(Files, FollowsSymbolicLinks) {
    std::ofstream(folder_ / "real") << "old";
    fs::create_symlink("real", folder_ / "link");
    ASSERT_TRUE(write_file_atomically(folder_ / "link", "new"));
    EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
    EXPECT_EQ(*read_text_file(folder_ / "real"), "new");
}

TEST_F(Files, UnwritablePathsAreNamed) {
    const auto nowhere = write_file_atomically(folder_ / "no/such/out.csv", "x");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.message(), (folder_ / "no/such/out.csv").string() +
                                     ": cannot be written: No such file or directory");
    const auto folder = write_file_atomically(folder_, "x");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.message(), folder_.string() + ": cannot be written: Is a directory");
}

TEST_F(Files, AFullDiskLeavesTheOldFileAndNothingElse) {
    const fs::path path = folder_ / "out.bin";
    ASSERT_TRUE(write_file_atomically(path, "old"));
    // A limit on the size of files stands in for the full disk: writing fails half-way.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before = {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small = {4096, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto status = write_file_atomically(path, std::string(10'000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message(), path.string() + ": cannot be written: File too large");
    EXPECT_EQ(*read_text_file(path), "old");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, DevicesAreWrittenStraight) {
    EXPECT_TRUE(write_file_atomically("/dev/null", "x"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    const auto full = write_file_atomically("/dev/full", "x");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.message(), "/dev/full: cannot be written: No space left on device");
}

TEST_F(Files, AnUncommittedFileVanishes) {
    {
        auto file = AtomicFile::create(folder_ / "a");
        ASSERT_TRUE(file) << file.message();
        ASSERT_TRUE(file->write("half"));
        EXPECT_TRUE(fs::exists(file->temporary()));
    }
    EXPECT_EQ(count(), 0u);
}

TEST_F(Files, OthersMayWriteItToo) {
    auto file = AtomicFile::create(folder_ / "a");
    ASSERT_TRUE(file) << file.message();
    std::ofstream(file->temporary()) << "by name";
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(*read_text_file(folder_ / "a"), "by name");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, AKilledProcessLeavesNothing) {
    if (!test::has_unnamed_files(folder_))
        GTEST_SKIP() << "this file system has no files without a name";
    ASSERT_TRUE(write_file_atomically(folder_ / "a", "old"));
    const pid_t child = ::fork();
    if (child == 0) {
        auto file = AtomicFile::create(folder_ / "a");
        if (!file || !file->write("half")) ::_exit(1);
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    EXPECT_EQ(*read_text_file(folder_ / "a"), "old");
    EXPECT_EQ(count(), 1u);
}

}  // namespace
}  // namespace fovea
