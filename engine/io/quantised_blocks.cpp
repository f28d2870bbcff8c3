#include "engine/io/quantised_blocks.h"

#include <cstdint>
#include <cstring>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "engine/io/dtype.h"

namespace fovea {
namespace {

using Byte = std::uint8_t;

const Byte* block_at(const std::byte* from, Index block, size_t bytes) {
    return reinterpret_cast<const Byte*>(from) + static_cast<size_t>(block) * bytes;
}

float half(const Byte* from) {
#ifdef __F16C__
    std::uint16_t bits;
    std::memcpy(&bits, from, sizeof bits);
    return _cvtsh_ss(bits);
#else
    float value;
    unpack(DType::f16, reinterpret_cast<const std::byte*>(from), 1, &value);
    return value;
#endif
}

// GCC's and clang's vectors, for machines of every kind.
using Bytes16 [[gnu::vector_size(16)]] = Byte;

template <class Vector>
Vector load(const Byte* from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <class Vector, class To>
void store(const Vector& vector, To* to) {
    std::memcpy(to, &vector, sizeof vector);
}

#ifdef __AVX2__
constexpr int lanes = 8;
using Floats [[gnu::vector_size(32)]] = float;

// An intrinsic, since GCC 12 takes a conversion of its vectors apart into single bytes.
Floats widen(const Byte* quants) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(quants));
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
}
#else
constexpr int lanes = 4;
using Floats [[gnu::vector_size(16)]] = float;

Floats widen(const Byte* quants) {
    return Floats{float(quants[0]), float(quants[1]), float(quants[2]), float(quants[3])};
}
#endif

/// Elements 0 to 15 are the low halves of 16 bytes, elements 16 to 31 the high ones.
void read_halves(const Byte* packed, Byte* to) {
    const auto both = load<Bytes16>(packed);
    store(both & 15, to);
    store(both >> 4, to + 16);
}

/// Adds the fifth bits, which 32 elements have in one number.
void add_fifth_bits(const Byte* packed, Byte* to) {
    std::uint32_t bits;
    std::memcpy(&bits, packed, sizeof bits);
    // Bit i of a byte of eight equal bytes is bit i of the number.
    constexpr std::uint64_t each = 0x0101010101010101;
    constexpr std::uint64_t own = 0x8040201008040201;
    for (int part = 0; part < 4; ++part) {
        const std::uint64_t chosen = ((bits >> (8 * part)) & 0xff) * each & own;
        // A byte that is not zero carries into its highest bit.
        const std::uint64_t sixteens = ((chosen + 0x7f * each) | chosen) >> 7 & each;
        std::uint64_t elements;
        std::memcpy(&elements, to + 8 * part, sizeof elements);
        elements |= sixteens << 4;
        std::memcpy(to + 8 * part, &elements, sizeof elements);
    }
}

/// to = scale (quant - zero)
template <int Count>
void write_centred(const Byte* quants, float zero, float scale, float* to) {
    for (int i = 0; i < Count; i += lanes)
        store((widen(quants + i) - zero) * scale, to + i);
}

/// to = scale quant + offset
template <int Count>
void write_offset(const Byte* quants, float scale, float offset, float* to) {
    for (int i = 0; i < Count; i += lanes)
        store(widen(quants + i) * scale + offset, to + i);
}

/// Scales and minima of eight parts, six bits each, in twelve bytes: the first four of each lie in
/// the low bits of bytes 0 to 3 and 4 to 7; the last four have their low halves in bytes 8 to 11
/// and their two high bits on top of the first four.
struct SixBitScales {
    Byte scale[8];
    Byte minimum[8];

    explicit SixBitScales(const Byte* packed) {
        for (int i = 0; i < 4; ++i) {
            scale[i] = packed[i] & 63;
            minimum[i] = packed[i + 4] & 63;
            scale[i + 4] = static_cast<Byte>((packed[i + 8] & 15) | ((packed[i] >> 6) << 4));
            minimum[i + 4] = static_cast<Byte>((packed[i + 8] >> 4) | ((packed[i + 4] >> 6) << 4));
        }
    }
};

}  // namespace

void unpack_q8_0(const std::byte* from, Index count, float* to) {
    for (Index b = 0; b < count / 32; ++b, to += 32) {
        const Byte* block = block_at(from, b, q8_0_block_bytes);
        const float scale = half(block);
        for (int i = 0; i < 32; ++i)
            to[i] = scale * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
    }
}

