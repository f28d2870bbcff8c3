#pragma once

#include <imgui.h>

#include <optional>

#include "app/ui/theme.h"
#include "engine/figure/scene.h"
#include "engine/figure/text_measure.h"

namespace fovea::app {

/// Measures with the window's fonts, so that a figure is laid out as it will be drawn there. Its
/// unit is a design pixel. UI thread, after the atlas was built.
class FontMeasure final : public TextMeasure {
  public:
    /// `scale`: pixels of the display for one unit.
    FontMeasure(const Fonts& fonts, float scale) : fonts_(fonts), scale_(scale) {}
    double width(std::string_view text, const TextStyle& style) override;

  private:
    Fonts fonts_;
    float scale_;
};

/// Draws images of scenes, which need the GPU's textures. `n` counts the scene's images.
class SceneImages {
  public:
    virtual ~SceneImages() = default;
    virtual void draw(ImDrawList* list, size_t n, const SceneImage& image, ImVec2 min,
                      ImVec2 max) = 0;
};

/// Where a scene lies on the screen.
struct ScenePlace {
    ImVec2 origin;    ///< of its upper left corner, in pixels
    float scale = 1;  ///< pixels for one unit

    ImVec2 at(double x, double y) const {
        return {origin.x + static_cast<float>(x) * scale, origin.y + static_cast<float>(y) * scale};
    }
};

/// Draws a scene without its background; what lies outside the list's clip rectangle is passed
/// over. Without `images` these are drawn as rectangles, which is slow for large ones.
void paint_scene(ImDrawList* list, const Scene& scene, const ScenePlace& place, const Fonts& fonts,
                 SceneImages* images = nullptr);

/// What is under the mouse, wherever the window is that it lies in.
std::optional<SceneElement> element_under_mouse(const Scene& scene, const ScenePlace& place);

/// Around an element: `width` design pixels, outside its box.
void outline(ImDrawList* list, const SceneBox& box, const ScenePlace& place, ImU32 colour,
             float width);

}  // namespace fovea::app
