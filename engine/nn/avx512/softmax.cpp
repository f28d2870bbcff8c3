#include "engine/nn/avx512/softmax.h"

#include "engine/nn/avx512/lanes.h"

#ifdef FOVEA_HAS_AVX512

#include <cmath>
#include <limits>

namespace fovea::avx512 {
namespace {

constexpr float hidden = -std::numeric_limits<float>::infinity();

/// exp(x) for x <= 0: 2^n exp(r), |r| <= ln(2) / 2, where seven terms of the series leave less than
/// the last bit. Zero where it would be no normal number; what is no number stays none.
FOVEA_AVX512 inline __m512 exp_of_logs(__m512 x) {
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)),
                                          _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    // ln(2) in two pieces, of which the first has so few bits that n times it is exact.
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(1.0f / 5040);
    for (const float term : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2, 1.0f, 1.0f})
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(term));
    constexpr float smallest_log = -87;
    const __mmask16 normal = _mm512_cmp_ps_mask(x, _mm512_set1_ps(smallest_log), _CMP_NLT_UQ);
    return _mm512_maskz_scalef_ps(normal, p, n);
}

}  // namespace

FOVEA_AVX512 RowSoftmax softmax_row(std::span<float> row, float temperature) {
    const auto size = static_cast<Index>(row.size());
    const auto each = [&](auto&& part) FOVEA_AVX512 {
        Index i = 0;
        for (; i + 16 <= size; i += 16)
            part(i, __mmask16{0xffff});
        if (i < size) part(i, first_lanes(size - i));
    };
    float* x = row.data();
    __m512 most = _mm512_set1_ps(hidden);
    __mmask16 no_number = 0;  // which a maximum may pass over
    each([&](Index i, __mmask16 lanes) FOVEA_AVX512 {
        const __m512 values = _mm512_maskz_loadu_ps(lanes, x + i);
        most = _mm512_mask_max_ps(most, lanes, most, values);
        no_number |= _mm512_cmp_ps_mask(values, values, _CMP_UNORD_Q);
    });
    const float largest =
        no_number ? std::numeric_limits<float>::quiet_NaN() : _mm512_reduce_max_ps(most);
    if (largest == hidden) {
        each([&](Index i, __mmask16 lanes)
                 FOVEA_AVX512 { _mm512_mask_storeu_ps(x + i, lanes, _mm512_setzero_ps()); });
        return {hidden, 0, 0, 0};
    }
    const __m512 inverse = _mm512_set1_ps(1 / temperature);
    __m512 sums = _mm512_setzero_ps(), expected = _mm512_setzero_ps();
    each([&](Index i, __mmask16 lanes) FOVEA_AVX512 {
        const __m512 below = _mm512_mul_ps(
            _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + i), _mm512_set1_ps(largest)), inverse);
        const __m512 weights = exp_of_logs(below);
        _mm512_mask_storeu_ps(x + i, lanes, weights);
        sums = _mm512_mask_add_ps(sums, lanes, sums, weights);
        // Zero times -infinity is NaN: zero times anything finite is what is meant.
        const __m512 finite =
            _mm512_max_ps(_mm512_set1_ps(std::numeric_limits<float>::lowest()), below);
        expected = _mm512_mask3_fmadd_ps(weights, finite, expected, lanes);
    });
    const float sum = _mm512_reduce_add_ps(sums);
    const float share = 1 / sum;
    each([&](Index i, __mmask16 lanes) FOVEA_AVX512 {
        const __m512 weights = _mm512_maskz_loadu_ps(lanes, x + i);
        _mm512_mask_storeu_ps(x + i, lanes, _mm512_mul_ps(weights, _mm512_set1_ps(share)));
    });
    const float log_sum = std::log(sum);
    return {largest, log_sum, entropy_from(log_sum, _mm512_reduce_add_ps(expected) * share), share};
}

}  // namespace fovea::avx512

#endif
