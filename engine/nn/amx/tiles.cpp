#include "engine/nn/amx/tiles.h"

#ifdef FOVEA_HAS_AMX

#include <algorithm>

#include "engine/nn/amx/split.h"
#include "engine/nn/avx512/transpose.h"

namespace fovea::amx {
namespace {

using avx512::first_lanes;

FOVEA_AVX512 void transpose_tile(std::uint16_t* values) {
    __m512 rows[tile_rows];
    for (Index r = 0; r < tile_rows; ++r)
        rows[r] = _mm512_load_ps(values + r * tile_inputs);
    avx512::transpose(rows);
    for (Index r = 0; r < tile_rows; ++r)
        _mm512_store_ps(values + r * tile_inputs, rows[r]);
}

/// Tiles of all parts of 16 rows by 32 inputs, or fewer.
FOVEA_AVX512 void pack_rows(const Product& p, Index row, Index rows, Index i, Tile* to) {
    const __mmask16 low = first_lanes(p.inputs - i), high = first_lanes(p.inputs - i - 16);
    for (Index r = 0; r < tile_rows; ++r) {
        std::uint16_t* line = to->values + r * tile_inputs;
        if (r < rows) {
            const float* x = p.input_row(row + r) + i;
            const Split left = split_input(_mm512_maskz_loadu_ps(low, x));
            const Split right = split_input(_mm512_maskz_loadu_ps(high, x + 16));
            for (Index part = 0; part < parts; ++part, line += sizeof(Tile) / 2)
                _mm512_store_si512(line, upper_halves(left.part[part], right.part[part]));
        } else {
            for (Index part = 0; part < parts; ++part, line += sizeof(Tile) / 2)
                _mm512_store_si512(line, _mm512_setzero_si512());
        }
    }
}

/// Sums are [rows, outputs], their outputs in the order that weaving left.
FOVEA_AVX512 void unweave_sums(const Product& p, const Region& block, Index row, Index rows,
                               const Sums* sums) {
    alignas(64) static constexpr std::int32_t first[16] = {0, 1, 2, 3, 16, 17, 18, 19,
                                                           4, 5, 6, 7, 20, 21, 22, 23};
    alignas(64) static constexpr std::int32_t second[16] = {8,  9,  10, 11, 24, 25, 26, 27,
                                                            12, 13, 14, 15, 28, 29, 30, 31};
    for (Index o = 0; o < block.outputs; o += 2 * tile_rows, sums += 2) {
        const __mmask16 low = first_lanes(block.outputs - o);
        const __mmask16 high = first_lanes(block.outputs - o - tile_rows);
        for (Index r = 0; r < rows; ++r) {
            const __m512 a = _mm512_load_ps(sums[0].values + r * tile_rows);
            const __m512 b = _mm512_load_ps(sums[1].values + r * tile_rows);
            float* to = p.output + (row + r) * p.output_stride + block.output + o;
            _mm512_mask_storeu_ps(to, low, _mm512_permutex2var_ps(a, _mm512_load_si512(first), b));
            _mm512_mask_storeu_ps(to + tile_rows, high,
                                  _mm512_permutex2var_ps(a, _mm512_load_si512(second), b));
        }
    }
}

/// Sums are [outputs, rows].
FOVEA_AVX512 void turn_sums(const Product& p, const Region& block, Index row, Index rows,
                            const Sums* sums) {
    for (Index half = 0; half < block.outputs; half += tile_rows, ++sums) {
        const __mmask16 lanes = first_lanes(block.outputs - half);
        __m512 lines[tile_rows];
        for (Index o = 0; o < tile_rows; ++o)
            lines[o] = _mm512_load_ps(sums->values + o * tile_rows);
        avx512::transpose(lines);
        float* to = p.output + row * p.output_stride + block.output + half;
        for (Index r = 0; r < tile_rows; ++r)
            if (r < rows) _mm512_mask_storeu_ps(to + r * p.output_stride, lanes, lines[r]);
    }
}

/// Sums are [rows, outputs] as they should be.
FOVEA_AVX512 void copy_sums(const Product& p, const Region& block, Index row, Index rows,
                            const Sums* sums) {
    for (Index half = 0; half < block.outputs; half += tile_rows, ++sums) {
        const __mmask16 lanes = first_lanes(block.outputs - half);
        float* to = p.output + row * p.output_stride + block.output + half;
        for (Index r = 0; r < rows; ++r)
            _mm512_mask_storeu_ps(to + r * p.output_stride, lanes,
                                  _mm512_load_ps(sums->values + r * tile_rows));
    }
}

}  // namespace

void pack_input(const Product& p, Index row, Index rows, Tile* to) {
    for (Index t = 0; t < rows; t += tile_rows) {
        for (Index i = 0; i < p.inputs; i += tile_inputs, to += parts) {
            pack_rows(p, row + t, rows - t, i, to);
            if (!p.input_major)
                for (Index part = 0; part < parts; ++part)
                    transpose_tile(to[part].values);
        }
    }
}

void unpack_sums(const Product& p, const Region& block, Index row, Index rows, const Sums* sums) {
    p.input_major ? unweave_sums(p, block, row, rows, sums) : turn_sums(p, block, row, rows, sums);
}

void unpack_plain_sums(const Product& p, const Region& block, Index row, Index rows,
                       const Sums* sums) {
    p.input_major ? copy_sums(p, block, row, rows, sums) : turn_sums(p, block, row, rows, sums);
}

}  // namespace fovea::amx

#endif
