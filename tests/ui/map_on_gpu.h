#pragma once

#include <epoxy/gl.h>

#include <vector>

#include "app/render/map_textures.h"
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

/// What a map's texture holds. [rows, columns]
inline std::vector<float> cells_of(const MapTexture& texture) {
    std::vector<float> values(static_cast<size_t>(texture.rows * texture.columns));
    glBindTexture(GL_TEXTURE_2D, texture.name);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, values.data());
    return values;
}

}  // namespace fovea::app