void unpack_q4_0(const std::byte* from, Index count, float* to) {
    Byte quants[32];
    for (Index b = 0; b < count / 32; ++b, to += 32) {
        const Byte* block = block_at(from, b, q4_0_block_bytes);
        read_halves(block + 2, quants);
        write_centred<32>(quants, 8, half(block), to);
    }
}

void unpack_q4_1(const std::byte* from, Index count, float* to) {
    Byte quants[32];
    for (Index b = 0; b < count / 32; ++b, to += 32) {
        const Byte* block = block_at(from, b, q4_1_block_bytes);
        read_halves(block + 4, quants);
        write_offset<32>(quants, half(block), half(block + 2), to);
    }
}

void unpack_q5_0(const std::byte* from, Index count, float* to) {
    Byte quants[32];
    for (Index b = 0; b < count / 32; ++b, to += 32) {
        const Byte* block = block_at(from, b, q5_0_block_bytes);
        read_halves(block + 6, quants);
        add_fifth_bits(block + 2, quants);
        write_centred<32>(quants, 16, half(block), to);
    }
}

void unpack_q5_1(const std::byte* from, Index count, float* to) {
    Byte quants[32];
    for (Index b = 0; b < count / 32; ++b, to += 32) {
        const Byte* block = block_at(from, b, q5_1_block_bytes);
        read_halves(block + 8, quants);
        add_fifth_bits(block + 4, quants);
        write_offset<32>(quants, half(block), half(block + 2), to);
    }
}

void unpack_q4_k(const std::byte* from, Index count, float* to) {
    Byte quants[64];
    for (Index b = 0; b < count / 256; ++b) {
        const Byte* block = block_at(from, b, q4_k_block_bytes);
        const float scale = half(block);
        const float minimum = half(block + 2);
        const SixBitScales part(block + 4);
        // 32 bytes hold two parts of 32: the first in the low halves.
        for (int pair = 0; pair < 4; ++pair) {
            const Byte* packed = block + 16 + 32 * pair;
            for (int i = 0; i < 32; ++i) {
                quants[i] = packed[i] & 15;
                quants[i + 32] = packed[i] >> 4;
            }
            for (int p = 2 * pair; p < 2 * pair + 2; ++p, to += 32)
                write_offset<32>(quants + 32 * (p & 1), scale * part.scale[p],
                                 -minimum * part.minimum[p], to);
        }
    }
}

void unpack_q5_k(const std::byte* from, Index count, float* to) {
    Byte quants[64];
    for (Index b = 0; b < count / 256; ++b) {
        const Byte* block = block_at(from, b, q5_k_block_bytes);
        const float scale = half(block);
        const float minimum = half(block + 2);
        const SixBitScales part(block + 4);
        const Byte* fifth = block + 16;  // bit p of byte i belongs to element i of part p
        for (int pair = 0; pair < 4; ++pair) {
            const Byte* packed = block + 48 + 32 * pair;
            for (int i = 0; i < 32; ++i) {
                const int high = fifth[i] >> (2 * pair);
                quants[i] = static_cast<Byte>((packed[i] & 15) | ((high & 1) << 4));
                quants[i + 32] = static_cast<Byte>((packed[i] >> 4) | ((high & 2) << 3));
            }
            for (int p = 2 * pair; p < 2 * pair + 2; ++p, to += 32)
                write_offset<32>(quants + 32 * (p & 1), scale * part.scale[p],
                                 -minimum * part.minimum[p], to);
        }
    }
}

void unpack_q6_k(const std::byte* from, Index count, float* to) {
    Byte quants[128];
    for (Index b = 0; b < count / 256; ++b) {
        const Byte* block = block_at(from, b, q6_k_block_bytes);
        const float scale = half(block + 208);
        for (int section = 0; section < 2; ++section) {  // 128 elements each
            const Byte* low = block + 64 * section;
            const Byte* high = block + 128 + 32 * section;  // two bits for each of four elements
            for (int i = 0; i < 32; i += 16) {
                const auto first = load<Bytes16>(low + i);
                const auto second = load<Bytes16>(low + i + 32);
                const auto top = load<Bytes16>(high + i);
                store((first & 15) | ((top & 3) << 4), quants + i);
                store((second & 15) | ((top & 12) << 2), quants + i + 32);
                store((first >> 4) | (top & 48), quants + i + 64);
                store((second >> 4) | ((top >> 6) << 4), quants + i + 96);
            }
            for (int p = 0; p < 8; ++p, to += 16) {
                const auto own = static_cast<std::int8_t>(block[192 + 8 * section + p]);
                write_centred<16>(quants + 16 * p, 32, scale * static_cast<float>(own), to);
            }
        }
    }
}

}  // namespace fovea
