#pragma once

#ifdef __AVX2__

#include <immintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "engine/core/tensor.h"

namespace fovea::avx2 {

/// Eight neighbouring weights of a row, or one, as floats.
struct Lanes {
    struct Float {
        static __m256 eight(const std::byte* row, Index i) {
            return _mm256_loadu_ps(reinterpret_cast<const float*>(row) + i);
        }
        static float one(const std::byte* row, Index i) {
            float value;
            std::memcpy(&value, row + 4 * i, sizeof value);
            return value;
        }
        static constexpr Index bytes = 4;
    };

    struct BrainFloat {
        static __m256 eight(const std::byte* row, Index i) {
            const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 2 * i));
            return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
        }
        static float one(const std::byte* row, Index i) {
            std::uint16_t bits;
            std::memcpy(&bits, row + 2 * i, sizeof bits);
            return std::bit_cast<float>(std::uint32_t{bits} << 16);
        }
        static constexpr Index bytes = 2;
    };

    struct Half {
        static __m256 eight(const std::byte* row, Index i) {
            return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 2 * i)));
        }
        static float one(const std::byte* row, Index i) {
            std::uint16_t bits;
            std::memcpy(&bits, row + 2 * i, sizeof bits);
            return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(bits)));
        }
        static constexpr Index bytes = 2;
    };
};

}  // namespace fovea::avx2

#endif
