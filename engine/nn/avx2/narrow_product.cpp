#ifdef __AVX2__

#include "engine/nn/avx2/lanes.h"
#include "engine/nn/avx2/product.h"
#include "engine/nn/weight_lanes.h"

namespace fovea::avx2 {
namespace {

float horizontal_sum(__m256 v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// Outputs o .. o + Outputs - 1 for rows t .. t + Rows - 1: all sums stay in registers, if the
/// compiler is told to unroll in time; else GCC keeps a copy of each in memory.
template <class Weights, int Outputs, int Rows>
void block(const Product& p, Index o, Index t) {
    __m256 sums[Outputs][Rows];
#pragma GCC unroll 4
    for (auto& row : sums)
#pragma GCC unroll 4
        for (auto& sum : row)
            sum = _mm256_setzero_ps();
    const std::byte* weight[Outputs];
#pragma GCC unroll 4
    for (int w = 0; w < Outputs; ++w)
        weight[w] = p.weight + static_cast<size_t>(o + w) * p.row_bytes;
    const float* input = p.input_row(t);
    const Index stride = p.input_row(1) - p.input;
    Index i = 0;
    for (; i + 8 <= p.inputs; i += 8) {
        __m256 x[Rows];
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r)
            x[r] = _mm256_loadu_ps(input + r * stride + i);
#pragma GCC unroll 4
        for (int w = 0; w < Outputs; ++w) {
            const __m256 weights = Weights::eight(weight[w], i);
#pragma GCC unroll 4
            for (int r = 0; r < Rows; ++r)
                sums[w][r] = _mm256_fmadd_ps(weights, x[r], sums[w][r]);
        }
    }
#pragma GCC unroll 4
    for (int w = 0; w < Outputs; ++w) {
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) {
            float sum = horizontal_sum(sums[w][r]);
            for (Index k = i; k < p.inputs; ++k)
                sum += Weights::one(weight[w], k) * input[r * stride + k];
            p.output[(t + r) * p.output_stride + o + w] = sum;
        }
    }
}

template <class Weights, int Outputs>
void all_rows(const Product& p, Index o) {
    Index t = 0;
    for (; t + 3 <= p.rows; t += 3)
        block<Weights, Outputs, 3>(p, o, t);
    if (p.rows - t == 2) block<Weights, Outputs, 2>(p, o, t);
    if (p.rows - t == 1) block<Weights, Outputs, 1>(p, o, t);
}

template <class Weights>
void all_outputs(const Product& p, Index begin, Index end) {
    Index o = begin;
    for (; o + 4 <= end; o += 4)
        all_rows<Weights, 4>(p, o);
    for (; o < end; ++o)
        all_rows<Weights, 1>(p, o);
}

}  // namespace

Index narrow_rows(DType dtype, bool input_major) {
    switch (dtype) {
        case DType::f32:
            return input_major ? 24 : 48;
        case DType::bf16:
        case DType::f16:
            return 48;
        default:
            return 0;
    }
}

void narrow_product(const Product& product, Index begin, Index end) {
    if (product.input_major) return narrow_product_input_major(product, begin, end);
    with_lanes<Lanes>(product.dtype,
                      [&]<class Weights>() { all_outputs<Weights>(product, begin, end); });
}

}  // namespace fovea::avx2

#endif
