#include "engine/io/quantised_blocks.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/io/dtype.h"

namespace fovea {
namespace {

using Unpack = void (*)(const std::byte*, Index, float*);

struct Format {
    const char* name;
    Unpack unpack;
    size_t bytes;
    Index elements;
};

constexpr Format formats[] = {
    {"Q8_0", unpack_q8_0, q8_0_block_bytes, 32},  {"Q4_0", unpack_q4_0, q4_0_block_bytes, 32},
    {"Q4_1", unpack_q4_1, q4_1_block_bytes, 32},  {"Q5_0", unpack_q5_0, q5_0_block_bytes, 32},
    {"Q5_1", unpack_q5_1, q5_1_block_bytes, 32},  {"Q4_K", unpack_q4_k, q4_k_block_bytes, 256},
    {"Q5_K", unpack_q5_k, q5_k_block_bytes, 256}, {"Q6_K", unpack_q6_k, q6_k_block_bytes, 256},
};

std::vector<std::byte> from_hex(const std::string& text) {
    std::vector<std::byte> bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

std::vector<float> unpacked(const Format& format, const std::vector<std::byte>& bytes) {
    const auto blocks = static_cast<Index>(bytes.size() / format.bytes);
    std::vector<float> values(static_cast<size_t>(blocks * format.elements), -7.0f);
    format.unpack(bytes.data(), blocks * format.elements, values.data());
    return values;
}

const Format& format_of(const std::string& name) {
    for (const Format& format : formats)
        if (name == format.name) return format;
    throw std::out_of_range(name);
}

class Block {
  public:
    explicit Block(const char* format)
        : format_(format_of(format)), bytes_(format_.bytes, std::byte{0}) {}
    Block& set(size_t at, std::uint8_t value) {
        bytes_[at] = std::byte{value};
        return *this;
    }
    /// A 16-bit float by its bits: 0x3c00 is 1, 0x4000 is 2, 0x3800 is 0.5, 0xb800 is -0.5.
    Block& set_half(size_t at, std::uint16_t bits) {
        std::memcpy(bytes_.data() + at, &bits, sizeof bits);
        return *this;
    }
    std::vector<float> values() const { return unpacked(format_, bytes_); }

  private:
    const Format& format_;
    std::vector<std::byte> bytes_;
};

// Bit for bit what the `gguf` Python package makes of the same random blocks
// (tests/data/gguf/make_block_goldens.py).
TEST(QuantisedBlocks, AgreeWithTheReferenceExactly) {
    std::ifstream file(TEST_DATA "/gguf/quantised_blocks.json");
    const auto golden = nlohmann::json::parse(file);
    ASSERT_EQ(golden.size(), std::size(formats));
    for (const Format& format : formats) {
        const auto& entry = golden.at(format.name);
        const auto values = unpacked(format, from_hex(entry.at("blocks")));
        const auto expected = from_hex(entry.at("values"));
        ASSERT_EQ(values.size() * sizeof(float), expected.size()) << format.name;
        for (size_t i = 0; i < values.size(); ++i) {
            float wanted;
            std::memcpy(&wanted, expected.data() + i * sizeof(float), sizeof wanted);
            ASSERT_EQ(std::memcmp(&values[i], &wanted, sizeof wanted), 0)
                << format.name << " element " << i << ": " << values[i] << ", not " << wanted;
        }
    }
}

TEST(QuantisedBlocks, Q8_0IsAScaleTimesSignedBytes) {
    const auto values = Block("Q8_0").set_half(0, 0x3800).set(2, 3).set(33, 0xfe).values();
    EXPECT_EQ(values[0], 1.5f);    // 0.5 * 3
    EXPECT_EQ(values[1], 0.0f);    // 0.5 * 0
    EXPECT_EQ(values[31], -1.0f);  // 0.5 * -2
}

TEST(QuantisedBlocks, Q4_0HasItsFirstHalfInTheLowBitsAndEightMeansZero) {
    const auto values = Block("Q4_0").set_half(0, 0x4000).set(2, 0x9a).set(17, 0x80).values();
    EXPECT_EQ(values[0], 4.0f);     // 2 * (10 - 8)
    EXPECT_EQ(values[16], 2.0f);    // 2 * (9 - 8)
    EXPECT_EQ(values[15], -16.0f);  // 2 * (0 - 8)
    EXPECT_EQ(values[31], 0.0f);    // 2 * (8 - 8)
}

TEST(QuantisedBlocks, Q4_1AddsAMinimum) {
    const auto values = Block("Q4_1").set_half(0, 0x4000).set_half(2, 0xb800).set(4, 0xf1).values();
    EXPECT_EQ(values[0], 1.5f);    // 2 * 1 - 0.5
    EXPECT_EQ(values[16], 29.5f);  // 2 * 15 - 0.5
    EXPECT_EQ(values[31], -0.5f);
}

TEST(QuantisedBlocks, Q5KeepsItsFifthBitsApart) {
    // The number with the fifth bits is little-endian: bit 0 is element 0, bit 16 element 16.
    const auto centred =
        Block("Q5_0").set_half(0, 0x3c00).set(2, 0x01).set(4, 0x01).set(6, 0x42).values();
    EXPECT_EQ(centred[0], 2.0f);     // 16 + 2 - 16
    EXPECT_EQ(centred[16], 4.0f);    // 16 + 4 - 16
    EXPECT_EQ(centred[1], -16.0f);   // 0 - 16
    EXPECT_EQ(centred[31], -16.0f);  // 0 - 16
    const auto offset =
        Block("Q5_1").set_half(0, 0x3c00).set_half(2, 0x4000).set(7, 0x80).set(23, 0x30).values();
    EXPECT_EQ(offset[31], 21.0f);  // 16 + 3 + 2
    EXPECT_EQ(offset[15], 2.0f);   // 0 + 2
}

TEST(QuantisedBlocks, Q4KHasSixBitScalesForEach32) {
    Block block("Q4_K");
    block.set_half(0, 0x3c00).set_half(2, 0x3800);  // d = 1, m = 0.5
    block.set(4, 0xc3);                             // part 0: s = 3; part 4: high bits 48
    block.set(8, 0x44);                             // part 0: t = 4; part 4: high bits 16
    block.set(12, 0x21);                            // part 4: s = 48 + 1, t = 16 + 2
    block.set(16, 0x05);                            // part 0, element 0: 5; part 1: 0
    block.set(80, 0x07);                            // part 4, element 0: 7; part 5: 0
    const auto values = block.values();
    EXPECT_EQ(values[0], 13.0f);     // 1 * 3 * 5 - 0.5 * 4
    EXPECT_EQ(values[1], -2.0f);     // 0 - 0.5 * 4
    EXPECT_EQ(values[128], 334.0f);  // 1 * 49 * 7 - 0.5 * 18
    EXPECT_EQ(values[32], 0.0f);     // part 1 has no scale and no minimum
}

TEST(QuantisedBlocks, Q5KTakesBitPOfAByteForPartP) {
    Block block("Q5_K");
    block.set_half(0, 0x3c00);
    block.set(4, 1).set(5, 2);          // s = 1 for part 0, 2 for part 1
    block.set(16, 0x03).set(48, 0x21);  // element 0 of parts 0 and 1: fifth bits; 1 and 2
    const auto values = block.values();
    EXPECT_EQ(values[0], 17.0f);   // 1 * (16 + 1)
    EXPECT_EQ(values[32], 36.0f);  // 2 * (16 + 2)
}

TEST(QuantisedBlocks, Q6KTakesTwoHighBitsFromElsewhere) {
    Block block("Q6_K");
    block.set_half(208, 0x3c00);
    for (size_t p = 0; p < 16; ++p)
        block.set(192 + p, 1);
    block.set(0, 0x95);    // elements 0 and 64: low bits 5 and 9
    block.set(128, 0x63);  // their high bits 3 and 2; of elements 32 and 96: 0 and 1
    block.set(206, 0xff);  // part 14 of 16 (elements 224 to 239): s = -1
    const auto values = block.values();
    EXPECT_EQ(values[0], 21.0f);    // 48 + 5 - 32
    EXPECT_EQ(values[64], 9.0f);    // 32 + 9 - 32
    EXPECT_EQ(values[32], -32.0f);  // 0 - 32
    EXPECT_EQ(values[96], -16.0f);  // 16 - 32
    EXPECT_EQ(values[224], 32.0f);  // -1 * (0 - 32)
}

TEST(QuantisedBlocks, AreWhatUnpackCallsForTheirTypes) {
    for (int i = static_cast<int>(DType::q8_0); i < dtype_count; ++i) {
        const auto dtype = static_cast<DType>(i);
        const Format& format = format_of(std::string(dtype_name(dtype)));
        EXPECT_EQ(dtype_block_bytes(dtype), format.bytes);
        EXPECT_EQ(dtype_block_elements(dtype), format.elements);
        std::vector<std::byte> bytes(format.bytes);
        for (size_t b = 0; b < bytes.size(); ++b)
            bytes[b] = static_cast<std::byte>(7 * b + 1);
        std::vector<float> values(static_cast<size_t>(format.elements));
        unpack(dtype, bytes.data(), format.elements, values.data());
        EXPECT_EQ(values, unpacked(format, bytes)) << format.name;
    }
}

TEST(QuantisedBlocks, WritesWholeBlocksAndNothingElse) {
    for (const Format& format : formats) {
        const std::vector<std::byte> bytes(3 * format.bytes, std::byte{0});
        std::vector<float> values(static_cast<size_t>(3 * format.elements), -7.0f);
        format.unpack(bytes.data(), 2 * format.elements, values.data());
        for (Index i = 0; i < 3 * format.elements; ++i)
            EXPECT_EQ(values[static_cast<size_t>(i)] == -7.0f, i >= 2 * format.elements)
                << format.name << " " << i;
    }
}

}  // namespace
}  // namespace fovea
