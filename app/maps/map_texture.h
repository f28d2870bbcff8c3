#pragma once

#include <cstdint>

#include "engine/gpu/gl_names.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

/// A map, or a part of one, as a texture of the GPU that somebody else owns.
struct MapTexture {
    unsigned name = 0;         ///< OpenGL texture, R32F
    std::uint64_t serial = 0;  ///< no two ever have the same; names are used again
    Index rows = 0, columns = 0;
    MapRegion region;        ///< what it shows
    float hidden_below = 0;  ///< values below it stand for hidden cells
};

/// The OpenGL texture of its rows and columns, sampled as they are, whose name it is given;
/// `values` null: not yet written, to be written once. None where OpenGL has no memory for it. UI
/// thread with the OpenGL context current.
gpu::Texture make_map_texture(MapTexture& texture, const float* values);

}  // namespace fovea::app
