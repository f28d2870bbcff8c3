#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/panels/panel.h"

namespace fovea::app {

/// How much the edits changed each head of the part in view: the mean over its queries of the total
/// variation distance (engine/trace/row_change.h). Made bit by bit between frames, a row at a time,
/// and kept while the same reading is shown; no map is ever held. UI thread only.
class HeadChanges {
  public:
    /// Goes on for about so many seconds with what is missing of the frame's reading. True while
    /// more is missing.
    bool advance(const Frame& frame, double seconds);

    /// 0 to 1; nullopt where there are no edits, or not yet.
    std::optional<float> of(HeadId head) const;
    /// The rows that the means are over: all of a short sentence, evenly spread ones of a long.
    Index rows() const { return rows_; }
    Index all_rows() const { return queries_; }

    /// Sentences up to here have all their rows in the mean, longer ones so many.
    static constexpr Index longest_whole = 256, rows_of_long = 64;

  private:
    void begin(const Frame& frame);
    Index row_at(Index i) const { return ((2 * i + 1) * queries_) / (2 * rows_); }

    std::weak_ptr<const Reading> reading_;
    Part part_ = Part::self;
    std::vector<float> means_;  // [layers * heads] as far as they are known
    Index layers_ = 0, heads_ = 0, queries_ = 0, rows_ = 0;
    Index next_row_ = 0;  // of the first head that is missing
    double sum_ = 0;      // over its rows so far
};

}  // namespace fovea::app
