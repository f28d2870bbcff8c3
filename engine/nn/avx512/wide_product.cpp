// Products of many rows. A panel of 32 outputs by 256 inputs is unpacked to floats once, in the
// order in which it is used, and stays in the first cache while every row of the input goes by
// (Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication").
#include "engine/nn/avx512/lanes.h"
#include "engine/nn/avx512/region.h"
#include "engine/nn/avx512/transpose.h"
#include "engine/nn/weight_lanes.h"

#ifdef FOVEA_HAS_AVX512

#include <algorithm>
#include <array>
#include <utility>

namespace fovea::avx512 {
namespace {

constexpr Index panel_outputs = 32;
constexpr Index panel_inputs = 256;  // whole blocks of every type

struct Panel {
    alignas(64) float weights[panel_inputs * panel_outputs];   // [inputs, 32]
    alignas(64) float unpacked[panel_outputs * panel_inputs];  // [outputs, inputs], before turning
};

/// From rows of one output each; `weight` stands at the first of them.
template <class Weights>
FOVEA_AVX512 void turn_panel(const std::byte* weight, size_t row_bytes, const Region& place,
                             float* panel) {
    for (Index half = 0; half < panel_outputs; half += 16) {
        for (Index i = 0; i < place.inputs; i += 16) {
            const __mmask16 lanes = first_lanes(place.inputs - i);
            __m512 rows[16];
            for (Index o = 0; o < 16; ++o)
                rows[o] = half + o < place.outputs
                              ? Weights::some(weight + static_cast<size_t>(half + o) * row_bytes, i,
                                              lanes)
                              : _mm512_setzero_ps();
            transpose(rows);
            for (Index k = 0; k < 16; ++k)
                _mm512_store_ps(panel + (i + k) * panel_outputs + half, rows[k]);
        }
    }
}

/// From rows of one input each.
template <class Weights>
FOVEA_AVX512 void copy_panel(const std::byte* weight, size_t row_bytes, const Region& place,
                             float* panel) {
    const __mmask16 low = first_lanes(place.outputs), high = first_lanes(place.outputs - 16);
    for (Index k = 0; k < place.inputs; ++k) {
        const std::byte* row = weight + static_cast<size_t>(k) * row_bytes;
        _mm512_store_ps(panel + k * panel_outputs, Weights::some(row, 0, low));
        _mm512_store_ps(panel + k * panel_outputs + 16, Weights::some(row, 16, high));
    }
}

/// Of types that the lanes do not know: unpacked first.
void unpack_panel(const Product& p, const Region& place, Panel& panel) {
    const RegionRows rows(p, place);
    for (Index r = 0; r < rows.count; ++r)
        unpack(p.dtype, rows.first + static_cast<size_t>(r) * p.row_bytes, rows.columns,
               panel.unpacked + r * rows.columns);
    const auto* unpacked = reinterpret_cast<const std::byte*>(panel.unpacked);
    const size_t row_bytes = static_cast<size_t>(rows.columns) * sizeof(float);
    p.input_major ? copy_panel<Lanes::Float>(unpacked, row_bytes, place, panel.weights)
                  : turn_panel<Lanes::Float>(unpacked, row_bytes, place, panel.weights);
}

void fill_panel(const Product& p, const Region& place, Panel& panel) {
    if (narrow_rows(p.dtype, p.input_major) == 0) return unpack_panel(p, place, panel);
    const std::byte* first = RegionRows(p, place).first;
    with_lanes<Lanes>(p.dtype, [&]<class Weights>() {
        p.input_major ? copy_panel<Weights>(first, p.row_bytes, place, panel.weights)
                      : turn_panel<Weights>(first, p.row_bytes, place, panel.weights);
    });
}

/// Rows t .. t + Rows - 1 of the input through the panel: 12 x 2 sums, two weights and an input fit
/// the 32 registers.
template <int Rows>
FOVEA_AVX512 void through_panel(const Product& p, const Region& place, const float* panel, Index t,
                                Ahead& next) {
    Ahead ahead = next;
    const __mmask16 low = first_lanes(place.outputs), high = first_lanes(place.outputs - 16);
    const __mmask16 low_known = place.input == 0 ? 0 : low;
    const __mmask16 high_known = place.input == 0 ? 0 : high;
    const float* input = p.input_row(t) + place.input;
    const Index stride = p.input_row(1) - p.input;
    float* output = p.output + t * p.output_stride + place.output;
    __m512 sums[Rows][2];
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r) {
        sums[r][0] = _mm512_maskz_loadu_ps(low_known, output + r * p.output_stride);
        sums[r][1] = _mm512_maskz_loadu_ps(high_known, output + r * p.output_stride + 16);
    }
    for (Index k = 0; k < place.inputs; ++k) {
        const __m512 left = _mm512_load_ps(panel + k * panel_outputs);
        const __m512 right = _mm512_load_ps(panel + k * panel_outputs + 16);
        ahead.fetch();
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r) {
            const __m512 x = _mm512_set1_ps(input[r * stride + k]);
            sums[r][0] = _mm512_fmadd_ps(left, x, sums[r][0]);
            sums[r][1] = _mm512_fmadd_ps(right, x, sums[r][1]);
        }
    }
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r) {
        _mm512_mask_storeu_ps(output + r * p.output_stride, low, sums[r][0]);
        _mm512_mask_storeu_ps(output + r * p.output_stride + 16, high, sums[r][1]);
    }
    next = ahead;
}

}  // namespace

void wide_product(const Product& p, Index begin, Index end) {
    constexpr auto sizes = []<int... Less>(std::integer_sequence<int, Less...>) {
        return std::array{&through_panel<Less + 1>...};
    }
    (std::make_integer_sequence<int, 12>());
    constexpr auto most = static_cast<Index>(sizes.size());
    const Index turns = (p.rows + most - 1) / most;
    Panel panel;
    for (Index o = begin; o < end; o += panel_outputs) {
        for (Index i = 0; i < p.inputs; i += panel_inputs) {
            const Region place{o, std::min(panel_outputs, end - o), i,
                               std::min(panel_inputs, p.inputs - i)};
            fill_panel(p, place, panel);
            const bool last = i + place.inputs == p.inputs;
            const Index next_output = last ? o + panel_outputs : o;
            const Index next_input = last ? 0 : i + panel_inputs;
            // Only rows of one output each, long pieces of a few pages: of rows of one input each
            // every piece would lie in a page of its own, which costs more than it saves.
            Ahead next;
            if (!p.input_major && next_output < end)
                next = {p,
                        {next_output, std::min(panel_outputs, end - next_output), next_input,
                         std::min(panel_inputs, p.inputs - next_input)}};
            for (Index turn = 0; turn < turns; ++turn) {
                const Index t = p.rows * turn / turns, rows = p.rows * (turn + 1) / turns - t;
                sizes[static_cast<size_t>(rows - 1)](p, place, panel.weights, t, next);
            }
        }
    }
}

}  // namespace fovea::avx512

#endif
