#pragma once

#include <map>
#include <utility>
#include <vector>

#include "app/maps/tile_worker.h"

namespace fovea::app {

/// A tile that a view shows.
struct TileInView {
    TileKey key;
    MapRegion region;  ///< of the tile
    MapRegion part;    ///< of that, what is in view
};

/// The tiles that show a picture's region on so many pixels, in cells never finer than a pixel,
/// from the middle of the view outwards. Their parts cover the region, none of it twice.
std::vector<TileInView> tiles_in_view(const MapPicture& picture, Index rows, Index columns);

MapRegion overlap(const MapRegion& a, const MapRegion& b);

inline Index area(const MapRegion& region) {
    return region.rows() * region.columns();
}

/// What may stand in for a part of a tile that is missing: of the coarser tiles that are kept, the
/// finest that cover it wholly; empty where none do. An entry has a `key`.
template <class Entries>
auto stand_ins(Entries& kept, const TileKey& missing, const MapRegion& part,
               const MapRegion& whole) {
    using Entry = typename Entries::value_type;
    std::map<std::pair<Index, Index>, std::vector<Entry*>> by_step;
    for (Entry& entry : kept) {
        const TileKey& key = entry.key;
        if (key.query_step < missing.query_step || key.key_step < missing.key_step ||
            !(key.map == missing.map) || area(overlap(key.region(whole), part)) == 0)
            continue;
        by_step[{key.query_step, key.key_step}].push_back(&entry);
    }
    for (auto& [step, entries] : by_step) {
        Index covered = 0;
        for (const Entry* entry : entries)
            covered += area(overlap(entry->key.region(whole), part));
        if (covered == area(part)) return std::move(entries);
    }
    return std::vector<Entry*>();
}

}  // namespace fovea::app
