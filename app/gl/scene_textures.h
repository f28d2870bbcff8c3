#pragma once

#include <cstdint>
#include <vector>

#include "app/ui/scene_painter.h"

namespace fovea::app {

/// The images of one scene as textures, each uploaded when it is first drawn. UI thread with the
/// window's OpenGL context current.
class SceneTextures final : public SceneImages {
  public:
    SceneTextures() = default;
    ~SceneTextures() override { clear(); }
    SceneTextures(const SceneTextures&) = delete;

    void draw(ImDrawList* list, size_t n, const SceneImage& image, ImVec2 min, ImVec2 max) override;
    /// Another scene comes.
    void clear();

  private:
    struct Texture {
        unsigned name = 0;
        std::uint64_t digest = 0;  ///< of its pixels
    };
    std::vector<Texture> textures_;
};

}  // namespace fovea::app
