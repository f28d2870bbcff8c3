// Eight times the text takes about eight times the time, whatever it is: no merge, look-up or
// repair that is quadratic. Ratios, not times, so that a slow machine passes; the least of several
// runs, so that a busy one does.

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"
#include "tests/engine/tokenizer_golden.h"

namespace fovea {
namespace {

using nlohmann::json;

std::string repeated(std::string_view part, size_t bytes) {
    std::string text;
    while (text.size() < bytes)
        text += part;
    return text;
}

/// Of this thread on the processor: what others do meanwhile does not count.
double seconds(const std::function<void()>& work) {
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double start = now();
    work();
    return now() - start;
}

struct Growth {
    double small = 1e9;
    double large = 1e9;
    double ratio() const { return large / small; }
};

/// Eight times the text: 8 where the time is linear, up to 24 where only the smaller one fits into
/// the processor's cache, 64 where the time is quadratic.
Growth growth(const Tokenizer& tokenizer, std::string_view part) {
    constexpr size_t bytes = 1 << 17;
    const std::string small = repeated(part, bytes);
    const std::string large = repeated(part, 8 * bytes);
    Growth growth;
    const auto encode = [&](const std::string& text) {
        const auto tokens = tokenizer.encode(text, false);
        ASSERT_TRUE(tokens.ok()) << tokens.message();
    };
    // Caches and neighbours disturb a single run.
    for (int run = 0; run < 8 && (run < 1 || growth.ratio() > 16); ++run) {
        growth.small = std::min(growth.small, seconds([&] { encode(small); }));
        growth.large = std::min(growth.large, seconds([&] { encode(large); }));
    }
    return growth;
}

constexpr const char* texts[] = {
    "a",
    " ",
    "🙂",
    "e\xCC\x81",  // a letter with its accent apart
    "\xCC\x81",   // nothing but accents: one grapheme, one run of marks
    "the attention of a head is a map from queries to keys; ",
    "[MASK]",
};

class Growing : public testing::TestWithParam<const char*> {};

TEST_P(Growing, IsLinear) {
    json found;
    for (const json& entry :
         read_json(std::filesystem::path(TEST_DATA) / "tokenizers/cases.json")) {
        if (entry["name"] == GetParam()) found = entry["tokenizer"];
    }
    ASSERT_FALSE(found.is_null());
    const auto tokenizer = Tokenizer::parse(found.dump(), GetParam());
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
    for (const char* text : texts) {
        const Growth grown = growth(**tokenizer, text);
        EXPECT_LT(grown.ratio(), 32)
            << "\"" << text << "\": " << grown.small << " s, then " << grown.large << " s";
        // A sanitizer or a busy machine makes it slower, but not by this much.
        RecordProperty("megabyte_seconds", std::to_string(grown.large));
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Growing,
                         testing::Values("byte_level", "bpe_one_piece", "bpe_bytes", "bpe_suffix",
                                         "unigram", "unigram_one_piece", "word_piece",
                                         "pre_tokenizer_llama3", "normalizer_precompiled",
                                         "normalizer_nfkc", "roberta_trim_spaced"),
                         [](const auto& info) { return std::string(info.param); });

TEST(GrowingFolder, IsLinear) {
    for (const char* folder : {"marian", "t5", "llama"}) {
        const auto tokenizer =
            Tokenizer::load_folder(std::filesystem::path(TEST_DATA) / "tokenizers" / folder);
        ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
        for (const char* text : texts) {
            const Growth grown = growth(**tokenizer, text);
            EXPECT_LT(grown.ratio(), 32) << folder << " \"" << text << "\": " << grown.small
                                         << " s, then " << grown.large << " s";
        }
    }
}

}  // namespace
}  // namespace fovea
