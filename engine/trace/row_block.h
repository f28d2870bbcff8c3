#pragma once

#include <Eigen/Core>
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

    /// Logits from which weights are made, [rows, columns] as above. Where the temperature or the
    /// scale magnifies rounding they are made in double precision, and each row's largest logit is
    /// taken off before they become floats; `left_of` says what is still to be taken off.
    void logits_below(Index begin, Index end, Index key_begin, Index key_end,
                      const float* largest_logits, float* into) const;
    float left_of(float largest_logit) const { return precise() ? 0 : largest_logit; }

    /// The same while the largest logits are not known: writes them, or zero where nothing has been
    /// taken off.
    void logits_below_largest(Index begin, Index end, Index key_begin, Index key_end,
                              float* largest_logits, float* into) const;
    bool precise() const;

    /// Sets hidden keys of one row to -infinity. Returns how many of its keys are visible.
    Index mask_row(Index query, Index key_begin, Index key_end, float* row) const;

    /// The keys outside which the mask's rule hides everything from every one of these queries.
    AttentionMask::Range key_range(Index begin, Index end) const;

  private:
    using Doubles = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Doubles double_logits(Index begin, Index end, Index key_begin, Index key_end) const;

    const Projections& projections_;
    const HeadEdits& edits_;
    Index head_;
};

}  // namespace fovea
