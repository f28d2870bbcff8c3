#ifdef __AVX2__

#include <algorithm>

#include "engine/nn/avx2/lanes.h"
#include "engine/nn/avx2/product.h"
#include "engine/nn/weight_lanes.h"

namespace fovea::avx2 {
namespace {

/// Outputs at a time: a few rows of them stay in the first cache while all inputs go by.
constexpr Index band_outputs = 512;

/// Some outputs [begin, end) under some inputs from `input` on.
struct Strip {
    Index begin, end;
    Index input;
    const std::byte* next;  ///< a row of weights that will be wanted soon; nullptr: none
};

/// Adds Inputs rows of the matrix, each a stream of neighbouring weights, to Rows rows of the
/// output.
template <class Weights, int Inputs, int Rows>
void add_strip(const Product& p, const Strip& strip, Index t) {
    const std::byte* weight[Inputs];
    __m256 x[Rows][Inputs];
    for (int k = 0; k < Inputs; ++k) {
        weight[k] = p.weight + static_cast<size_t>(strip.input + k) * p.row_bytes;
        for (int r = 0; r < Rows; ++r)
            x[r][k] = _mm256_broadcast_ss(p.input_row(t + r) + strip.input + k);
    }
    float* output = p.output + t * p.output_stride;
    const bool first = strip.input == 0;
    Index o = strip.begin;
    for (; o + 8 <= strip.end; o += 8) {
        if (strip.next)
            _mm_prefetch(reinterpret_cast<const char*>(strip.next + o * Weights::bytes),
                         _MM_HINT_T0);
        __m256 weights[Inputs];
        for (int k = 0; k < Inputs; ++k)
            weights[k] = Weights::eight(weight[k], o);
        for (int r = 0; r < Rows; ++r) {
            float* y = output + r * p.output_stride + o;
            __m256 sum = first ? _mm256_setzero_ps() : _mm256_loadu_ps(y);
            for (int k = 0; k < Inputs; ++k)
                sum = _mm256_fmadd_ps(weights[k], x[r][k], sum);
            _mm256_storeu_ps(y, sum);
        }
    }
    for (; o < strip.end; ++o)
        for (int r = 0; r < Rows; ++r) {
            float& y = output[r * p.output_stride + o];
            if (first) y = 0;
            for (int k = 0; k < Inputs; ++k)
                y += Weights::one(weight[k], o) * _mm256_cvtss_f32(x[r][k]);
        }
}

/// While the rows of the output take turns, the next rows of the matrix come from memory.
template <class Weights, int Inputs>
void all_rows(const Product& p, Strip strip) {
    const Index fetched = std::min<Index>(p.inputs, strip.input + 2 * Inputs);
    Index soon = strip.input + Inputs;
    const auto fetch_one = [&] {
        strip.next = soon < fetched ? p.weight + static_cast<size_t>(soon) * p.row_bytes : nullptr;
        ++soon;
    };
    Index t = 0;
    for (; t + 2 <= p.rows; t += 2) {
        fetch_one();
        add_strip<Weights, Inputs, 2>(p, strip, t);
    }
    for (; t < p.rows; ++t) {
        fetch_one();
        add_strip<Weights, Inputs, 1>(p, strip, t);
    }
}

template <class Weights>
void all_outputs(const Product& p, Index begin, Index end) {
    for (Index o = begin; o < end; o += band_outputs) {
        const Index last = std::min(o + band_outputs, end);
        Index i = 0;
        for (; i + 4 <= p.inputs; i += 4)
            all_rows<Weights, 4>(p, {o, last, i, nullptr});
        for (; i < p.inputs; ++i)
            all_rows<Weights, 1>(p, {o, last, i, nullptr});
    }
}

}  // namespace

void narrow_product_input_major(const Product& product, Index begin, Index end) {
    with_lanes<Lanes>(product.dtype,
                      [&]<class Weights>() { all_outputs<Weights>(product, begin, end); });
}

}  // namespace fovea::avx2

#endif
