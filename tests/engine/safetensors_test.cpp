#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/io/checkpoint.h"
#include "tests/engine/expect_says.h"
#include "tests/engine/temporary_folder.h"

namespace fovea {
namespace {

std::string length_prefix(std::uint64_t length) {
    std::string text(8, '\0');
    std::memcpy(text.data(), &length, 8);
    return text;
}

std::string file_of(const std::string& header, std::string_view data = "") {
    return length_prefix(header.size()) + header + std::string(data);
}

Result<std::shared_ptr<const Checkpoint>> parse(const std::string& file) {
    return Checkpoint::parse_safetensors(std::as_bytes(std::span(file)), "x.safetensors");
}

/// The error of a file, "" where it is taken.
std::string error_of(const std::string& file) {
    const auto result = parse(file);
    return result ? "" : result.message();
}

std::string error_of_header(const std::string& header, size_t data_size = 0) {
    return error_of(file_of(header, std::string(data_size, 'x')));
}

void expect_error_says(const std::string& error, std::string_view part) {
    EXPECT_TRUE(error.starts_with("x.safetensors: ")) << error;
    test::expect_says(error, part);
}

constexpr auto two_tensors = R"({
    "__metadata__": {"format": "pt", "note": "größer"},
    "b": {"dtype": "F32", "shape": [2, 1], "data_offsets": [4, 12]},
    "a": {"dtype": "I16", "shape": [2], "data_offsets": [0, 4]},
    "nothing": {"dtype": "F32", "shape": [0, 7], "data_offsets": [12, 12]},
    "scalar": {"dtype": "BF16", "shape": [], "data_offsets": [12, 14]}})";

TEST(Safetensors, ReadsWhatIsThere) {
    const std::string file = file_of(two_tensors, "0123456789abcd");
    const auto result = parse(file);
    ASSERT_TRUE(result) << result.message();
    const Checkpoint& checkpoint = **result;
    EXPECT_EQ(checkpoint.name(), "x.safetensors");
    EXPECT_EQ(checkpoint.tensors().size(), 4u);
    EXPECT_EQ(checkpoint.metadata().at("note"), "größer");

    const TensorView* b = checkpoint.find("b");
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b->dtype, DType::f32);
    EXPECT_EQ(b->shape, (std::vector<Index>{2, 1}));
    // The view points into the file itself: nothing was copied.
    EXPECT_EQ(reinterpret_cast<const char*>(b->bytes.data()), file.data() + file.size() - 10);
    EXPECT_EQ(b->bytes.size(), 8u);
    EXPECT_EQ(checkpoint.find("nothing")->bytes.size(), 0u);
    EXPECT_EQ(checkpoint.find("scalar")->bytes.size(), 2u);
    EXPECT_TRUE(checkpoint.find("scalar")->shape.empty());
    EXPECT_EQ(checkpoint.find("c"), nullptr);
}

TEST(Safetensors, EveryDTypeHasItsSizeAndName) {
    const std::pair<const char*, int> rows[] = {
        {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F64", 8},  {"I8", 1},      {"U8", 1},
        {"I16", 2}, {"I32", 4}, {"I64", 8},  {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};
    for (const auto& [name, size] : rows) {
        const std::string header = fmt::format(
            R"({{"t": {{"dtype": "{}", "shape": [3], "data_offsets": [0, {}]}}}})", name, 3 * size);
        const std::string file = file_of(header, std::string(3 * static_cast<size_t>(size), 'x'));
        const auto result = parse(file);
        ASSERT_TRUE(result) << result.message();
        const DType dtype = (*result)->find("t")->dtype;
        EXPECT_EQ(dtype_name(dtype), name);
        EXPECT_EQ(dtype_block_bytes(dtype), static_cast<size_t>(size));
    }
}

TEST(Safetensors, TakesAFileWithoutTensorsAndAPaddedHeader) {
    EXPECT_EQ(error_of(file_of("{}")), "");
    EXPECT_EQ(error_of(file_of("{}      ")), "");
}

TEST(Safetensors, RefusesLyingHeaderLengths) {
    expect_error_says(error_of(""), "0 bytes are too few");
    expect_error_says(error_of("1234567"), "7 bytes are too few");
    expect_error_says(error_of(length_prefix(1ull << 63) + "{}"),
                      "the header is said to have 9223372036854775808 bytes, but only 2 follow");
    expect_error_says(error_of(length_prefix(~0ull)), "18446744073709551615 bytes");
    expect_error_says(error_of(length_prefix(3) + "{}"), "but only 2 follow");
    std::string huge = length_prefix(100'000'001);
    huge.resize(huge.size() + 100'000'001, ' ');
    expect_error_says(error_of(huge), "beyond the format's limit");
}

TEST(Safetensors, RefusesWhatIsNotJson) {
    expect_error_says(error_of_header(""), "not valid JSON");
    expect_error_says(error_of_header("{"), "not valid JSON");
    expect_error_says(error_of_header("{\"a\xff\": 1}"), "not valid JSON");
    expect_error_says(error_of_header(std::string(100'000, '[')), "not valid JSON");
    expect_error_says(error_of_header("[]"), "not a JSON object");
    expect_error_says(error_of_header("{\"__metadata__\": 1}"), "__metadata__ is not an object");
    expect_error_says(error_of_header("{\"__metadata__\": {\"a\": 1}}"), "'a' is not a string");
    expect_error_says(error_of_header("{\"t\": 1}"), "tensor 't' is not an object");
}

TEST(Safetensors, RefusesBrokenEntries) {
    expect_error_says(error_of_header(R"({"t": {"shape": [], "data_offsets": [0, 4]}})", 4),
                      "tensor 't' has no dtype");
    expect_error_says(error_of_header(R"({"t": {"dtype": "F32", "data_offsets": [0, 4]}})", 4),
                      "tensor 't' has no shape");
    expect_error_says(error_of_header(R"({"t": {"dtype": "F32", "shape": []}})", 4),
                      "tensor 't' has no data_offsets");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F9_E4M4", "shape": [4], "data_offsets": [0, 4]}})", 4),
        "tensor 't' has the unknown dtype 'F9_E4M4'");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}})", 4),
        "the shape of tensor 't' holds what is not a size");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}})", 4),
        "the shape of tensor 't' holds what is not a size");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 4]}})", 4),
        "the data_offsets of tensor 't' are not two numbers");
    expect_error_says(
        error_of_header(
            R"({"t": {"dtype": "F32", "dtype": "I32", "shape": [1], "data_offsets": [0, 4]}})", 4),
        "tensor 't' has more than one dtype");
}

