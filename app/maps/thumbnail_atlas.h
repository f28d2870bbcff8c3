#pragma once

#include <memory>
#include <vector>

#include "engine/trace/trace.h"

namespace fovea::app {

/// Where every head's thumbnail lies in one image: heads side by side, layers below one another.
struct AtlasLayout {
    Index layers = 0, heads = 0;
    Index rows = 0, columns = 0;          ///< cells of one thumbnail
    Index row_cell = 1, column_cell = 1;  ///< tokens that a cell stands for
    /// Cells that the map fills: the last ones, perhaps, in part.
    float map_rows = 0, map_columns = 0;
    Index across = 0;  ///< thumbnails side by side
    bool operator==(const AtlasLayout&) const = default;

    Index width() const { return across * columns; }
    Index height() const { return (layers * heads + across - 1) / across * rows; }
    Index x(Index layer, Index head) const { return (layer * heads + head) % across * columns; }
    Index y(Index layer, Index head) const { return (layer * heads + head) / across * rows; }
};

/// The layout for a trace whose sides stay within `limit`; thumbnails are at most 64 x 64, so
/// 4096 heads fit into the 4096 that every OpenGL 3.3 driver in use has.
AtlasLayout atlas_layout(const Trace& trace, Index limit);

/// The thumbnails of a trace as one image with hidden cells marked, [height, width], and the
/// largest weight of each head, [layers * heads].
struct Atlas {
    AtlasLayout layout;
    std::vector<float> values;
    std::vector<float> largest;
};
Atlas make_atlas(const Trace& trace, const AtlasLayout& layout);

}  // namespace fovea::app
