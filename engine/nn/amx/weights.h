#pragma once

#include "engine/nn/amx/tiles.h"

#ifdef FOVEA_HAS_AMX

#include "engine/nn/avx512/lanes.h"

namespace fovea::amx {

/// What will be wanted soon, in steps of two lines of the cache. Few lines can be under way at a
/// time: they are asked for between everything else.
struct Ahead {
    static constexpr size_t bytes = 128;
    const std::byte* first = nullptr;
    size_t stride = 0;
    Index steps = 0;

    /// Inlined by force: GCC drops calls of functions that do nothing but this.
    [[gnu::always_inline]] void fetch(Index step) const {
        if (step >= steps) return;
        const std::byte* at = first + static_cast<size_t>(step) * stride;
        __builtin_prefetch(at, 0, 2);
        __builtin_prefetch(at + 64, 0, 2);
    }
};

/// The first `count` of 32 lanes; none and all where it is out of range.
inline __mmask32 first_halves(Index count) {
    if (count >= 32) return 0xffffffff;
    return static_cast<__mmask32>(count <= 0 ? 0 : (std::uint32_t{1} << count) - 1);
}

/// A block of weights on its way to tiles [inputs / 32, 4], zero beyond the edges, in small pieces
/// that fit between tile instructions.
template <bool InputMajor>
class Packing {
  public:
    Packing() = default;
    Packing(const Product& p, const Block& block, const Ahead& ahead, Tile* to)
        : row_bytes_(p.row_bytes),
          inputs_(block.inputs),
          outputs_(block.outputs),
          ahead_(ahead),
          to_(to) {
        const Index row = InputMajor ? block.input : block.output;
        const Index column = InputMajor ? block.output : block.input;
        weight_ =
            p.weight + static_cast<size_t>(row) * row_bytes_ + static_cast<size_t>(column) * 2;
    }

    /// Tiles of 32 inputs.
    Index tiles() const { return tiles_for(inputs_, tile_inputs); }

    static constexpr Index pieces_per_tile = 16;

    /// Pieces [from, to) of 32 inputs.
    [[gnu::always_inline]] FOVEA_AVX512 void pieces(Index tile, Index from, Index to) const {
        for (Index piece = from; piece < to; ++piece) {
            const Index step = tile * tile_inputs + 2 * piece;
            ahead_.fetch(step);
            ahead_.fetch(step + 1);
            if constexpr (InputMajor)
                weave(tile, piece);
            else
                copy(tile, piece);
        }
    }

  private:
    /// B, from rows of one input each: two of them woven together. The instruction weaves within
    /// each 128 bits, so that outputs 0-3, 8-11, 16-19, 24-27 come to lie in one tile, the others
    /// in the next: see unpack_sums.
    [[gnu::always_inline]] FOVEA_AVX512 void weave(Index tile, Index piece) const {
        const Index input = tile * tile_inputs + 2 * piece;
        const bool even = input < inputs_, odd = input + 1 < inputs_;
        const std::byte* row = weight_ + static_cast<size_t>(input) * row_bytes_;
        std::uint16_t* to = to_[tile * block_tiles].values + piece * tile_inputs;
        constexpr Index tile_values = tile_rows * tile_inputs;
        for (Index o = 0; o < block_outputs; o += 32, row += 64, to += 2 * tile_values) {
            const __mmask32 lanes = first_halves(outputs_ - o);
            const __m512i a = _mm512_maskz_loadu_epi16(even ? lanes : 0, row);
            const __m512i b = _mm512_maskz_loadu_epi16(odd ? lanes : 0, row + row_bytes_);
            _mm512_store_si512(to, _mm512_unpacklo_epi16(a, b));
            _mm512_store_si512(to + tile_values, _mm512_unpackhi_epi16(a, b));
        }
    }

    /// A: rows of one output each lie as they should, but for the edges and the alignment.
    [[gnu::always_inline]] FOVEA_AVX512 void copy(Index tile, Index piece) const {
        constexpr Index rows = block_outputs / pieces_per_tile;
        const __mmask32 lanes = first_halves(inputs_ - tile * tile_inputs);
        const std::byte* row = weight_ + static_cast<size_t>(piece * rows) * row_bytes_ +
                               static_cast<size_t>(tile) * 64;
        std::uint16_t* to = to_[tile * block_tiles].values + piece * rows * tile_inputs;
        for (Index r = 0; r < rows; ++r, row += row_bytes_, to += tile_inputs)
            _mm512_store_si512(
                to, _mm512_maskz_loadu_epi16(piece * rows + r < outputs_ ? lanes : 0, row));
    }

    const std::byte* weight_ = nullptr;
    size_t row_bytes_ = 0;
    Index inputs_ = 0, outputs_ = 0;
    Ahead ahead_;
    Tile* to_ = nullptr;
};

}  // namespace fovea::amx

#endif
