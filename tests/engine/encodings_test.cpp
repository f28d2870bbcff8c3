// Bytes as text and text as bytes: base64 by RFC 4648's own examples, UTF-8 by those of the Unicode
// Standard, and the programs that read and write them.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/base64.h"
#include "engine/core/utf8.h"
#include "engine/io/child_process.h"
#include "temporary_folder.h"

namespace fovea {
namespace {

std::string encoded(std::string_view text) {
    return base64(std::as_bytes(std::span(text)));
}

// RFC 4648, section 10.
TEST(Base64, IsTheStandards) {
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(encoded(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
        EXPECT_EQ(from_base64(text.substr(0, text.find('='))), bytes)
            << "the padding may be left out";
    }
    EXPECT_EQ(encoded(std::string("\xff\xfb\x00\x01", 4)), "//sAAQ==");
    EXPECT_EQ(from_base64("//sAAQ=="), std::string("\xff\xfb\x00\x01", 4));
}

TEST(Base64, RefusesWhatIsNone) {
    for (const char* text : {"Zm9v!mFy", " Zm9v", "Zm9v\n", "Zm=v", "Zm9v YmFy", "Zm9v-_=="})
        EXPECT_FALSE(from_base64(text)) << text;
}

// Unicode 15, table 3-7.
TEST(Utf8, OnlyWellFormedCharactersCount) {
    using text::well_formed_bytes;
    EXPECT_EQ(well_formed_bytes("a", 0), 1u);
    EXPECT_EQ(well_formed_bytes("\xc2\x80", 0), 2u);
    EXPECT_EQ(well_formed_bytes("\xe0\xa0\x80", 0), 3u);
    EXPECT_EQ(well_formed_bytes("\xed\x9f\xbf", 0), 3u);
    EXPECT_EQ(well_formed_bytes("\xf0\x90\x80\x80", 0), 4u);
    EXPECT_EQ(well_formed_bytes("\xf4\x8f\xbf\xbf", 0), 4u);
    for (const char* broken :
         {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc2", "\xe2\x82", "\xe2z", "\xff"}) {
        EXPECT_EQ(well_formed_bytes(broken, 0), 0u);
        size_t at = 0;
        EXPECT_EQ(text::decode_utf8(broken, at), U'\xfffd');
        EXPECT_EQ(at, 1u) << "byte by byte";
    }
}

TEST(Utf8, ReadsAndWritesEveryLength) {
    for (const char32_t c : {U'a', U'é', U'今', U'😀'}) {
        std::string text;
        text::append_utf8(text, c);
        size_t at = 0;
        EXPECT_EQ(text::decode_utf8(text, at), c);
        EXPECT_EQ(at, text.size());
        EXPECT_EQ(text::previous_character(text, text.size()), 0u);
    }
}

TEST(Utf8, StepsOverBrokenBytesOneByOne) {
    // A lone continuation, a cut-off sequence, an overlong slash, a surrogate, a byte never used.
    for (const std::string text :
         {"\x80", "\xe4\xbb", "\xc0\xaf", "\xed\xa0\x80", "\xff", "\xf8\x88\x80\x80\x80"}) {
        size_t at = 0, characters = 0;
        while (at < text.size()) {
            EXPECT_EQ(text::decode_utf8(text, at), U'\xfffd');
            ++characters;
        }
        EXPECT_EQ(at, text.size());
        EXPECT_EQ(characters, text.size());
        size_t back = text.size();
        for (; back > 0; --characters)
            back = text::previous_character(text, back);
        EXPECT_EQ(characters, 0u);
    }
}

TEST(Utf8, KnowsACharacterThatHasOnlyBegun) {
    for (const char* begun : {"\xc2", "\xe2\x82", "\xf0\x9f\x98", "\xf0"})
        EXPECT_TRUE(text::is_begun_character(begun));
    for (const char* whole : {"", "a", "\xc3\xa9", "\x82", "\xff", "\xe2z", "\xe2\x82\xac"})
        EXPECT_FALSE(text::is_begun_character(whole));
}

TEST(ChildProcess, ReadsItsInputFromAFile) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "input";
    std::ofstream(file) << "as it lies there";
    ChildProcess child{.arguments = {"cat"},
                       .environment = {},
                       .working_folder = {},
                       .input = file,
                       .while_it_runs = {}};
    auto outcome = run_child(child, {});
    ASSERT_TRUE(outcome) << outcome.message();
    EXPECT_EQ(outcome->output, "as it lies there");
    child.keep_output = false;
    outcome = run_child(child, {});
    ASSERT_TRUE(outcome) << outcome.message();
    EXPECT_EQ(outcome->output, "");
    EXPECT_EQ(outcome->exit_status, 0);
}

// As the programs of the clipboard do: the child ends, its own child stays.
TEST(ChildProcess, IsNotWaitedForLongerThanItLives) {
    ChildProcess child;
    child.arguments = {"sh", "-c", "sleep 5 & exit 3"};
    child.keep_output = false;
    const auto start = std::chrono::steady_clock::now();
    const auto outcome = run_child(child, {});
    ASSERT_TRUE(outcome) << outcome.message();
    EXPECT_EQ(outcome->exit_status, 3);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

}  // namespace
}  // namespace fovea
