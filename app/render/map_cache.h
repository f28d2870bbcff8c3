#pragma once

#include <list>
#include <memory>

#include "engine/model/model.h"
#include "engine/trace/head_map.h"
#include "engine/trace/trace.h"

namespace fovea::app {

/// A map to look at: one head's, or the difference of two.
struct MapPicture {
    std::shared_ptr<const LayerTrace> layer;     ///< null: nothing
    std::shared_ptr<const LayerTrace> subtract;  ///< not null: the difference to this one
    Index head = 0;
    Index subtract_head = 0;
    Quantity quantity = Quantity::weights;
    std::shared_ptr<const Tensor> value_norms;           // [heads, keys], for value_weighted only
    std::shared_ptr<const Tensor> subtract_value_norms;  // [heads, keys]
    MapRegion region;
};

/// A part of a map as numbers. A cell stands for one cell of the map, or for a block of them
/// where the part is larger than was asked for (the largest value of the block).
struct CellGrid {
    Tensor values;  // [rows, columns]; hidden cells are `hidden_cell`
    MapRegion region;
    float low = 0, high = 1;  ///< smallest and largest of the values that are shown and finite
};

/// Which blocks of a grid over `region` a mask hides wholly: [rows * columns], 1 for hidden.
/// Painted cells count where a block is a single cell.
std::vector<std::uint8_t> hidden_blocks(const AttentionMask& mask, const MapRegion& region,
                                        Index rows, Index columns);

/// Maps made from Q, K and the log-sum-exp, kept while they are looked at. UI thread only.
class MapCache {
  public:
    /// The picture's region in at most `rows` x `columns` cells.
    std::shared_ptr<const CellGrid> cells(const MapPicture& picture, Index rows, Index columns);

    /// value_norms() of the model, [heads, keys].
    std::shared_ptr<const Tensor> norms(const Model& model,
                                        const std::shared_ptr<const LayerTrace>& layer,
                                        Index layer_index, Part part = Part::self);

  private:
    // A layer is known by its control block: an address may be used again, that may not.
    struct Key {
        std::weak_ptr<const LayerTrace> layer, subtract;
        Index head = 0, subtract_head = 0;
        Quantity quantity = Quantity::weights;
        MapRegion region;
        Index rows = 0, columns = 0;
        bool operator==(const Key& other) const;
    };
    struct Entry {
        Key key;
        std::shared_ptr<const CellGrid> cells;
    };
    struct Norms {
        std::weak_ptr<const LayerTrace> layer;
        std::shared_ptr<const Tensor> values;
    };
    std::list<Entry> entries_;  // newest first
    std::list<Norms> norms_;
};

/// Both are, or were, the same object.
template <class T>
bool same_owner(const std::weak_ptr<T>& a, const std::weak_ptr<T>& b) {
    return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace fovea::app
