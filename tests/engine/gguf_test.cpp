#include "engine/io/gguf.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/engine/expect_says.h"
#include "tests/engine/gguf_bytes.h"
#include "tests/engine/memory_growth.h"
#include "tests/engine/temporary_folder.h"

namespace fovea {
namespace {

using test::GgufBytes;

constexpr std::uint64_t huge = std::uint64_t{1} << 63;

Result<std::shared_ptr<const Gguf>> parse(const std::string& file) {
    return Gguf::parse(test::as_bytes(file), "test.gguf");
}

/// The file is refused, in one line that names it and says `reason`.
void expect_refusal(const std::string& file, const std::string& reason) {
    const auto result = parse(file);
    ASSERT_FALSE(result) << "accepted; wanted: " << reason;
    test::expect_says(result, reason);
    EXPECT_EQ(result.message().rfind("test.gguf: ", 0), 0u) << result.message();
    EXPECT_EQ(result.message().find('\n'), std::string::npos);
}

TEST(Gguf, ReadsEveryKindOfMetadata) {
    const auto bytes = []<class T>(T value) { return GgufBytes::bytes_of(value); };
    const std::string file = GgufBytes()
                                 .pair("u8", 0, bytes(std::uint8_t{200}))
                                 .pair("i8", 1, bytes(std::int8_t{-2}))
                                 .pair("u16", 2, bytes(std::uint16_t{60000}))
                                 .pair("i16", 3, bytes(std::int16_t{-300}))
                                 .pair("u32", 4, bytes(std::uint32_t{4000000000}))
                                 .pair("i32", 5, bytes(std::int32_t{-70000}))
                                 .number("f32", 0.5f)
                                 .flag("bool", true)
                                 .text("string", "naïve")
                                 .pair("u64", 10, bytes(huge))
                                 .pair("i64", 11, bytes(std::int64_t{-1}))
                                 .pair("f64", 12, bytes(1e300))
                                 .texts("words", {"a", "", "bc"})
                                 .integers("list", {3, -4})
                                 .floats("scores", {0.25f})
                                 .texts("none", {})
                                 .str();
    const auto result = parse(file);
    ASSERT_TRUE(result) << result.message();
    const Gguf& gguf = **result;
    EXPECT_EQ(gguf.integer("u8"), 200);
    EXPECT_EQ(gguf.integer("i8"), -2);
    EXPECT_EQ(gguf.integer("u16"), 60000);
    EXPECT_EQ(gguf.integer("i16"), -300);
    EXPECT_EQ(gguf.integer("u32"), 4000000000);
    EXPECT_EQ(gguf.integer("i32"), -70000);
    EXPECT_EQ(gguf.number("f32"), 0.5);
    EXPECT_EQ(gguf.number("i32"), -70000.0);
    EXPECT_EQ(gguf.flag("bool"), true);
    EXPECT_EQ(gguf.text("string"), "naïve");
    EXPECT_EQ(gguf.integer("u64"), std::nullopt);  // beyond what a size can be
    EXPECT_EQ(gguf.number("u64"), 0x1p63);
    EXPECT_EQ(gguf.integer("i64"), -1);
    EXPECT_EQ(gguf.number("f64"), 1e300);
    ASSERT_NE(gguf.texts("words"), nullptr);
    EXPECT_EQ(*gguf.texts("words"), (std::vector<std::string_view>{"a", "", "bc"}));
    ASSERT_NE(gguf.numbers("list"), nullptr);
    EXPECT_EQ(gguf.numbers("list")->size(), 2);
    EXPECT_EQ((*gguf.numbers("list"))[1], -4.0);
    EXPECT_EQ((*gguf.numbers("scores"))[0], 0.25);
    EXPECT_TRUE(gguf.texts("none")->empty());
    // Absent, or of another kind.
    EXPECT_EQ(gguf.text("u8"), std::nullopt);
    EXPECT_EQ(gguf.integer("string"), std::nullopt);
    EXPECT_EQ(gguf.flag("nothing"), std::nullopt);
    EXPECT_EQ(gguf.texts("list"), nullptr);
    EXPECT_TRUE(gguf.checkpoint()->tensors().empty());
}

TEST(Gguf, TensorsHaveTheirAxesTurnedAndStayWhereTheyLie) {
    const float values[] = {1, 2, 3, 4, 5, 6};
    for (const std::uint32_t version : {2u, 3u}) {
        GgufBytes writer;
        writer.version = version;
        const std::string file = writer.text("general.architecture", "llama")
                                     .tensor("a.weight", {2, 3}, values)
                                     .tensor("b.weight", {2, 32}, 8, std::string(68, '\1'))
                                     .str();
        const auto result = parse(file);
        ASSERT_TRUE(result) << result.message();
        const TensorView* a = (*result)->checkpoint()->find("a.weight");
        ASSERT_NE(a, nullptr);
        EXPECT_EQ(a->dtype, DType::f32);
        EXPECT_EQ(a->shape, (std::vector<Index>{2, 3}));
        EXPECT_EQ(std::memcmp(a->bytes.data(), values, sizeof values), 0);
        EXPECT_GE(reinterpret_cast<const char*>(a->bytes.data()), file.data());
        const TensorView* b = (*result)->checkpoint()->find("b.weight");
        ASSERT_NE(b, nullptr);
        EXPECT_EQ(b->dtype, DType::q8_0);
        EXPECT_EQ(b->bytes.size(), 68u);
    }
}

TEST(Gguf, TakesTheAlignmentThatTheFileGives) {
    GgufBytes writer;
    writer.alignment = 64;
    const float value = 7;
    const std::string file = writer.natural("general.alignment", 64)
                                 .tensor("a", {1}, {&value, 1})
                                 .tensor("b", {1}, {&value, 1})
                                 .str();
    const auto result = parse(file);
    ASSERT_TRUE(result) << result.message();
    const auto at = [&](const char* name) {
        return reinterpret_cast<const char*>((*result)->checkpoint()->find(name)->bytes.data()) -
               file.data();
    };
    EXPECT_EQ(at("a") % 64, 0);
    EXPECT_EQ(at("b") - at("a"), 64);
}

TEST(Gguf, RefusesOtherFilesAndOtherVersions) {
    expect_refusal("", "does not begin with GGUF");
    expect_refusal("GGU", "does not begin with GGUF");
    expect_refusal("GGML" + std::string(40, '\0'), "does not begin with GGUF");
    expect_refusal("GGUF\3", "ends within its first line");
    GgufBytes old;
    old.version = 1;
    expect_refusal(old.str(), "of version 1; Fovea reads versions 2 and 3");
    GgufBytes big_endian;
    big_endian.version = 3u << 24;
    expect_refusal(big_endian.str(), "big-endian");
}

TEST(Gguf, RefusesEveryTruncation) {
    const float values[] = {1, 2, 3};
    const std::string file = GgufBytes()
                                 .text("general.architecture", "llama")
                                 .texts("tokenizer.ggml.tokens", {"a", "bc"})
                                 .floats("tokenizer.ggml.scores", {1, 2})
                                 .tensor("a.weight", {3}, values)
                                 .str();
    ASSERT_TRUE(parse(file));
    const size_t last_value = file.size() - 20;  // after it is only padding
    for (size_t size = 0; size < last_value; ++size)
        EXPECT_FALSE(parse(file.substr(0, size))) << size << " bytes of " << file.size();
    EXPECT_TRUE(parse(file.substr(0, last_value)));
}

TEST(Gguf, RefusesCountsBeyondTheFile) {
    for (const std::uint64_t count : {std::uint64_t{100}, huge, ~std::uint64_t{0}}) {
        GgufBytes pairs, tensors;
        pairs.pair_count = count;
        tensors.tensor_count = count;
        expect_refusal(pairs.str(), "pieces of metadata");
        expect_refusal(tensors.str(), "tensors");
        const auto bytes = [](auto value) { return GgufBytes::bytes_of(value); };
        expect_refusal(
            GgufBytes().pair("k", 9, bytes(std::uint32_t{4}) + bytes(count) + "12345678").str(),
            "is said to have");
        expect_refusal(
            GgufBytes().pair("k", 9, bytes(std::uint32_t{8}) + bytes(count) + "12345678").str(),
            "is said to have");
        expect_refusal(GgufBytes().pair("k", 8, bytes(count) + "123").str(),
                       "ends within the metadata 'k'");
    }
    // A key of 2^63 bytes.
    std::string file = "GGUF";
    GgufBytes::put<std::uint32_t>(file, 3);
    GgufBytes::put<std::uint64_t>(file, 0);
    GgufBytes::put<std::uint64_t>(file, 1);
    GgufBytes::put<std::uint64_t>(file, huge);
    expect_refusal(file + std::string(64, 'x'), "ends within a key");
}

/// A count that fits the file's size, and lies all the same: nothing is reserved for it.
TEST(Gguf, ACountThatLiesTakesNoMemory) {
    constexpr size_t size = 64 << 20;
    const auto bytes = [](auto value) { return GgufBytes::bytes_of(value); };
    const std::string filling(size, '\xff');  // no length of a text that could be
    const std::string texts =
        GgufBytes()
            .pair("k", 9, bytes(std::uint32_t{8}) + bytes(std::uint64_t{size / 8}) + filling)
            .str();
    GgufBytes lying;
    lying.tensor_count = size / 40;
    const std::string tensors = lying.str() + filling;
    const double grown = test::peak_growth([&] {
        for (const std::string& file : {std::cref(texts), std::cref(tensors)})
            EXPECT_FALSE(Gguf::parse(std::as_bytes(std::span(file)), "lying.gguf"));
    });
    if (grown < 0) GTEST_SKIP() << "the growth of this process cannot be measured";
    EXPECT_LT(grown, 16);
}

TEST(Gguf, RefusesMetadataThatItDoesNotKnow) {
    expect_refusal(GgufBytes().pair("k", 13, "12345678").str(), "'k' has the unknown type 13");
    const auto nested = GgufBytes::bytes_of(std::uint32_t{9}) +
                        GgufBytes::bytes_of(std::uint64_t{1}) + std::string(12, '\0');
    expect_refusal(GgufBytes().pair("k", 9, nested).str(), "'k' is a list of lists");
    expect_refusal(GgufBytes().natural("k", 1).natural("k", 2).str(),
                   "'k' stands in the file twice");
    expect_refusal(GgufBytes().natural("", 1).str(), "no name");
    expect_refusal(GgufBytes().natural("\xff", 1).str(), "no name");
    for (const std::uint32_t wrong : {0u, 4u, 24u, 1u << 21})
        expect_refusal(GgufBytes().natural("general.alignment", wrong).str(),
                       "general.alignment must be a power of two");
    expect_refusal(GgufBytes().text("general.alignment", "32").str(),
                   "general.alignment must be a power of two");
}

TEST(Gguf, RefusesTensorsOfOtherTypesByName) {
    expect_refusal(GgufBytes().entry("a", {256}, 10, 0).data(4096).str(),
                   "tensor 'a' has the type Q2_K, which Fovea does not read");
    expect_refusal(GgufBytes().entry("a", {256}, 23, 0).data(4096).str(), "IQ4_XS");
    expect_refusal(GgufBytes().entry("a", {256}, 39, 0).data(4096).str(), "MXFP4");
    expect_refusal(GgufBytes().entry("a", {256}, 4, 0).data(4096).str(),
                   "tensor 'a' has the unknown type 4");
    expect_refusal(GgufBytes().entry("a", {256}, 1u << 31, 0).data(4096).str(), "unknown type");
}

TEST(Gguf, RefusesTensorsThatCannotBe) {
    // Products that overflow; one that wraps round to zero bytes.
    expect_refusal(GgufBytes().entry("a", {huge >> 1, 2}, 0, 0).data(64).str(),
                   "beyond any memory");
    expect_refusal(GgufBytes().entry("a", {1ull << 32, 1ull << 32}, 0, 0).data(64).str(),
                   "beyond any memory");
    expect_refusal(GgufBytes().entry("a", {32, 1ull << 31, 1ull << 31, 4}, 8, 0).data(64).str(),
                   "beyond any memory");
    expect_refusal(GgufBytes().entry("a", {0, 1ull << 32, 1ull << 32}, 0, 0).data(64).str(),
                   "beyond any memory");
    expect_refusal(GgufBytes().entry("a", {huge}, 0, 0).data(64).str(), "not a size");
    expect_refusal(GgufBytes().entry("a", {1, 1, 1, 1, 1}, 0, 0).data(64).str(), "5 axes");
    // Rows of half a block; 32 elements of a type that holds 256 together.
    expect_refusal(GgufBytes().entry("a", {16, 2}, 8, 0).data(64).str(),
                   "no multiple of the 32 elements that Q8_0 holds together");
    expect_refusal(GgufBytes().entry("a", {32, 8}, 12, 0).data(4096).str(), "Q4_K");
    // Out of the file: by one element, by an offset, by an offset that wraps round.
    expect_refusal(GgufBytes().entry("a", {17}, 0, 0).data(64).str(), "truncated");
    expect_refusal(GgufBytes().entry("a", {1}, 0, 64).data(64).str(), "truncated");
    expect_refusal(GgufBytes().entry("a", {8}, 0, ~std::uint64_t{31}).data(64).str(), "truncated");
    expect_refusal(GgufBytes().entry("a", {1}, 0, 4).data(64).str(),
                   "no multiple of the alignment 32");
    expect_refusal(GgufBytes().entry("a", {9}, 0, 0).entry("b", {1}, 0, 32).data(64).str(),
                   "'a' and 'b' overlap");
    expect_refusal(GgufBytes().entry("a", {1}, 0, 0).entry("a", {1}, 0, 32).data(64).str(),
                   "tensor 'a' stands in the file twice");
    expect_refusal(GgufBytes().entry("", {1}, 0, 0).data(64).str(), "no proper name");
    expect_refusal(GgufBytes().entry(std::string(65, 'x'), {1}, 0, 0).data(64).str(),
                   "no proper name");
}

TEST(Gguf, AQuarterOfAMillionWordsReadAtOnce) {
    std::vector<std::string> words;
    for (int i = 0; i < 262144; ++i)
        words.push_back("word" + std::to_string(i));
    const std::string file = GgufBytes().texts("tokenizer.ggml.tokens", words).str();
    const auto start = std::chrono::steady_clock::now();
    const auto result = parse(file);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(result) << result.message();
    const auto& texts = *(*result)->texts("tokenizer.ggml.tokens");
    ASSERT_EQ(texts.size(), words.size());
    EXPECT_EQ(texts[262143], "word262143");
    EXPECT_GE(texts[0].data(), file.data());  // a view, no copy
    EXPECT_LT(texts[0].data(), file.data() + file.size());
    RecordProperty("milliseconds", std::to_string(taken.count() * 1e3));
}

TEST(Gguf, OpensAFileAndKeepsItMapped) {
    const test::TemporaryFolder folder;
    const std::filesystem::path path = folder / "small.gguf";
    const float value = 2.5f;
    std::ofstream(path, std::ios::binary)
        << GgufBytes().text("general.name", "small").tensor("a", {1}, {&value, 1}).str();
    EXPECT_TRUE(is_gguf_file(path));
    std::shared_ptr<const Checkpoint> checkpoint;
    {
        const auto result = Gguf::open(path);
        ASSERT_TRUE(result) << result.message();
        EXPECT_EQ((*result)->text("general.name"), "small");
        EXPECT_EQ((*result)->name(), path.string());
        checkpoint = (*result)->checkpoint();
    }
    std::filesystem::remove(path);
    EXPECT_EQ(std::memcmp(checkpoint->find("a")->bytes.data(), &value, sizeof value), 0);
    EXPECT_FALSE(Gguf::open(path));
    EXPECT_FALSE(is_gguf_file(path));
}

}  // namespace
}  // namespace fovea
