#pragma once

#include <list>
#include <memory>

#include "app/maps/map_cells.h"

namespace fovea::app {

/// Small maps made from Q, K and the log-sum-exp in the frame that asks, kept while they are looked
/// at. UI thread only.
class MapCache {
  public:
    /// The picture's region in at most `rows` x `columns` cells.
    std::shared_ptr<const CellGrid> cells(const MapPicture& picture, Index rows, Index columns);

    /// value_norms() of the model.
    std::shared_ptr<const ValueNorms> norms(const std::shared_ptr<const Model>& model,
                                            const std::shared_ptr<const LayerTrace>& layer,
                                            Index layer_index, Part part = Part::self);

  private:
    struct Key {
        MapIdentity map;
        MapRegion region;
        Index rows = 0, columns = 0;
        bool operator==(const Key&) const = default;
    };
    struct Entry {
        Key key;
        std::shared_ptr<const CellGrid> cells;
    };
    struct Norms {
        std::weak_ptr<const LayerTrace> layer;
        std::shared_ptr<const ValueNorms> values;
    };
    std::list<Entry> entries_;  // newest first
    std::list<Norms> norms_;
};

}  // namespace fovea::app
