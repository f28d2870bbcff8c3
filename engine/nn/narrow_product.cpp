#include "engine/nn/narrow_product.h"

#include "engine/nn/weight_lanes.h"

namespace fovea {

#ifdef __AVX2__

Index narrow_product_rows(DType dtype, bool input_major) {
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

namespace {

float horizontal_sum(__m256 v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// Outputs o .. o + Outputs - 1 for rows t .. t + Rows - 1: all sums stay in registers.
template <class Lanes, int Outputs, int Rows>
void block(const NarrowProduct& p, Index o, Index t) {
    __m256 sums[Outputs][Rows];
    for (auto& row : sums)
        for (auto& sum : row)
            sum = _mm256_setzero_ps();
    const std::byte* weight[Outputs];
    for (int w = 0; w < Outputs; ++w)
        weight[w] = p.weight + static_cast<size_t>(o + w) * p.row_bytes;
    const float* input = p.input + t * p.inputs;
    Index i = 0;
    for (; i + 8 <= p.inputs; i += 8) {
        __m256 x[Rows];
        for (int r = 0; r < Rows; ++r)
            x[r] = _mm256_loadu_ps(input + r * p.inputs + i);
        for (int w = 0; w < Outputs; ++w) {
            const __m256 weights = Lanes::eight(weight[w], i);
            for (int r = 0; r < Rows; ++r)
                sums[w][r] = _mm256_fmadd_ps(weights, x[r], sums[w][r]);
        }
    }
    for (int w = 0; w < Outputs; ++w) {
        for (int r = 0; r < Rows; ++r) {
            float sum = horizontal_sum(sums[w][r]);
            for (Index k = i; k < p.inputs; ++k)
                sum += Lanes::one(weight[w], k) * input[r * p.inputs + k];
            p.output[(t + r) * p.output_stride + o + w] = sum;
        }
    }
}

template <class Lanes, int Outputs>
void all_rows(const NarrowProduct& p, Index o) {
    Index t = 0;
    for (; t + 3 <= p.rows; t += 3)
        block<Lanes, Outputs, 3>(p, o, t);
    if (p.rows - t == 2) block<Lanes, Outputs, 2>(p, o, t);
    if (p.rows - t == 1) block<Lanes, Outputs, 1>(p, o, t);
}

template <class Lanes>
void all_outputs(const NarrowProduct& p, Index begin, Index end) {
    Index o = begin;
    for (; o + 4 <= end; o += 4)
        all_rows<Lanes, 4>(p, o);
    for (; o < end; ++o)
        all_rows<Lanes, 1>(p, o);
}

}  // namespace

void narrow_product(const NarrowProduct& product, Index begin, Index end) {
    if (product.dtype == DType::bf16) {
        all_outputs<BrainFloatLanes>(product, begin, end);
    } else if (product.dtype == DType::f16) {
        all_outputs<HalfLanes>(product, begin, end);
    } else {
        all_outputs<FloatLanes>(product, begin, end);
    }
}

#else

Index narrow_product_rows(DType, bool) {
    return 0;
}
void narrow_product(const NarrowProduct&, Index, Index) {}
void narrow_product_input_major(const NarrowProduct&, Index, Index) {}

#endif

}  // namespace fovea
