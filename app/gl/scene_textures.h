#pragma once

#include <cstdint>
#include <vector>

#include "app/ui/scene_painter.h"
#include "engine/gpu/gl_names.h"

namespace fovea::app {

/// The images of a scene as textures, uploaded where they are new: another scene in the place of
/// the one before is seen to be one. UI thread with the window's OpenGL context current.
class SceneTextures final : public SceneImages {
  public:
    void draw(ImDrawList* list, size_t n, const SceneImage& image, ImVec2 min, ImVec2 max) override;

  private:
    struct Uploaded {
        gpu::Texture texture;
        std::uint64_t digest = 0;  ///< of its pixels
    };
    std::vector<Uploaded> textures_;
};

}  // namespace fovea::app
