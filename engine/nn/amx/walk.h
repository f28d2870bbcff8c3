#pragma once

#include <algorithm>

#include "engine/nn/amx/weights.h"

#ifdef FOVEA_HAS_AMX

namespace fovea::amx {

/// The way through the weights: bands of outputs, in each strips of inputs, in each blocks, under
/// which all rows of the input pass by.
class Walk {
  public:
    /// The weights of outputs [begin, end) for so many rows.
    Walk(const Product& p, Index begin, Index end, Index rows) : p_(p), end_(end) {
        // Weights should come as the memory likes to give them. Rows of one input each are streams
        // to be followed for long, 32 at a time; sums come and go meanwhile, through the second
        // cache.
        if (p.input_major) {
            band_ = cached_sums / (tiles_for(rows, tile_rows) * tile_rows) / block_outputs *
                    block_outputs;
            strip_ = tile_inputs;
        } else {
            band_ = block_outputs;
            strip_ = longest_strip;
        }
        start_band(begin);
    }

    static constexpr Index longest_strip = 2 * tile_inputs;

    static constexpr Index cached_sums = 1 << 16;

    bool done() const { return block_.output >= end_; }
    const Region& block() const { return block_; }
    bool is_last_strip() const { return block_.input + block_.inputs == p_.inputs; }
    /// Which block of its band's.
    Index index() const { return (block_.output - band_begin_) / block_outputs; }
    /// Blocks of a band.
    Index blocks() const { return tiles_for(std::min(band_, end_ - band_begin_), block_outputs); }

    void step() {
        block_.output += block_outputs;
        if (block_.output >= band_end()) {
            if (is_last_strip()) return start_band(band_end());
            block_.input += strip_;
            block_.inputs = std::min(strip_, p_.inputs - block_.input);
            block_.output = band_begin_;
        }
        block_.outputs = std::min(block_outputs, band_end() - block_.output);
    }

    /// What to fetch from memory while the block is packed.
    Ahead ahead() const { return p_.input_major ? below() : behind(); }

  private:
    /// The same block of the next strip, or of the next band.
    Ahead below() const {
        const Index output = block_.output + (is_last_strip() ? band_ : 0);
        const Index input = is_last_strip() ? 0 : block_.input + strip_;
        if (output >= end_) return {};
        return {
            p_.weight + static_cast<size_t>(input) * p_.row_bytes + static_cast<size_t>(output) * 2,
            p_.row_bytes, std::min(strip_, p_.inputs - input)};
    }

    /// The next block's rows follow this block's: a stream, of which a share comes with each strip.
    Ahead behind() const {
        const Index output = block_.output + block_outputs;
        if (output >= end_) return {};
        constexpr size_t step = Ahead::bytes;
        const size_t bytes =
            static_cast<size_t>(std::min(block_outputs, end_ - output)) * p_.row_bytes;
        const size_t skipped = static_cast<size_t>(block_.input) * step;
        if (skipped >= bytes) return {};
        return {p_.weight + static_cast<size_t>(output) * p_.row_bytes + skipped, step,
                static_cast<Index>((bytes - skipped) / step)};
    }

    Index band_end() const { return std::min(band_begin_ + band_, end_); }

    void start_band(Index begin) {
        band_begin_ = begin;
        block_ = {begin, std::min(block_outputs, band_end() - begin), 0,
                  std::min(strip_, p_.inputs)};
    }

    const Product& p_;
    Index end_;
    Index band_ = 0, strip_ = 0;
    Index band_begin_ = 0;
    Region block_{};
};

}  // namespace fovea::amx

#endif
