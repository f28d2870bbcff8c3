#include "app/maps/fitted_ranges.h"

#include <algorithm>
#include <limits>

namespace fovea::app {
namespace {

// Of maps that were looked at lately.
constexpr size_t kept_ranges = 64;

ValueRange range_of(std::span<const SeenCells> pieces) {
    ValueRange range{std::numeric_limits<float>::infinity(),
                     -std::numeric_limits<float>::infinity()};
    for (const SeenCells& piece : pieces) {
        const auto seen = range_of(*piece.cells, piece.part);
        if (!seen) continue;
        range.low = std::min(range.low, seen->low);
        range.high = std::max(range.high, seen->high);
    }
    return range.low > range.high ? ValueRange{0, 1} : range;
}

}  // namespace

ValueRange FittedRanges::fit(const View& view, std::span<const SeenCells> pieces,
                             ValueRange coarse) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.view.map == view.map; });
    if (pieces.empty() || (known != entries_.end() && known->view == view))
        return known != entries_.end() ? known->range : coarse;
    if (known != entries_.end()) entries_.erase(known);
    entries_.push_front({view, range_of(pieces)});
    while (entries_.size() > kept_ranges)
        entries_.pop_back();
    return entries_.front().range;
}

}  // namespace fovea::app
