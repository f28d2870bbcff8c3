#include "app/maps/map_tiles.h"

#include "app/maps/tiles_in_view.h"

namespace fovea::app {
namespace {

// Of maps that were looked at lately: what they look like at a first glance.
constexpr size_t kept_overviews = 64;

size_t bytes_of(const CellGrid& cells) {
    return static_cast<size_t>(cells.values.size()) * sizeof(float);
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
    overviews_.push_front({map, at_hand, std::make_shared<const CellGrid>(make_overview(picture))});
    while (overviews_.size() > kept_overviews)
        overviews_.pop_back();
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
    const CellGrid& coarse = *overview(picture);
    const auto seen =
        view.complete ? std::span<const Piece>(view.pieces) : std::span<const Piece>();
    const ValueRange range = ranges_.fit({MapIdentity(picture), picture.region, rows, columns},
                                         seen, {coarse.low, coarse.high});
    view.low = range.low;
    view.high = range.high;
    trim();
    return view;
}

void MapTiles::cover(const TileKey& missing, const MapPicture& picture, const MapRegion& part,
                     std::vector<Piece>& pieces) {
    const MapRegion whole = whole_map(*picture.layer);
    const auto entries = stand_ins(tiles_, missing, part, whole);
    for (Entry* entry : entries) {
        entry->in_view = true;
        pieces.push_back({entry->cells, overlap(entry->key.region(whole), part)});
    }
    if (entries.empty()) pieces.push_back({overview(picture), part});
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
