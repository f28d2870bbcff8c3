#include "app/maps/map_cache.h"

namespace fovea::app {
namespace {

// Enough for every head of the lines view, and for a look back.
constexpr size_t kept_maps = 24;
constexpr size_t kept_norms = 4;

}  // namespace

std::shared_ptr<const CellGrid> MapCache::cells(const MapPicture& picture, Index rows,
                                                Index columns) {
    Key key{MapIdentity(picture), picture.region, rows, columns};
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (!(entry->key == key)) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return entries_.front().cells;
    }
    auto grid = std::make_shared<const CellGrid>(make_cells(picture, rows, columns));
    entries_.push_front({std::move(key), grid});
    while (entries_.size() > kept_maps)
        entries_.pop_back();
    return grid;
}

std::shared_ptr<const ValueNorms> MapCache::norms(const std::shared_ptr<const Model>& model,
                                                  const std::shared_ptr<const LayerTrace>& layer,
                                                  Index layer_index, Part part) {
    const std::weak_ptr<const LayerTrace> key = layer;
    for (auto entry = norms_.begin(); entry != norms_.end(); ++entry) {
        if (!same_owner(entry->layer, key)) continue;
        norms_.splice(norms_.begin(), norms_, entry);
        return norms_.front().values;
    }
    auto values = std::make_shared<const ValueNorms>(model, layer, layer_index, part);
    norms_.push_front({key, values});
    while (norms_.size() > kept_norms)
        norms_.pop_back();
    return values;
}

}  // namespace fovea::app
