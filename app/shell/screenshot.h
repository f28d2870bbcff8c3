#pragma once

#include <filesystem>

#include "engine/core/result.h"
#include "engine/gpu/gl_names.h"

namespace fovea::app {

/// An off-screen picture of exactly the wished size: a hidden window's own pixels are not to be
/// relied on. UI thread, with the OpenGL context current.
class OffscreenPicture {
  public:
    static Result<OffscreenPicture> create(int width, int height);

    void bind() const;  ///< what is drawn from here on goes into the picture
    void copy_to_window() const;
    int width() const { return width_; }
    int height() const { return height_; }
    /// Writes what was drawn as PNG, through a temporary file.
    Status save(const std::filesystem::path& file) const;

  private:
    OffscreenPicture(int width, int height) : width_(width), height_(height) {}
    int width_, height_;
    gpu::Framebuffer framebuffer_;
    gpu::Renderbuffer colour_;
};

}  // namespace fovea::app
