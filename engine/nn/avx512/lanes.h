#pragma once

#include "engine/nn/avx512/product.h"

#ifdef FOVEA_HAS_AVX512

// GCC 12 takes the undefined operands inside its own header for mistakes (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <cstddef>

namespace fovea::avx512 {

/// Those of sixteen neighbouring weights of a row that the mask names, as floats; zero for others,
/// whose memory is not touched.
struct Lanes {
    struct Float {
        FOVEA_AVX512 static __m512 some(const std::byte* row, Index i, __mmask16 which) {
            return _mm512_maskz_loadu_ps(which, row + bytes * i);
        }
        static constexpr Index bytes = 4;
    };

    struct BrainFloat {
        FOVEA_AVX512 static __m512 some(const std::byte* row, Index i, __mmask16 which) {
            const __m256i halves = _mm256_maskz_loadu_epi16(which, row + bytes * i);
            return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
        }
        static constexpr Index bytes = 2;
    };

    struct Half {
        FOVEA_AVX512 static __m512 some(const std::byte* row, Index i, __mmask16 which) {
            return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(which, row + bytes * i));
        }
        static constexpr Index bytes = 2;
    };
};

/// The first `count` of sixteen lanes; none and all where it is out of range.
inline __mmask16 first_lanes(Index count) {
    if (count >= 16) return 0xffff;
    return static_cast<__mmask16>(count <= 0 ? 0 : (1u << count) - 1);
}

}  // namespace fovea::avx512

#endif
