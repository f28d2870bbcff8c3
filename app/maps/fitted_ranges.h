#pragma once

#include <list>
#include <memory>
#include <span>

#include "app/maps/map_cells.h"

namespace fovea::app {

/// A piece of a map in view: cells, and the part that is shown of them.
struct SeenCells {
    std::shared_ptr<const CellGrid> cells;
    MapRegion part;
};

/// The smallest and the largest value in view, for fitted scales. Colours stay as they are while a
/// view is being refined: they change once, when it is there. UI thread only.
class FittedRanges {
  public:
    /// What is seen of a map, and on how many pixels.
    struct View {
        MapIdentity map;
        MapRegion region;
        Index rows = 0, columns = 0;
        bool operator==(const View&) const = default;
    };
    /// `pieces` are all of the view, and are looked through once a view; none while it is not all
    /// there: then what was last seen of the map counts, or `coarse`.
    ValueRange fit(const View& view, std::span<const SeenCells> pieces, ValueRange coarse);

  private:
    struct Entry {
        View view;
        ValueRange range;
    };
    std::list<Entry> entries_;  // one a map, the latest measured first
};

}  // namespace fovea::app
