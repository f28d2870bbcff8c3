#pragma once

#include "engine/nn/amx/split.h"

#ifdef FOVEA_HAS_AMX

namespace fovea::amx {

// A panel is 32 outputs of a region: what two tiles hold side by side.
constexpr Index tile_values = tile_rows * tile_inputs;
constexpr Index panel_tiles = 2, panel_outputs = panel_tiles * tile_rows;

/// Sixteen weights, or fewer.
template <class Weights, bool Whole>
FOVEA_AVX512 inline __m512 lanes_of(const std::byte* row, Index i, Index count) {
    return Weights::some(row, i, Whole ? __mmask16{0xffff} : avx512::first_lanes(count));
}

/// Up to 32 rows of one input each, `left` of which there are, woven together by twos, to panels
/// that lie `step` tiles apart.
template <class Weights, int Parts, bool Whole>
FOVEA_AVX512 void weave_rows(const std::byte* weight, size_t row_bytes, Index left, Index outputs,
                             Tile* to, Index step) {
    for (Index o = 0; o < outputs; o += panel_outputs, to += step) {
        const std::byte* row = weight + o * Weights::bytes;
        std::uint16_t* values = to->values;
        for (Index pair = 0; pair < tile_rows; ++pair, values += tile_inputs) {
#pragma GCC unroll 2
            for (Index half = 0; half < panel_tiles; ++half) {
                const Index count = outputs - o - half * tile_rows;
                const Split a = split_weight<Parts>(
                    lanes_of<Weights, Whole>(row, half * tile_rows, 2 * pair < left ? count : 0));
                const Split b = split_weight<Parts>(lanes_of<Weights, Whole>(
                    row + row_bytes, half * tile_rows, 2 * pair + 1 < left ? count : 0));
#pragma GCC unroll 3
                for (int part = 0; part < Parts; ++part)
                    _mm512_store_si512(values + (part * panel_tiles + half) * tile_values,
                                       woven_halves(a.part[part], b.part[part]));
            }
            row += 2 * row_bytes;
        }
    }
}

/// Some inputs of one output, which lie as they should: to a row of tiles, `Parts` panels apart.
template <class Weights, int Parts, bool Whole>
FOVEA_AVX512 void copy_row(const std::byte* weight, Index inputs, std::uint16_t* to) {
    for (Index i = 0; i < inputs; i += tile_inputs, to += Parts * panel_tiles * tile_values) {
        const Split low = split_weight<Parts>(lanes_of<Weights, Whole>(weight, i, inputs - i));
        const Split high =
            split_weight<Parts>(lanes_of<Weights, Whole>(weight, i + 16, inputs - i - 16));
#pragma GCC unroll 3
        for (int part = 0; part < Parts; ++part)
            _mm512_store_si512(to + part * panel_tiles * tile_values,
                               upper_halves(low.part[part], high.part[part]));
    }
}

/// A region as tiles [outputs / 32, inputs / 32, parts, 2], zero beyond the edges. `weight` stands
/// at its first; `Weights` reads some of a row as floats (see avx512::Lanes).
template <bool InputMajor, class Weights, int Parts>
FOVEA_AVX512 void pack_region(const std::byte* weight, size_t row_bytes, const Region& region,
                              Tile* to) {
    const Index input_tiles = tiles_for(region.inputs, tile_inputs);
    const Index step = input_tiles * Parts * panel_tiles;
    if constexpr (InputMajor) {
        for (Index i = 0; i < region.inputs; i += tile_inputs, to += Parts * panel_tiles) {
            const Index left = region.inputs - i;
            const bool whole = left >= tile_inputs && region.outputs % panel_outputs == 0;
            if (whole)
                weave_rows<Weights, Parts, true>(weight, row_bytes, left, region.outputs, to, step);
            else
                weave_rows<Weights, Parts, false>(weight, row_bytes, left, region.outputs, to,
                                                  step);
            weight += tile_inputs * row_bytes;
        }
    } else {
        const Index rows = tiles_for(region.outputs, panel_outputs) * panel_outputs;
        for (Index o = 0; o < rows; ++o, weight += row_bytes) {
            std::uint16_t* row =
                to[o / panel_outputs * step + o % panel_outputs / tile_rows].values +
                o % tile_rows * tile_inputs;
            if (o >= region.outputs)
                for (Index tile = 0; tile < input_tiles * Parts;
                     ++tile, row += panel_tiles * tile_values)
                    _mm512_store_si512(row, _mm512_setzero_si512());
            else if (region.inputs % tile_inputs == 0)
                copy_row<Weights, Parts, true>(weight, region.inputs, row);
            else
                copy_row<Weights, Parts, false>(weight, region.inputs, row);
        }
    }
}

}  // namespace fovea::amx

#endif
