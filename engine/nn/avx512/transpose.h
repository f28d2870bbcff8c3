#pragma once

#include "engine/nn/avx512/lanes.h"

#ifdef FOVEA_HAS_AVX512

namespace fovea::avx512 {

/// Rows become columns.
FOVEA_AVX512 inline void transpose(__m512 (&rows)[16]) {
    __m512d pairs[16];
    for (int i = 0; i < 16; i += 2) {
        pairs[i] = _mm512_castps_pd(_mm512_unpacklo_ps(rows[i], rows[i + 1]));
        pairs[i + 1] = _mm512_castps_pd(_mm512_unpackhi_ps(rows[i], rows[i + 1]));
    }
    __m512 fours[16];
    for (int i = 0; i < 16; i += 4) {
        fours[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(pairs[i], pairs[i + 2]));
        fours[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(pairs[i], pairs[i + 2]));
        fours[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(pairs[i + 1], pairs[i + 3]));
        fours[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(pairs[i + 1], pairs[i + 3]));
    }
    // Quarters of registers: even ones of two, odd ones of two; the same again.
    constexpr int even = 0x88, odd = 0xdd;
    __m512 eights[16];
    for (int i = 0; i < 4; ++i) {
        eights[i] = _mm512_shuffle_f32x4(fours[i], fours[i + 4], even);
        eights[i + 4] = _mm512_shuffle_f32x4(fours[i], fours[i + 4], odd);
        eights[i + 8] = _mm512_shuffle_f32x4(fours[i + 8], fours[i + 12], even);
        eights[i + 12] = _mm512_shuffle_f32x4(fours[i + 8], fours[i + 12], odd);
    }
    for (int i = 0; i < 4; ++i) {
        rows[i] = _mm512_shuffle_f32x4(eights[i], eights[i + 8], even);
        rows[i + 8] = _mm512_shuffle_f32x4(eights[i], eights[i + 8], odd);
        rows[i + 4] = _mm512_shuffle_f32x4(eights[i + 4], eights[i + 12], even);
        rows[i + 12] = _mm512_shuffle_f32x4(eights[i + 4], eights[i + 12], odd);
    }
}

}  // namespace fovea::avx512

#endif
