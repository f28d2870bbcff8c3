#include "app/render/map_tiles.h"

#include <algorithm>
#include <limits>
#include <map>

#include "app/render/tiles_in_view.h"

namespace fovea::app {
namespace {

// Of maps that were looked at lately: what they look like at a first glance, and their range.
constexpr size_t kept_glances = 64;

size_t bytes_of(const CellGrid& cells) {
    return static_cast<size_t>(cells.values.size()) * sizeof(float);
}

Index area(const MapRegion& region) {
    return region.rows() * region.columns();
}

template <class Entries, class Entry>
void keep_newest(Entries& entries, Entry entry) {
    entries.push_front(std::move(entry));
    while (entries.size() > kept_glances)
        entries.pop_back();
}

}  // namespace

bool MapTiles::collect() {
    auto made = worker_.take();
    for (auto& [key, cells] : made) {
        kept_bytes_ += bytes_of(*cells);
        tiles_.push_front({std::move(key), std::move(cells)});
    }
    return !made.empty();
}

std::shared_ptr<const CellGrid> MapTiles::find(const TileKey& key) {
    for (auto entry = tiles_.begin(); entry != tiles_.end(); ++entry) {
        if (!(entry->key == key)) continue;
        entry->in_view = true;
        tiles_.splice(tiles_.begin(), tiles_, entry);
        return tiles_.front().cells;
    }
    return nullptr;
}

const std::shared_ptr<const CellGrid>& MapTiles::overview(const MapPicture& picture) {
    const MapIdentity map(picture);
    const bool at_hand = picture.at_hand();
    for (auto entry = overviews_.begin(); entry != overviews_.end(); ++entry) {
        if (entry->at_hand != at_hand || !(entry->map == map)) continue;
        overviews_.splice(overviews_.begin(), overviews_, entry);
        return overviews_.front().cells;
    }
    keep_newest(overviews_,
                Overview{map, at_hand, std::make_shared<const CellGrid>(make_overview(picture))});
    return overviews_.front().cells;
}

MapTiles::View MapTiles::look(const MapPicture& picture, Index rows, Index columns) {
    collect();
    for (Entry& entry : tiles_)
        entry.in_view = false;
    View view;
    std::vector<TileWorker::Job> missing;
    for (const TileInView& tile : tiles_in_view(picture, rows, columns)) {
        if (auto cells = find(tile.key)) {
            view.pieces.push_back({std::move(cells), tile.part});
            continue;
        }
        missing.push_back({tile.key, picture});
        missing.back().picture.region = tile.region;
        cover(tile.key, picture, tile.part, view.pieces);
    }
    view.complete = missing.empty();
    worker_.wish(std::move(missing));
    fit(view, MapIdentity(picture), *overview(picture));
    trim();
    return view;
}

/// The finest of the coarser pictures that cover a part wholly: tiles made for another zoom, else
/// the overview.
void MapTiles::cover(const TileKey& missing, const MapPicture& picture, const MapRegion& part,
                     std::vector<Piece>& pieces) {
    const MapRegion whole = whole_map(*picture.layer);
    std::map<std::pair<Index, Index>, std::vector<Entry*>> by_step;
    for (Entry& entry : tiles_) {
        const TileKey& key = entry.key;
        if (key.query_step < missing.query_step || key.key_step < missing.key_step ||
            !(key.map == missing.map) || area(overlap(key.region(whole), part)) == 0)
            continue;
        by_step[{key.query_step, key.key_step}].push_back(&entry);
    }
    for (const auto& [step, entries] : by_step) {
        Index covered = 0;
        for (const Entry* entry : entries)
            covered += area(overlap(entry->key.region(whole), part));
        if (covered < area(part)) continue;
        for (Entry* entry : entries) {
            entry->in_view = true;
            pieces.push_back({entry->cells, overlap(entry->key.region(whole), part)});
        }
        return;
    }
    pieces.push_back({overview(picture), part});
}

/// Colours stay as they are while a view is being refined: they change once, when it is there.
void MapTiles::fit(View& view, const MapIdentity& map, const CellGrid& coarse) {
    auto known = std::find_if(ranges_.begin(), ranges_.end(),
                              [&](const Range& range) { return range.map == map; });
    if (view.complete && !view.pieces.empty()) {
        Range range{map, std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()};
        for (const Piece& piece : view.pieces) {
            const auto seen = range_of(*piece.cells, piece.part);
            if (!seen) continue;
            range.low = std::min(range.low, seen->low);
            range.high = std::max(range.high, seen->high);
        }
        if (range.low > range.high) range = {map, 0, 1};
        if (known != ranges_.end()) ranges_.erase(known);
        keep_newest(ranges_, range);
        known = ranges_.begin();
    }
    view.low = known != ranges_.end() ? known->low : coarse.low;
    view.high = known != ranges_.end() ? known->high : coarse.high;
}

void MapTiles::trim() {
    for (auto entry = tiles_.end(); entry != tiles_.begin();) {
        --entry;
        const bool gone = entry->key.map.layer.expired();
        if (entry->in_view || !(gone || kept_bytes_ > budget_)) continue;
        kept_bytes_ -= bytes_of(*entry->cells);
        entry = tiles_.erase(entry);
    }
}

}  // namespace fovea::app
