#pragma once

#include <vector>

#include "engine/trace/trace.h"

namespace fovea {

/// Some neighbouring queries of one head against every key that any of them may see: the one place
/// where logits are made, for the streaming pass and for maps alike.
class RowBlock {
  public:
    RowBlock(const Projections& projections, Index head, const HeadEdits& edits);

    /// Rows at a time that keep a block in cache: 256 KiB of logits, but 32 to 128 rows.
    static Index rows_for(Index keys);

    /// Raw logits (scale q.k + bias) of queries [begin, end) and keys [key_begin, key_end),
    /// row-major into `into` with key_end - key_begin floats a row. No temperature, no mask.
    void raw_logits(Index begin, Index end, Index key_begin, Index key_end, float* into) const;

    /// Divides one row by the temperature and sets hidden keys to -infinity. Returns how many keys
    /// of the row are visible.
    Index mask_row(Index query, Index key_begin, Index key_end, float* row) const;

    /// The keys outside which the mask's rule hides everything from every one of these queries.
    AttentionMask::Range key_range(Index begin, Index end) const;

  private:
    const Projections& projections_;
    const HeadEdits& edits_;
    Index head_;
};

}  // namespace fovea
