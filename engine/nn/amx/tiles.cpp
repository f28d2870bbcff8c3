#include "engine/nn/amx/tiles.h"

#ifdef FOVEA_HAS_AMX

#include <algorithm>

#include "engine/nn/avx512/lanes.h"
#include "engine/nn/avx512/transpose.h"

namespace fovea::amx {
namespace {

using avx512::first_lanes;

struct Split {
    __m512i part[parts];  ///< each a float whose lower half is zero
};

FOVEA_AVX512 inline Split split(__m512 x) {
    const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000));
    const __m512i quiet = _mm512_set1_epi32(0x00400000);
    constexpr int infinite_or_nan = 0x01 | 0x08 | 0x10 | 0x80;
    const __mmask16 finite = static_cast<__mmask16>(~_mm512_fpclass_ps_mask(x, infinite_or_nan));
    const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    // No number stays none, even where only its lower half says so. An infinity has no rest:
    // otherwise it would become no number.
    const __m512i first = _mm512_and_si512(_mm512_castps_si512(x), upper);
    const __m512 rest = _mm512_maskz_sub_ps(finite, x, _mm512_castsi512_ps(first));
    const __m512i second = _mm512_and_si512(_mm512_castps_si512(rest), upper);
    const __m512i third = _mm512_castps_si512(_mm512_sub_ps(rest, _mm512_castsi512_ps(second)));
    return {{_mm512_mask_or_epi32(first, nan, first, quiet), second, third}};
}

/// The upper halves of 32 floats.
FOVEA_AVX512 inline __m512i upper_halves(__m512i low, __m512i high) {
    alignas(64) static constexpr std::uint16_t odd[32] = {
        1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
        33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    return _mm512_permutex2var_epi16(low, _mm512_load_si512(odd), high);
}

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
            const Split left = split(_mm512_maskz_loadu_ps(low, x));
            const Split right = split(_mm512_maskz_loadu_ps(high, x + 16));
            for (Index part = 0; part < parts; ++part, line += sizeof(Tile) / 2)
                _mm512_store_si512(line, upper_halves(left.part[part], right.part[part]));
        } else {
            for (Index part = 0; part < parts; ++part, line += sizeof(Tile) / 2)
                _mm512_store_si512(line, _mm512_setzero_si512());
        }
    }
}

/// Sums are [rows, outputs], their outputs in the order that weaving left.
FOVEA_AVX512 void unweave_sums(const Product& p, const Block& block, Index row, Index rows,
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
FOVEA_AVX512 void turn_sums(const Product& p, const Block& block, Index row, Index rows,
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

void unpack_sums(const Product& p, const Block& block, Index row, Index rows, const Sums* sums) {
    p.input_major ? unweave_sums(p, block, row, rows, sums) : turn_sums(p, block, row, rows, sums);
}

}  // namespace fovea::amx

#endif
