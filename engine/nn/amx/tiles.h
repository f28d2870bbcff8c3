#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/nn/amx/product.h"
#include "engine/nn/avx512/region.h"

#ifdef FOVEA_HAS_AMX

namespace fovea::amx {

// One instruction adds A [16, 32] times B [32, 16] to C [16, 16]: bfloat16 to float32. A lies row
// by row; of B two rows are woven into one, so that each 32 bits hold two inputs of one column.
constexpr Index tile_rows = 16, tile_inputs = 32;

/// A or B.
struct alignas(64) Tile {
    std::uint16_t values[tile_rows * tile_inputs];
};

/// C.
struct alignas(64) Sums {
    float values[tile_rows * tile_rows];
};

/// A float32 is the exact sum of three bfloat16: of its 24 bits each takes eight. With one product
/// for each of them nothing is lost but the order of the sums (Henry, Tang & Heinecke 2019,
/// "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations").
/// Only what is smaller than 2^-126, the instruction takes for zero; and a weight that is infinite
/// makes no number of every sum.
constexpr Index parts = 3;

constexpr Index tiles_for(Index count, Index size) {
    return (count + size - 1) / size;
}

/// Rows [row, row + rows) of the input as tiles [rows / 16, inputs / 32, parts], zero beyond the
/// edges: A where weights are input-major, otherwise B.
void pack_input(const Product& product, Index row, Index rows, Tile* to);

using avx512::Region;

/// So many tiles of weights lie side by side, and so many tiles of sums below them.
constexpr Index block_tiles = 4, block_outputs = block_tiles * tile_rows;

/// Sums of 16 rows by the block's outputs, [4], to rows [row, row + rows) of the output.
void unpack_sums(const Product& product, const Region& block, Index row, Index rows,
                 const Sums* sums);

/// The same of sums whose outputs stand in their own order, [outputs / 16].
void unpack_plain_sums(const Product& product, const Region& region, Index row, Index rows,
                       const Sums* sums);

}  // namespace fovea::amx

#endif
