#include "engine/io/private_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "engine/catalogue/incoming_file.h"
#include "engine/io/files.h"
#include "temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

TEST(PrivateFolder, IsForItsOwnerAloneAndGoneAtTheEnd) {
    fs::path path, other;
    {
        const auto folder = PrivateFolder::create();
        const auto second = PrivateFolder::create();
        ASSERT_TRUE(folder && second);
        path = folder->path();
        other = second->path();
        EXPECT_NE(path, other);
        struct stat status = {};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0700u);
        std::ofstream(path / "picture.png") << "picture";
    }
    EXPECT_FALSE(fs::exists(path));
    EXPECT_FALSE(fs::exists(other));
}

/// Its path can be foretold: whoever plants a link there is not written through.
TEST(IncomingFile, FollowsNoLinkThatWasPlantedUnderItsName) {
    const test::TemporaryFolder folder;
    std::ofstream(folder / "victim") << "precious";
    fs::create_directory(folder / "model");
    fs::create_symlink(folder / "victim", folder / "model/weights.part");
    CatalogueEntry entry;
    const Progress progress;
    const CancelToken cancel;
    FetchJob job{entry, folder / "model", progress, cancel};
    CatalogueFile file;
    file.path = "weights";
    file.size = 3;
    auto incoming = IncomingFile::open(job, file);
    ASSERT_TRUE(incoming) << incoming.message();
    EXPECT_EQ(incoming->size(), 0u);
    const std::string bytes = "new";
    ASSERT_TRUE(incoming->append(std::as_bytes(std::span(bytes))));
    EXPECT_EQ(*read_text_file(folder / "victim"), "precious");
    EXPECT_EQ(*read_text_file(folder / "model/weights.part"), "new");
}

TEST(ReadTextFile, BelievesNoSizeBeyondAnyText) {
    const test::TemporaryFolder folder;
    std::ofstream(folder / "config.json") << "{}";
    fs::resize_file(folder / "config.json", std::uintmax_t{1} << 40);  // of holes
    const auto text = read_text_file(folder / "config.json");
    ASSERT_FALSE(text);
    EXPECT_NE(text.message().find("config.json"), std::string::npos) << text.message();
    EXPECT_NE(text.message().find("too many for a text"), std::string::npos) << text.message();
}

}  // namespace
}  // namespace fovea
