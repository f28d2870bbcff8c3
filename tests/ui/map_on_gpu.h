#pragma once

#include <epoxy/gl.h>

#include <memory>
#include <utility>
#include <vector>

#include "app/maps/map_textures.h"
#include "tests/ui/made_up_trace.h"

namespace fovea::app {

/// A causal mask and one painted cell, (5, 2).
inline TraceShape causal_shape(Index tokens) {
    TraceShape shape;
    shape.tokens = tokens;
    shape.mask.causal = true;
    shape.mask.blocked_cells = {{5, 2}};
    return shape;
}

/// Textures whose maps a scorer makes, and a head to make one of.
struct ScoredMap {
    explicit ScoredMap(std::unique_ptr<gpu::Scorer> scorer) {
        maps.use_scorer(std::move(scorer));
        picture.layer = trace->layers[0];
        picture.head = 1;
        picture.region = whole_map(*picture.layer);
    }
    MapCache cache;
    Scheduler jobs{[] {}};
    MapTextures maps{cache, jobs};
    std::shared_ptr<const Trace> trace = made_up_trace(causal_shape(33));
    MapPicture picture;
};

/// What a map's texture holds. [rows, columns]
inline std::vector<float> cells_of(const MapTexture& texture) {
    std::vector<float> values(static_cast<size_t>(texture.rows * texture.columns));
    glBindTexture(GL_TEXTURE_2D, texture.name);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, values.data());
    return values;
}

}  // namespace fovea::app
