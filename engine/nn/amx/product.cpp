#include "engine/nn/amx/product.h"

#include "engine/nn/amx/configuration.h"
#include "engine/nn/amx/walk.h"
#include "engine/nn/amx/weights.h"

#ifdef FOVEA_HAS_AMX

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/nn/avx512/lanes.h"

namespace fovea::amx {
namespace {

bool has_instructions() {
    constexpr unsigned bf16 = 1u << 22, tile = 1u << 24;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bf16) && (d & tile);
}

/// Threads that start later, and those that run already, share what the process was granted.
bool is_permitted() {
    constexpr long request_component = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_component, tile_data) == 0;
}

// Tiles 0 to 3 are sums, 4 holds input, 5 to 7 weights.

FOVEA_AMX inline void load_sums(const Sums* sums) {
    _tile_loadd(0, &sums[0], 64);
    _tile_loadd(1, &sums[1], 64);
    _tile_loadd(2, &sums[2], 64);
    _tile_loadd(3, &sums[3], 64);
}

FOVEA_AMX inline void clear_sums() {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}

FOVEA_AMX inline void store_sums(Sums* sums) {
    _tile_stored(0, &sums[0], 64);
    _tile_stored(1, &sums[1], 64);
    _tile_stored(2, &sums[2], 64);
    _tile_stored(3, &sums[3], 64);
}

template <bool InputMajor>
FOVEA_AMX void pack(Packing<InputMajor> packing) {
    for (; packing.tiles() > 0; packing.next_tile())
        packing.template pieces<false>(packing.pieces_per_tile);
}

// The instructions name their tiles: no variable can.
#define FOVEA_ADD(sum, weight)          \
    if constexpr (InputMajor) {         \
        _tile_dpbf16ps(sum, 4, weight); \
    } else {                            \
        _tile_dpbf16ps(sum, weight, 4); \
    }

/// 16 rows of the input under a block of weights, `tiles` times 32 inputs; meanwhile the next block
/// is packed and the one after it fetched.
template <bool InputMajor, bool Whole>
FOVEA_AMX void add(const Tile* weights, const Tile* input, Index tiles,
                   Packing<InputMajor> packing) {
    for (Index tile = 0; tile < tiles; ++tile, weights += block_tiles) {
        const bool packs = packing.tiles() > 0;
#pragma GCC unroll 3
        for (Index part = 0; part < parts; ++part, ++input) {
            _tile_loadd(4, input, 64);
            _tile_loadd(5, &weights[0], 64);
            FOVEA_ADD(0, 5)
            if (packs) packing.template pieces<Whole>(2);
            _tile_loadd(6, &weights[1], 64);
            FOVEA_ADD(1, 6)
            _tile_loadd(7, &weights[2], 64);
            FOVEA_ADD(2, 7)
            if (packs) packing.template pieces<Whole>(part < parts - 1 ? 3 : 4);
            _tile_loadd(5, &weights[3], 64);
            FOVEA_ADD(3, 5)
        }
        if (packs) packing.next_tile();
    }
    pack(packing);
}

#undef FOVEA_ADD

/// Rows [row, row + rows) of the output.
template <bool InputMajor>
FOVEA_AMX void multiply_rows(const Product& p, Index begin, Index end, Index row, Index rows) {
    thread_local std::vector<Tile> input;  // [rows / 16, inputs / 32, parts]
    thread_local std::vector<Sums> sums;   // [blocks of a band, rows / 16, 4]
    // Two blocks: one at hand, one that is packed meanwhile.
    thread_local std::array<Tile, 2 * Walk::longest_strip / tile_inputs * block_tiles> weights;
    Walk walk(p, begin, end, rows);
    const Index row_tiles = tiles_for(rows, tile_rows);
    const Index input_tiles = tiles_for(p.inputs, tile_inputs);
    input.resize(static_cast<size_t>(row_tiles * input_tiles * parts));
    sums.resize(static_cast<size_t>(walk.blocks() * row_tiles * block_tiles));
    pack_input(p, row, rows, input.data());
    // From strip to strip in the tiles.
    const bool stay = row_tiles == 1 && walk.blocks() == 1;
    Tile* at_hand = weights.data();
    Tile* next = at_hand + weights.size() / 2;
    pack(Packing<InputMajor>(p, walk.block(), walk.ahead(), at_hand));
    while (!walk.done()) {
        const Region block = walk.block();
        const bool last = walk.is_last_strip();
        Sums* sum = sums.data() + walk.index() * row_tiles * block_tiles;
        const Tile* x = input.data() + block.input / tile_inputs * parts;
        walk.step();
        Packing<InputMajor> packing;
        if (!walk.done()) packing = {p, walk.block(), walk.ahead(), next};
        for (Index t = 0; t < row_tiles; ++t, sum += block_tiles, x += input_tiles * parts) {
            finish_writes();
            if (block.input == 0)
                clear_sums();
            else if (!stay)
                load_sums(sum);
            const Index tiles = tiles_for(block.inputs, tile_inputs);
            packing.is_whole() ? add<InputMajor, true>(at_hand, x, tiles, packing)
                               : add<InputMajor, false>(at_hand, x, tiles, packing);
            packing = {};
            if (last || !stay) store_sums(sum);
            if (last)
                unpack_sums(p, block, row + t * tile_rows,
                            std::min(tile_rows, rows - t * tile_rows), sum);
        }
        std::swap(at_hand, next);
    }
}

}  // namespace

bool supported() {
    static const bool can = avx512::supported() && has_instructions() && is_permitted();
    return can;
}

bool suits_tiles(DType dtype, Index rows) {
    // Fewer rows leave vectors idle while weights come from memory; more have a kernel of their
    // own.
    return dtype == DType::bf16 && rows > 4 && rows <= 64;
}

FOVEA_AMX void tiled_product(const Product& p, Index begin, Index end) {
    if (begin >= end) return;
    const Tiles tiles(p.input_major ? 5 : 0, p.rows);
    // So many rows that the input's tiles leave room in the second cache.
    constexpr Index cached = 1200 << 10;
    const Index row_bytes = parts * 2 * p.inputs;
    const Index step = std::clamp<Index>(cached / row_bytes / 32 * 32, 32, 512);
    for (Index row = 0; row < p.rows; row += step) {
        const Index rows = std::min(step, p.rows - row);
        p.input_major ? multiply_rows<true>(p, begin, end, row, rows)
                      : multiply_rows<false>(p, begin, end, row, rows);
    }
}

}  // namespace fovea::amx

#endif
