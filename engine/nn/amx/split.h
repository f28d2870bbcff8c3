#pragma once

#include "engine/nn/amx/tiles.h"

#ifdef FOVEA_HAS_AMX

#include "engine/nn/avx512/lanes.h"

namespace fovea::amx {

/// Sixteen floats as sums of bfloat16.
struct Split {
    __m512i part[parts];  ///< each a float whose lower half is zero
};

/// Of an input: each part is the nearest to what the parts before it leave, so that the products of
/// small parts that WeightSplit leaves out err to both sides alike. No number stays none, even
/// where only its lower half says so; an infinity has no rest; what would round to one is cut off.
FOVEA_AVX512 inline Split split_input(__m512 x) {
    const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000));
    const __m512i half = _mm512_set1_epi32(0x8000);
    const __m512i quiet = _mm512_set1_epi32(0x00400000);
    constexpr int infinite_or_nan = 0x01 | 0x08 | 0x10 | 0x80;
    const __m512i bits = _mm512_castps_si512(x);
    const __mmask16 finite = static_cast<__mmask16>(~_mm512_fpclass_ps_mask(x, infinite_or_nan));
    const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    const __mmask16 rounds = _mm512_cmplt_epu32_mask(
        _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff)), _mm512_set1_epi32(0x7f7f8000));
    const __m512i first = _mm512_and_si512(_mm512_mask_add_epi32(bits, rounds, bits, half), upper);
    const __m512 rest = _mm512_maskz_sub_ps(finite, x, _mm512_castsi512_ps(first));
    const __m512i second = _mm512_and_si512(
        _mm512_mask_add_epi32(_mm512_castps_si512(rest), rounds, _mm512_castps_si512(rest), half),
        upper);
    const __m512i third = _mm512_castps_si512(_mm512_sub_ps(rest, _mm512_castsi512_ps(second)));
    return {{_mm512_mask_or_epi32(first, nan, first, quiet), second, third}};
}

/// Of a weight, the first `Parts`: cut off, not rounded. One that is infinite makes no number of
/// every sum.
template <int Parts>
FOVEA_AVX512 inline Split split_weight(__m512 x) {
    const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000));
    Split split;
    for (int part = 0; part < Parts - 1; ++part) {
        split.part[part] = _mm512_and_si512(_mm512_castps_si512(x), upper);
        x = _mm512_sub_ps(x, _mm512_castsi512_ps(split.part[part]));
    }
    split.part[Parts - 1] = _mm512_castps_si512(x);
    return split;
}

/// The upper halves of 32 floats.
FOVEA_AVX512 inline __m512i upper_halves(__m512i low, __m512i high) {
    alignas(64) static constexpr std::uint16_t odd[32] = {
        1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
        33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    return _mm512_permutex2var_epi16(low, _mm512_load_si512(odd), high);
}

/// The upper halves of 16 floats each, those of `even` in the lower halves of what comes back.
FOVEA_AVX512 inline __m512i woven_halves(__m512i even, __m512i odd) {
    constexpr int first_of_mask_else_second = 0xca;
    return _mm512_ternarylogic_epi32(_mm512_set1_epi32(0xffff), _mm512_srli_epi32(even, 16), odd,
                                     first_of_mask_else_second);
}

}  // namespace fovea::amx

#endif
