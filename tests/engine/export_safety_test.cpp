// A file is there whole or not at all.

#include <gtest/gtest.h>

#include <fstream>

#include "export_fixture.h"
#include "small_disk.h"

namespace fovea {
namespace {

using test::TemporaryFolder;

ExportJob job_for(const std::filesystem::path& file) {
    ExportJob job;
    test::ReadingShape shape;
    shape.tokens = 40;
    shape.layers = 1;  // .npy holds no more
    job.reading = test::make_reading(shape);
    job.file = file;
    return job;
}

class ExportSafety : public testing::TestWithParam<std::string> {
  protected:
    void put_older_file() { std::ofstream(file()) << "older"; }
    std::filesystem::path file() const { return folder_ / ("out" + GetParam()); }
    void expect_older_file_alone() const {
        EXPECT_EQ(folder_.names(), std::vector<std::string>{"out" + GetParam()});
        EXPECT_EQ(test::file_bytes(file()), "older");
    }
    TemporaryFolder folder_;
};

TEST_P(ExportSafety, ReplacesAnOlderFile) {
    put_older_file();
    const Status status = export_reading(job_for(file()), {}, {});
    ASSERT_TRUE(status) << status.message();
    EXPECT_GT(std::filesystem::file_size(file()), 500u);
    EXPECT_EQ(folder_.names().size(), GetParam() == ".csv" || GetParam() == ".npy" ? 2u : 1u);
}

TEST_P(ExportSafety, FullDiskLeavesTheOlderFile) {
    put_older_file();
    Status status;
    {
        test::SmallDisk disk(3000);
        status = export_reading(job_for(file()), {}, {});
    }
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message().find(file().string() + ": "), 0u) << status.message();
    EXPECT_NE(status.message().find("File too large"), std::string::npos) << status.message();
    expect_older_file_alone();
}

TEST_P(ExportSafety, CancellationLeavesTheOlderFile) {
    put_older_file();
    CancelToken cancel;
    int calls = 0;
    const auto progress = [&](std::string_view, double) {
        if (++calls == 3) cancel.cancel();
    };
    const Status status = export_reading(job_for(file()), progress, cancel);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message(), cancelled_message);
    expect_older_file_alone();
}

// What is not in the folder while an export runs is not left there when its process is killed.
TEST_P(ExportSafety, NothingStandsBesideTheOlderFileMeanwhile) {
    if (!test::has_unnamed_files(folder_.path()))
        GTEST_SKIP() << "this file system has no files without a name";
    put_older_file();
    int calls = 0;
    const auto progress = [&](std::string_view, double) {
        ++calls;
        expect_older_file_alone();
    };
    ASSERT_TRUE(export_reading(job_for(file()), progress, {}));
    EXPECT_GT(calls, 0);
}

TEST_P(ExportSafety, FollowsALink) {
    std::ofstream(folder_ / "real") << "older";
    std::filesystem::create_symlink(folder_ / "real", file());
    ASSERT_TRUE(export_reading(job_for(file()), {}, {}));
    EXPECT_TRUE(std::filesystem::is_symlink(file()));
    EXPECT_GT(std::filesystem::file_size(folder_ / "real"), 500u);
}

INSTANTIATE_TEST_SUITE_P(Formats, ExportSafety,
                         testing::Values(".npz", ".npy", ".safetensors", ".json", ".csv", ".png",
                                         ".svg", ".pdf"),
                         [](const auto& info) { return info.param.substr(1); });

std::string message_of(const ExportJob& job) {
    const Status status = export_reading(job, {}, {});
    return status ? "no error" : status.message();
}

TEST(ExportErrors, UnknownEndingListsTheKnownOnes) {
    TemporaryFolder folder;
    for (const char* name : {"out.bmp", "out", ".npz"}) {
        const std::string message = message_of(job_for(folder / name));
        EXPECT_NE(message.find(".npz .npy .safetensors .json .csv .png .svg .pdf"),
                  std::string::npos)
            << message;
    }
    EXPECT_TRUE(folder.names().empty());
    EXPECT_EQ(message_of(job_for(folder / "OUT.JSON")), "no error");
}

TEST(ExportErrors, FoldersThatCannotBeWritten) {
    TemporaryFolder folder;
    EXPECT_NE(message_of(job_for(folder / "missing/out.npz")).find("there is no folder"),
              std::string::npos);
    EXPECT_NE(message_of(job_for("/proc/out.npz")).find("/proc/out.npz: cannot be written: "),
              std::string::npos);
    std::filesystem::create_directory(folder / "out.npz");
    EXPECT_NE(message_of(job_for(folder / "out.npz")).find("a folder has that name"),
              std::string::npos);
    EXPECT_EQ(folder.names(), std::vector<std::string>{"out.npz"});
}