TEST(Safetensors, RefusesOverflowingProducts) {
    // 2^32 * 2^32 elements are 0 bytes to whoever multiplies without looking.
    expect_error_says(error_of_header(R"({"t": {"dtype": "F32", "shape": [4294967296, 4294967296],
                                    "data_offsets": [0, 0]}})"),
                      "tensor 't' of shape [4294967296, 4294967296] is too large");
    expect_error_says(error_of_header(R"({"t": {"dtype": "F64", "shape": [2305843009213693952],
                                    "data_offsets": [0, 0]}})"),
                      "is too large");
    expect_error_says(error_of_header(R"({"t": {"dtype": "U8", "shape": [18446744073709551615],
                                    "data_offsets": [0, 0]}})"),
                      "not a size");
}

TEST(Safetensors, RefusesLyingOffsets) {
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})", 4),
        "tensor 't' is said to lie at bytes 0 to 8 of 4");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}})", 8),
        "said to lie at bytes 8 to 0");
    expect_error_says(
        error_of_header(R"({"t": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}})", 8),
        "tensor 't' (F32 [3]) needs 12 bytes, but its data_offsets hold 8");
    expect_error_says(
        error_of_header(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
                                    "b": {"dtype": "U8", "shape": [4], "data_offsets": [3, 7]}})",
                        7),
        "tensors 'a' and 'b' overlap");
    expect_error_says(
        error_of_header(R"({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
                                    "b": {"dtype": "U8", "shape": [4], "data_offsets": [3, 7]}})",
                        7),
        "1 bytes before tensor 'b' belong to no tensor");
    expect_error_says(
        error_of_header(R"({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}})", 9),
        "7 bytes at the end belong to no tensor");
    expect_error_says(
        error_of_header(R"({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
                                    "a": {"dtype": "U8", "shape": [2], "data_offsets": [2, 4]}})",
                        4),
        "tensor 'a' stands in the header twice");
}

TEST(Safetensors, EveryTruncationAndEveryChangedByteIsSafe) {
    const std::string whole = file_of(two_tensors, "0123456789abcd");
    for (size_t length = 0; length < whole.size(); ++length) {
        EXPECT_NE(error_of(whole.substr(0, length)), "") << length;
    }
    for (size_t i = 0; i < whole.size(); ++i) {
        for (const char byte : {'\0', '\xff', '9', '"'}) {
            std::string changed = whole;
            changed[i] = byte;
            (void)error_of(changed);  // taken or refused, but never a fault
        }
    }
}

TEST(Safetensors, OpensAFileAndKeepsItAlive) {
    const test::TemporaryFolder folder;
    const std::filesystem::path path = folder / "model.safetensors";
    std::ofstream(path) << file_of(two_tensors, "0123456789abcd");
    std::shared_ptr<const Checkpoint> kept;
    {
        auto result = Checkpoint::open_safetensors(path);
        ASSERT_TRUE(result) << result.message();
        kept = *result;
    }
    std::filesystem::remove(path);
    EXPECT_EQ(std::memcmp(kept->find("b")->bytes.data(), "456789ab", 8), 0);

    const auto missing = Checkpoint::open_safetensors("/nowhere/model.safetensors");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.message(), "/nowhere/model.safetensors: No such file or directory");
}

// Another writer's file: what the reference implementation recorded in golden.json beside it.
TEST(Safetensors, AgreesWithTheReferenceWriter) {
    const std::filesystem::path folder = std::filesystem::path(GOLDENS) / "models/bert";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference data at " << folder;
    const auto result = Checkpoint::open_safetensors(folder / "golden.safetensors");
    ASSERT_TRUE(result) << result.message();
    std::ifstream stream(folder / "golden.json");
    const auto golden = nlohmann::json::parse(stream);
    const auto ids = golden.at("input_ids").get<std::vector<std::int64_t>>();

    const TensorView* view = (*result)->find("input_ids");
    ASSERT_NE(view, nullptr);
    ASSERT_EQ(view->dtype, DType::i64);
    ASSERT_EQ(view->shape, std::vector<Index>{static_cast<Index>(ids.size())});
    EXPECT_EQ(std::memcmp(view->bytes.data(), ids.data(), view->bytes.size()), 0);

    // Rows of attention sum to one, so the floats lie where the header says.
    const TensorView* attention = (*result)->find("attentions.0");
    ASSERT_NE(attention, nullptr);
    std::vector<float> weights(attention->bytes.size() / sizeof(float));
    std::memcpy(weights.data(), attention->bytes.data(), attention->bytes.size());
    double sum = 0;
    for (const float weight : weights)
        sum += weight;
    const double rows = static_cast<double>(attention->shape[0] * attention->shape[1]);
    EXPECT_NEAR(sum, rows, 1e-4 * rows);
}

}  // namespace
}  // namespace fovea
