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
};

/// The first `count` of 32 lanes; none and all where it is out of range.
inline __mmask32 first_halves(Index count) {
    if (count >= 32) return 0xffffffff;
    return static_cast<__mmask32>(count <= 0 ? 0 : (std::uint32_t{1} << count) - 1);
}

/// A block of weights on its way to tiles [inputs / 32, 4], zero beyond the edges, in small pieces
/// that fit between tile instructions. All is inlined by force: what it knows should stay in
/// registers, and GCC drops calls of functions that do nothing but prefetch.
template <bool InputMajor>
class Packing {
  public:
    Packing() = default;
    Packing(const Product& p, const Region& block, const Ahead& ahead, Tile* to)
        : row_bytes_(p.row_bytes),
          inputs_(block.inputs),
          outputs_(block.outputs),
          ahead_(ahead),
          to_(to->values) {
        const Index row = InputMajor ? block.input : block.output;
        const Index column = InputMajor ? block.output : block.input;
        weight_ =
            p.weight + static_cast<size_t>(row) * row_bytes_ + static_cast<size_t>(column) * 2;
        // Nothing ahead: this block's first line again and again costs nothing.
        if (ahead.steps <= 0) ahead_ = {weight_, 0, inputs_};
    }

    /// Tiles of 32 inputs that are left.
    Index tiles() const { return tiles_for(inputs_, tile_inputs); }
    /// No edge runs through it.
    bool is_whole() const {
        return inputs_ % tile_inputs == 0 && outputs_ == block_outputs && ahead_.steps >= inputs_;
    }

    static constexpr int pieces_per_tile = 16;

    template <bool Whole>
    [[gnu::always_inline]] FOVEA_AVX512 void pieces(int count) {
        for (int i = 0; i < count; ++i) {
            fetch<Whole>();
            fetch<Whole>();
            if constexpr (InputMajor)
                weave<Whole>();
            else
                copy<Whole>();
            ++piece_;
        }
    }

    /// After all pieces of one.
    [[gnu::always_inline]] void next_tile() {
        inputs_ -= tile_inputs;
        piece_ = 0;
        if constexpr (InputMajor) {
            to_ += (block_tiles - 1) * tile_values;
        } else {
            weight_ += 2 * tile_inputs;
            weight_ -= block_outputs * row_bytes_;
        }
    }

  private:
    template <bool Whole>
    [[gnu::always_inline]] void fetch() {
        if (!Whole && ahead_.steps-- <= 0) return;
        __builtin_prefetch(ahead_.first, 0, 2);
        __builtin_prefetch(ahead_.first + 64, 0, 2);
        ahead_.first += ahead_.stride;
    }

    /// B, from rows of one input each: two of them woven together. The instruction weaves within
    /// each 128 bits, so that outputs 0-3, 8-11, 16-19, 24-27 come to lie in one tile, the others
    /// in the next: see unpack_sums.
    template <bool Whole>
    [[gnu::always_inline]] FOVEA_AVX512 void weave() {
        const bool even = 2 * piece_ < inputs_, odd = 2 * piece_ + 1 < inputs_;
        for (Index o = 0; o < block_outputs; o += 32) {
            const __mmask32 lanes = first_halves(outputs_ - o);
            const std::byte* row = weight_ + 2 * o;
            const __m512i a = row_part<Whole>(row, even ? lanes : 0);
            const __m512i b = row_part<Whole>(row + row_bytes_, odd ? lanes : 0);
            std::uint16_t* to = to_ + o / tile_rows * tile_values;
            _mm512_store_si512(to, _mm512_unpacklo_epi16(a, b));
            _mm512_store_si512(to + tile_values, _mm512_unpackhi_epi16(a, b));
        }
        weight_ += 2 * row_bytes_;
        to_ += tile_inputs;
    }

    /// A: rows of one output each lie as they should, but for the edges and the alignment.
    template <bool Whole>
    [[gnu::always_inline]] FOVEA_AVX512 void copy() {
        constexpr Index rows = block_outputs / pieces_per_tile;
        const __mmask32 lanes = first_halves(inputs_);
        for (Index r = 0; r < rows; ++r, weight_ += row_bytes_, to_ += tile_inputs)
            _mm512_store_si512(to_,
                               row_part<Whole>(weight_, piece_ * rows + r < outputs_ ? lanes : 0));
    }

    template <bool Whole>
    [[gnu::always_inline]] FOVEA_AVX512 static __m512i row_part(const std::byte* from,
                                                                __mmask32 lanes) {
        return Whole ? _mm512_loadu_si512(from) : _mm512_maskz_loadu_epi16(lanes, from);
    }

    static constexpr Index tile_values = tile_rows * tile_inputs;

    const std::byte* weight_ = nullptr;
    size_t row_bytes_ = 0;
    Index inputs_ = 0, outputs_ = 0;  ///< from here on
    Ahead ahead_;
    std::uint16_t* to_ = nullptr;
    Index piece_ = 0;
};

}  // namespace fovea::amx

#endif
