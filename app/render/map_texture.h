#pragma once

#include "engine/trace/head_map.h"

namespace fovea::app {

/// A map, or a part of one, as a texture of the GPU.
struct MapTexture {
    unsigned name = 0;  ///< OpenGL texture, R32F
    Index rows = 0, columns = 0;
    MapRegion region;         ///< what it shows
    float low = 0, high = 1;  ///< smallest and largest value
    float hidden_below = 0;   ///< values below it stand for hidden cells
};

/// An R32F texture of that many texels, sampled as they are; `values` null: not yet written. 0
/// where OpenGL has no memory for it. The OpenGL context is current.
unsigned make_map_texture(Index rows, Index columns, const float* values);

}  // namespace fovea::app
