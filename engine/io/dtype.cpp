#include "engine/io/dtype.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __F16C__
#include <immintrin.h>
#endif

#include "engine/io/quantised_blocks.h"

namespace fovea {
namespace {

template <class T>
T load(const std::byte* from, Index i) {
    T value;
    std::memcpy(&value, from + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    return value;
}

void unpack_f32(const std::byte* from, Index count, float* to) {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}

void unpack_f64(const std::byte* from, Index count, float* to) {
    for (Index i = 0; i < count; ++i)
        to[i] = static_cast<float>(load<double>(from, i));
}

void unpack_bf16(const std::byte* from, Index count, float* to) {
    for (Index i = 0; i < count; ++i)
        to[i] = std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(from, i)} << 16);
}

float widen_half(std::uint32_t bits) {
    const std::uint32_t exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const float sign = (bits & 0x8000) ? -1.0f : 1.0f;
    if (exponent == 0) return sign * static_cast<float>(fraction) * 0x1p-24f;
    const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
    return sign * std::bit_cast<float>(wide << 23 | fraction << 13);
}

void unpack_f16(const std::byte* from, Index count, float* to) {
    Index i = 0;
#ifdef __F16C__
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(
            to + i,
            _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 2 * i))));
#endif
    for (; i < count; ++i)
        to[i] = widen_half(load<std::uint16_t>(from, i));
}

/// A byte of sign, exponent and fraction; the 256 values are tabled once.
template <int ExponentBits, int FractionBits, int Bias, bool Infinities>
std::array<float, 256> byte_floats() {
    std::array<float, 256> table{};
    constexpr int largest_exponent = (1 << ExponentBits) - 1;
    constexpr int fractions = 1 << FractionBits;
    for (int byte = 0; byte < 256; ++byte) {
        const int exponent = (byte >> FractionBits) & largest_exponent;
        const int fraction = byte & (fractions - 1);
        std::uint32_t bits = 0;
        if (exponent == 0) {
            float scale = 1;
            for (int i = 0; i < Bias - 1 + FractionBits; ++i)
                scale /= 2;
            bits = std::bit_cast<std::uint32_t>(static_cast<float>(fraction) * scale);
        } else if (exponent == largest_exponent && (Infinities || fraction == fractions - 1)) {
            bits = fraction == 0 ? 0x7f800000u : 0x7fc00000u;
        } else {
            bits = static_cast<std::uint32_t>(exponent - Bias + 127) << 23 |
                   static_cast<std::uint32_t>(fraction) << (23 - FractionBits);
        }
        table[static_cast<size_t>(byte)] =
            std::bit_cast<float>(bits | static_cast<std::uint32_t>(byte & 0x80) << 24);
    }
    return table;
}

void unpack_e4m3(const std::byte* from, Index count, float* to) {
    static const auto table = byte_floats<4, 3, 7, false>();
    for (Index i = 0; i < count; ++i)
        to[i] = table[static_cast<size_t>(from[i])];
}

void unpack_e5m2(const std::byte* from, Index count, float* to) {
    static const auto table = byte_floats<5, 2, 15, true>();
    for (Index i = 0; i < count; ++i)
        to[i] = table[static_cast<size_t>(from[i])];
}

struct Row {
    DType dtype;
    std::string_view name;
    Index block_elements;
    size_t block_bytes;
    void (*unpack)(const std::byte* from, Index count, float* to);  ///< null: no type of weights
};

constexpr std::array<Row, dtype_count> rows = {{
    {DType::f32, "F32", 1, 4, unpack_f32},
    {DType::f16, "F16", 1, 2, unpack_f16},
    {DType::bf16, "BF16", 1, 2, unpack_bf16},
    {DType::f64, "F64", 1, 8, unpack_f64},
    {DType::f8_e4m3, "F8_E4M3", 1, 1, unpack_e4m3},
    {DType::f8_e5m2, "F8_E5M2", 1, 1, unpack_e5m2},
    {DType::i8, "I8", 1, 1, nullptr},
    {DType::u8, "U8", 1, 1, nullptr},
    {DType::i16, "I16", 1, 2, nullptr},
    {DType::i32, "I32", 1, 4, nullptr},
    {DType::i64, "I64", 1, 8, nullptr},
    {DType::boolean, "BOOL", 1, 1, nullptr},
    {DType::q8_0, "Q8_0", 32, q8_0_block_bytes, unpack_q8_0},
    {DType::q4_0, "Q4_0", 32, q4_0_block_bytes, unpack_q4_0},
    {DType::q4_1, "Q4_1", 32, q4_1_block_bytes, unpack_q4_1},
    {DType::q5_0, "Q5_0", 32, q5_0_block_bytes, unpack_q5_0},
    {DType::q5_1, "Q5_1", 32, q5_1_block_bytes, unpack_q5_1},
    {DType::q4_k, "Q4_K", 256, q4_k_block_bytes, unpack_q4_k},
    {DType::q5_k, "Q5_K", 256, q5_k_block_bytes, unpack_q5_k},
    {DType::q6_k, "Q6_K", 256, q6_k_block_bytes, unpack_q6_k},
}};

constexpr bool in_order() {
    for (int i = 0; i < dtype_count; ++i)
        if (rows[static_cast<size_t>(i)].dtype != static_cast<DType>(i)) return false;
    return true;
}
static_assert(in_order());

const Row& row_of(DType dtype) {
    return rows[static_cast<size_t>(dtype)];
}

}  // namespace

std::string_view dtype_name(DType dtype) {
    return row_of(dtype).name;
}
Index dtype_block_elements(DType dtype) {
    return row_of(dtype).block_elements;
}
size_t dtype_block_bytes(DType dtype) {
    return row_of(dtype).block_bytes;
}
size_t dtype_bytes(DType dtype, Index elements) {
    return static_cast<size_t>(elements / dtype_block_elements(dtype)) * dtype_block_bytes(dtype);
}
bool is_weight_type(DType dtype) {
    return row_of(dtype).unpack != nullptr;
}
void unpack(DType dtype, const std::byte* from, Index count, float* to) {
    row_of(dtype).unpack(from, count, to);
}

}  // namespace fovea
