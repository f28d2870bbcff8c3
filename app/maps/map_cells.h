#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/maps/hidden_cell.h"
#include "engine/core/cancel.h"
#include "engine/model/value_norms.h"
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
    Pooling pooling = Pooling::largest;             ///< where cells are smaller than pixels
    std::shared_ptr<const ValueNorms> value_norms;  ///< for value_weighted only
    std::shared_ptr<const ValueNorms> subtract_value_norms;
    MapRegion region;

    /// Its values can be made without waiting for anything else.
    bool at_hand() const {
        return (!value_norms || value_norms->at_hand()) &&
               (!subtract_value_norms || subtract_value_norms->at_hand());
    }
};

/// What a picture is of, whatever part of it is looked at. A layer is known by its control block:
/// an address may be used again, that may not.
struct MapIdentity {
    std::weak_ptr<const LayerTrace> layer, subtract;
    Index head = 0, subtract_head = 0;
    Quantity quantity = Quantity::weights;
    Pooling pooling = Pooling::largest;

    explicit MapIdentity(const MapPicture& picture)
        : layer(picture.layer),
          subtract(picture.subtract),
          head(picture.head),
          subtract_head(picture.subtract_head),
          quantity(picture.quantity),
          pooling(picture.pooling) {}
    bool operator==(const MapIdentity& other) const;
};

/// Both are, or were, the same object.
template <class T>
bool same_owner(const std::weak_ptr<T>& a, const std::weak_ptr<T>& b) {
    return !a.owner_before(b) && !b.owner_before(a);
}

/// A part of a map as numbers. A cell stands for one cell of the map, or for a block of them
/// where the part is larger than was asked for (pooled as the picture says).
struct CellGrid {
    Tensor values;  // [rows, columns]; hidden cells are `hidden_cell`
    MapRegion region;
    float low = 0, high = 1;  ///< smallest and largest of the values that are shown and finite
};

/// Smallest and largest of the values of `part` that are shown and finite; nullopt where there are
/// none.
struct ValueRange {
    float low, high;
};
std::optional<ValueRange> range_of(const CellGrid& grid, const MapRegion& part);

/// The picture's region in at most `rows` x `columns` cells. Any thread; a cancelled call returns
/// garbage.
CellGrid make_cells(const MapPicture& picture, Index rows, Index columns,
                    const CancelToken& cancel = {});

/// A first impression of the whole map that costs next to nothing at any length: the trace's
/// thumbnail where that is what is wanted, else single cells. Its region may reach a little beyond
/// the map's. Any thread.
CellGrid make_overview(const MapPicture& picture);

/// Which blocks of a grid over `region` a mask hides wholly: [rows * columns], 1 for hidden.
/// Painted cells count where a block is a single cell.
std::vector<std::uint8_t> hidden_blocks(const AttentionMask& mask, const MapRegion& region,
                                        Index rows, Index columns);

}  // namespace fovea::app
