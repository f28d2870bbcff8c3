#include "engine/nn/narrow_product.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace fovea {

#ifdef __AVX2__

const Index narrow_product_rows = 48;

namespace {

float horizontal_sum(__m256 v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// Outputs o .. o + Outputs - 1 for rows t .. t + Rows - 1: all sums stay in registers.
template <int Outputs, int Rows>
void block(const NarrowProduct& p, Index o, Index t) {
    __m256 sums[Outputs][Rows];
    for (auto& row : sums)
        for (auto& sum : row)
            sum = _mm256_setzero_ps();
    const float* weight = p.weight + o * p.stride;
    const float* input = p.input + t * p.inputs;
    Index i = 0;
    for (; i + 8 <= p.inputs; i += 8) {
        __m256 x[Rows];
        for (int r = 0; r < Rows; ++r)
            x[r] = _mm256_loadu_ps(input + r * p.inputs + i);
        for (int w = 0; w < Outputs; ++w) {
            const __m256 weights = _mm256_loadu_ps(weight + w * p.stride + i);
            for (int r = 0; r < Rows; ++r)
                sums[w][r] = _mm256_fmadd_ps(weights, x[r], sums[w][r]);
        }
    }
    for (int w = 0; w < Outputs; ++w) {
        for (int r = 0; r < Rows; ++r) {
            float sum = horizontal_sum(sums[w][r]);
            for (Index k = i; k < p.inputs; ++k)
                sum += weight[w * p.stride + k] * input[r * p.inputs + k];
            p.output[(t + r) * p.output_stride + o + w] = sum;
        }
    }
}

template <int Outputs>
void all_rows(const NarrowProduct& p, Index o) {
    Index t = 0;
    for (; t + 3 <= p.rows; t += 3)
        block<Outputs, 3>(p, o, t);
    if (p.rows - t == 2) block<Outputs, 2>(p, o, t);
    if (p.rows - t == 1) block<Outputs, 1>(p, o, t);
}

}  // namespace

void narrow_product(const NarrowProduct& product, Index begin, Index end) {
    Index o = begin;
    for (; o + 4 <= end; o += 4)
        all_rows<4>(product, o);
    for (; o < end; ++o)
        all_rows<1>(product, o);
}

#else

const Index narrow_product_rows = 0;

void narrow_product(const NarrowProduct& p, Index begin, Index end) {
    for (Index o = begin; o < end; ++o) {
        for (Index t = 0; t < p.rows; ++t) {
            float sum = 0;
            for (Index i = 0; i < p.inputs; ++i)
                sum += p.weight[o * p.stride + i] * p.input[t * p.inputs + i];
            p.output[t * p.output_stride + o] = sum;
        }
    }
}

#endif

}  // namespace fovea