TEST(ExportErrors, WhatDoesNotExistIsNamed) {
    TemporaryFolder folder;
    const auto with = [&](auto change) {
        ExportJob job = job_for(folder / "out.npz");
        change(job);
        return message_of(job);
    };
    EXPECT_NE(with([](ExportJob& job) {
                  job.heads = {1, 4};
              }).find("head 4 does not exist"),
              std::string::npos);
    EXPECT_NE(with([](ExportJob& job) { job.layers = {-1}; }).find("layer -1 does not exist"),
              std::string::npos);
    EXPECT_NE(with([](ExportJob& job) {
                  job.layers = {0, 0};
              }).find("layer 0 is named twice"),
              std::string::npos);
    EXPECT_NE(with([](ExportJob& job) { job.reading = nullptr; }).find("nothing to export"),
              std::string::npos);
    EXPECT_NE(with([](ExportJob& job) { job.logits = true; }).find("no language-model head"),
              std::string::npos);
    EXPECT_TRUE(folder.names().empty());
}

/// Maps of 32,768 tokens in 4,096 layers: 17 TB of floats. Nobody waits for hours to be told.
TEST(ExportErrors, WhatTheDiskHasNoRoomForIsNotBegun) {
    constexpr Index n = 32768, layers = 4096;
    TemporaryFolder folder;
    std::error_code error;
    if (std::filesystem::space(folder.path(), error).available > 3'000'000'000'000 || error)
        GTEST_SKIP() << "this disk has room for it";
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = projections->head_dim = 1;
    projections->queries = projections->keys = n;
    projections->query = Tensor::filled({1, n, 1}, 0);
    projections->key = Tensor::filled({1, n, 1}, 0);
    auto layer = std::make_shared<LayerTrace>();
    layer->projections = projections;
    auto trace = std::make_shared<Trace>();
    trace->ids.assign(n, 1);
    trace->layers.assign(layers, layer);
    auto reading = std::make_shared<Reading>();
    reading->tokens.resize(n);
    reading->labels.resize(n);
    reading->original = trace;
    for (const char* ending : {".npz", ".safetensors", ".json", ".csv"}) {
        ExportJob job;
        job.reading = reading;
        job.file = folder / (std::string("out") + ending);
        const std::string message = message_of(job);
        EXPECT_TRUE(message.starts_with(job.file.string() + ": it takes ")) << message;
        EXPECT_NE(message.find("and the disk has "), std::string::npos) << message;
    }
    EXPECT_TRUE(folder.names().empty());
}

/// The file that tells of another does not come before it, and not without it.
class ExportCompanion : public testing::TestWithParam<std::string> {
  protected:
    std::filesystem::path file() const { return folder_ / ("out" + GetParam()); }
    std::filesystem::path companion() const { return file().string() + "-metadata.json"; }
    TemporaryFolder folder_;
};

TEST_P(ExportCompanion, IsNotThereWhereTheFileCannotHaveItsName) {
    const auto progress = [&](std::string_view, double) {
        std::filesystem::create_directory(file());  // somebody else is faster
    };
    EXPECT_FALSE(export_reading(job_for(file()), progress, {}));
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"out" + GetParam()});
}

TEST_P(ExportCompanion, KeepsTheFileAwayWhereItCannotBeWritten) {
    std::ofstream(file()) << "older";
    std::filesystem::create_directory(companion());
    const Status status = export_reading(job_for(file()), {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("-metadata.json"), std::string::npos) << status.message();
    EXPECT_EQ(test::file_bytes(file()), "older");
}

TEST_P(ExportCompanion, FollowsNoLinkThatWasPlantedUnderItsName) {
    std::ofstream(folder_ / "victim") << "precious";
    std::filesystem::create_symlink(folder_ / "victim", companion());
    ASSERT_TRUE(export_reading(job_for(file()), {}, {}));
    EXPECT_EQ(test::file_bytes(folder_ / "victim"), "precious");
    EXPECT_FALSE(std::filesystem::is_symlink(companion()));
    EXPECT_NE(test::file_bytes(companion()).find("hand-made"), std::string::npos);
}

/// Where a person chose the name, a link is what they chose.
TEST_P(ExportCompanion, ALinkUnderTheFilesOwnNameIsFollowedOnlyWhereThatWasChosen) {
    std::ofstream(folder_ / "elsewhere") << "older";
    std::filesystem::create_symlink(folder_ / "elsewhere", file());
    ASSERT_TRUE(export_reading(job_for(file()), {}, {}));
    EXPECT_TRUE(std::filesystem::is_symlink(file()));
    EXPECT_NE(test::file_bytes(folder_ / "elsewhere"), "older");
    std::ofstream(folder_ / "elsewhere") << "older";
    ExportJob job = job_for(file());
    job.name_was_chosen = false;
    ASSERT_TRUE(export_reading(job, {}, {}));
    EXPECT_FALSE(std::filesystem::is_symlink(file()));
    EXPECT_EQ(test::file_bytes(folder_ / "elsewhere"), "older");
}

INSTANTIATE_TEST_SUITE_P(Of, ExportCompanion, testing::Values(".csv", ".npy"),
                         [](const auto& test) { return test.param.substr(1); });

}  // namespace
}  // namespace fovea
