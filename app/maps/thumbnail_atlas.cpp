#include "app/maps/thumbnail_atlas.h"

#include <Eigen/Core>
#include <algorithm>

#include "app/maps/colour_scale.h"
#include "app/maps/map_cache.h"

namespace fovea::app {

AtlasLayout atlas_layout(const Trace& trace, Index limit) {
    AtlasLayout layout;
    if (trace.layers.empty()) return layout;
    const Tensor& first = trace.scores(0).thumbnails;
    layout.layers = static_cast<Index>(trace.layers.size());
    layout.heads = first.extent(0);
    layout.rows = first.extent(1);
    layout.columns = first.extent(2);
    const Projections& shape = trace.projections(0);
    layout.row_cell = thumbnail_cell(shape.queries);
    layout.column_cell = thumbnail_cell(shape.keys);
    layout.map_rows = static_cast<float>(shape.queries) / static_cast<float>(layout.row_cell);
    layout.map_columns = static_cast<float>(shape.keys) / static_cast<float>(layout.column_cell);
    // Near to a square, so that neither side comes near the limit of a texture.
    const Index count = layout.layers * layout.heads;
    layout.across = 1;
    while (layout.across * layout.across < count)
        ++layout.across;
    layout.across = std::clamp<Index>(layout.across, 1, std::max<Index>(1, limit / layout.columns));
    return layout;
}

Atlas make_atlas(const Trace& trace, const AtlasLayout& layout) {
    Atlas atlas;
    atlas.layout = layout;
    atlas.values.assign(static_cast<size_t>(layout.width() * layout.height()), hidden_cell);
    atlas.largest.reserve(static_cast<size_t>(layout.layers * layout.heads));
    // Most heads share one mask, and working out what it hides costs more than the copy.
    const AttentionMask* last_mask = nullptr;
    std::vector<std::uint8_t> hidden;
    for (Index l = 0; l < layout.layers; ++l) {
        const LayerTrace& layer = *trace.layers[static_cast<size_t>(l)];
        // The last cells may reach beyond the map.
        const MapRegion region = {0, layout.rows * layout.row_cell, 0,
                                  layout.columns * layout.column_cell};
        for (Index h = 0; h < layout.heads; ++h) {
            const AttentionMask& mask = layer.edits[static_cast<size_t>(h)].mask;
            if (last_mask == nullptr || !(*last_mask == mask))
                hidden = hidden_blocks(mask, region, layout.rows, layout.columns);
            last_mask = &mask;
            const float* cells = layer.scores->thumbnails.slice(h);
            float largest = 0;
            for (Index r = 0; r < layout.rows; ++r) {
                float* row = &atlas.values[static_cast<size_t>(
                    (layout.y(l, h) + r) * layout.width() + layout.x(l, h))];
                const float* from = cells + r * layout.columns;
                const std::uint8_t* taken = &hidden[static_cast<size_t>(r * layout.columns)];
                for (Index c = 0; c < layout.columns; ++c)
                    row[c] = taken[c] != 0 ? hidden_cell : from[c];
                largest = std::max(
                    largest, Eigen::Map<const Eigen::ArrayXf>(row, layout.columns).maxCoeff());
            }
            atlas.largest.push_back(largest);
        }
    }
    return atlas;
}

}  // namespace fovea::app
