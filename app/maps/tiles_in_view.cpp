#include "app/maps/tiles_in_view.h"

#include <algorithm>
#include <cmath>

namespace fovea::app {
namespace {

// Whole cells of the map for one of the screen: never finer than a pixel, so that none is lost.
Index step_of(Index cells, Index pixels) {
    return std::max<Index>(1, (cells + pixels - 1) / std::max<Index>(pixels, 1));
}

double distance_from_middle(const MapRegion& part, const MapRegion& view) {
    const auto middle = [](Index begin, Index end) {
        return 0.5 * static_cast<double>(begin + end);
    };
    return std::hypot(
        middle(part.query_begin, part.query_end) - middle(view.query_begin, view.query_end),
        middle(part.key_begin, part.key_end) - middle(view.key_begin, view.key_end));
}

}  // namespace

MapRegion overlap(const MapRegion& a, const MapRegion& b) {
    MapRegion both{std::max(a.query_begin, b.query_begin), std::min(a.query_end, b.query_end),
                   std::max(a.key_begin, b.key_begin), std::min(a.key_end, b.key_end)};
    both.query_end = std::max(both.query_begin, both.query_end);
    both.key_end = std::max(both.key_begin, both.key_end);
    return both;
}

std::vector<TileInView> tiles_in_view(const MapPicture& picture, Index rows, Index columns) {
    const MapRegion whole = whole_map(*picture.layer);
    const MapRegion& seen = picture.region;
    TileKey key{MapIdentity(picture), step_of(seen.rows(), rows), step_of(seen.columns(), columns)};
    const Index tile_rows = TileKey::extent * key.query_step;
    const Index tile_columns = TileKey::extent * key.key_step;
    std::vector<TileInView> tiles;
    for (key.row = seen.query_begin / tile_rows; key.row * tile_rows < seen.query_end; ++key.row) {
        for (key.column = seen.key_begin / tile_columns; key.column * tile_columns < seen.key_end;
             ++key.column) {
            const MapRegion region = key.region(whole);
            tiles.push_back({key, region, overlap(region, seen)});
        }
    }
    std::stable_sort(tiles.begin(), tiles.end(), [&](const auto& a, const auto& b) {
        return distance_from_middle(a.region, seen) < distance_from_middle(b.region, seen);
    });
    return tiles;
}

}  // namespace fovea::app
