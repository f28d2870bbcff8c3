#pragma once

#include <memory>

#include "app/maps/map_cells.h"
#include "app/maps/map_texture.h"
#include "engine/core/result.h"
#include "engine/gpu/gl_names.h"

namespace fovea::app {

/// The cells of a map's texture on their way to the CPU, which never waits for them. UI thread with
/// the OpenGL context current.
class TextureReading {
  public:
    /// Queued behind all that was queued so far.
    static Result<TextureReading> begin(const MapTexture& texture);

    /// Null while they are under way; hidden ones are `hidden_cell`.
    Result<std::shared_ptr<const CellGrid>> take();

  private:
    TextureReading() = default;

    MapTexture texture_;
    gpu::Buffer buffer_;  // [rows, columns] floats
    gpu::Fence there_;
};

}  // namespace fovea::app
