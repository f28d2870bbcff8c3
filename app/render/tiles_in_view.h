#pragma once

#include <vector>

#include "app/render/tile_worker.h"

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

}  // namespace fovea::app
