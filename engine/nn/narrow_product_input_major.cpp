#include <algorithm>

#include "engine/nn/narrow_product.h"
#include "engine/nn/weight_lanes.h"

#ifdef __AVX2__

namespace fovea {
namespace {

/// A tile of the weights: so many inputs by so many outputs, 8 KiB as floats. Rows of the matrix
/// lie kilobytes apart, often a multiple of 4 KiB, so that a tile read in place would fight for a
/// few sets of the first cache: the first rows that use it copy it, widened, and the others read
/// that.
constexpr Index tile_inputs = 64;
constexpr Index tile_outputs = 32;

struct Tile {
    Index first_input, inputs;
    Index output;
    float* copy;                      // [inputs, tile_outputs]
    const std::byte* next = nullptr;  ///< of the tile that comes after, to be fetched meanwhile
};

/// Where the weights of a tile come from.
enum class Source { matrix, matrix_into_copy, copy };

/// 8 Vectors outputs of Rows rows, over the inputs of a tile: sums stay in registers.
template <class Lanes, Source source, int Vectors, int Rows>
void multiply(const NarrowProduct& p, const Tile& tile, Index t) {
    __m256 sums[Vectors][Rows];
    float* output = p.output + t * p.output_stride + tile.output;
    for (int v = 0; v < Vectors; ++v)
        for (int r = 0; r < Rows; ++r)
            sums[v][r] = tile.first_input == 0
                             ? _mm256_setzero_ps()
                             : _mm256_loadu_ps(output + r * p.output_stride + 8 * v);
    const float* input = p.input + t * p.inputs + tile.first_input;
    const std::byte* row = p.weight + static_cast<size_t>(tile.first_input) * p.row_bytes +
                           static_cast<size_t>(tile.output * Lanes::bytes);
    const std::byte* next = tile.next;
    for (Index i = 0; i < tile.inputs; ++i, row += p.row_bytes) {
        if (source == Source::copy && next) {
            _mm_prefetch(reinterpret_cast<const char*>(next), _MM_HINT_T1);
            _mm_prefetch(reinterpret_cast<const char*>(next + 64), _MM_HINT_T1);
            next += p.row_bytes;
        }
        for (int v = 0; v < Vectors; ++v) {
            float* copied = tile.copy + i * tile_outputs + 8 * v;
            const __m256 weights =
                source == Source::copy ? _mm256_load_ps(copied) : Lanes::eight(row, 8 * v);
            if (source == Source::matrix_into_copy) _mm256_store_ps(copied, weights);
            for (int r = 0; r < Rows; ++r)
                sums[v][r] = _mm256_fmadd_ps(weights, _mm256_broadcast_ss(input + r * p.inputs + i),
                                             sums[v][r]);
        }
    }
    for (int v = 0; v < Vectors; ++v)
        for (int r = 0; r < Rows; ++r)
            _mm256_storeu_ps(output + r * p.output_stride + 8 * v, sums[v][r]);
}

template <class Lanes, Source source, int Vectors>
void multiply_some(const NarrowProduct& p, const Tile& tile, Index t, Index rows) {
    if (rows == 3) multiply<Lanes, source, Vectors, 3>(p, tile, t);
    if (rows == 2) multiply<Lanes, source, Vectors, 2>(p, tile, t);
    if (rows == 1) multiply<Lanes, source, Vectors, 1>(p, tile, t);
}

template <class Lanes, int Vectors>
void all_rows(const NarrowProduct& p, Tile tile) {
    if (p.rows <= 3) {
        multiply_some<Lanes, Source::matrix, Vectors>(p, tile, 0, p.rows);
        return;
    }
    multiply_some<Lanes, Source::matrix_into_copy, Vectors>(p, tile, 0, 3);
    for (Index t = 3; t < p.rows; t += 3) {
        multiply_some<Lanes, Source::copy, Vectors>(p, tile, t, std::min<Index>(3, p.rows - t));
        tile.next = nullptr;
    }
}

/// The last outputs, fewer than a vector.
template <class Lanes>
void one_output(const NarrowProduct& p, Index o) {
    for (Index t = 0; t < p.rows; ++t) {
        float sum = 0;
        for (Index i = 0; i < p.inputs; ++i)
            sum += Lanes::one(p.weight + static_cast<size_t>(i) * p.row_bytes, o) *
                   p.input[t * p.inputs + i];
        p.output[t * p.output_stride + o] = sum;
    }
}

template <class Lanes>
void all_outputs(const NarrowProduct& p, Index begin, Index end) {
    alignas(64) thread_local float copy[tile_inputs * tile_outputs];
    const Index whole = begin + (end - begin) / 8 * 8;
    for (Index first = 0; first < p.inputs; first += tile_inputs) {
        const Index inputs = std::min(tile_inputs, p.inputs - first);
        for (Index o = begin; o < whole;) {
            Tile tile{first, inputs, o, copy};
            if (o + tile_outputs <= whole) {
                if (o + 2 * tile_outputs <= whole)
                    tile.next = p.weight + static_cast<size_t>(first) * p.row_bytes +
                                static_cast<size_t>((o + tile_outputs) * Lanes::bytes);
                all_rows<Lanes, tile_outputs / 8>(p, tile);
                o += tile_outputs;
            } else {
                all_rows<Lanes, 1>(p, tile);
                o += 8;
            }
        }
    }
    for (Index o = whole; o < end; ++o)
        one_output<Lanes>(p, o);
}

}  // namespace

void narrow_product_input_major(const NarrowProduct& product, Index begin, Index end) {
    if (product.dtype == DType::bf16) {
        all_outputs<BrainFloatLanes>(product, begin, end);
    } else if (product.dtype == DType::f16) {
        all_outputs<HalfLanes>(product, begin, end);
    } else {
        all_outputs<FloatLanes>(product, begin, end);
    }
}

}  // namespace fovea

#endif
