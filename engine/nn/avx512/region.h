#pragma once

#include "engine/nn/avx512/product.h"

#ifdef FOVEA_HAS_AVX512

namespace fovea::avx512 {

/// Some weights.
struct Region {
    Index output, outputs;
    Index input, inputs;
};

/// Where a region's weights lie: rows of one output each, or of one input each.
struct RegionRows {
    RegionRows() = default;
    RegionRows(const Product& p, const Region& region)
        : count(p.input_major ? region.inputs : region.outputs),
          columns(p.input_major ? region.outputs : region.inputs) {
        const Index row = p.input_major ? region.input : region.output;
        const Index column = p.input_major ? region.output : region.input;
        first = p.weight + static_cast<size_t>(row) * p.row_bytes + dtype_bytes(p.dtype, column);
    }

    const std::byte* first = nullptr;
    Index count = 0, columns = 0;
};

/// The next region's weights come from memory while rows of the input go through this one.
class Ahead {
  public:
    Ahead() = default;
    Ahead(const Product& p, const Region& next)
        : rows_(p, next), row_bytes_(p.row_bytes), bytes_(dtype_bytes(p.dtype, rows_.columns)) {
        at_ = rows_.first;
    }
    /// Lines of the cache that are left.
    Index lines() const { return rows_.count * static_cast<Index>(bytes_ / 64 + 1); }
    /// So many of them. Rows begin anywhere in one.
    [[gnu::always_inline]] void fetch(Index lines = 1) {
        for (; lines > 0 && rows_.count > 0; --lines) {
            __builtin_prefetch(at_, 0, 2);
            at_ += 64;
            if (at_ < rows_.first + bytes_ + 63) continue;
            rows_.first += row_bytes_;
            at_ = rows_.first;
            --rows_.count;
        }
    }

  private:
    RegionRows rows_;
    size_t row_bytes_ = 0, bytes_ = 0;
    const std::byte* at_ = nullptr;
};

}  // namespace fovea::avx512

#endif
