#pragma once

#include <imgui.h>

#include <cstdint>
#include <memory>
#include <string>

#include "app/state/view_state.h"
#include "engine/core/result.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// How values become colours.
struct ColourScale {
    ColourMap map = ColourMap::viridis;
    bool diverging = false;  ///< for differences: low .. 0 .. high on a blue-white-red map
    bool logarithmic = false;
    float low = 0, high = 1;
};

/// What is drawn on the large map.
struct MapPicture {
    const LayerTrace* layer = nullptr;     ///< null: nothing
    const LayerTrace* subtract = nullptr;  ///< not null: the difference to this one
    Index head = 0;
    Quantity quantity = Quantity::weights;
    std::span<const float> value_norms;
    MapRegion region;
};

/// Attention as textures: thumbnails of every head in one array, and the large map. Scored by the
/// compute shader where there is one and it is the faster, by the CPU elsewhere. UI thread only,
/// with the window's OpenGL context current. Uploads only what is new.
class HeadTextures {
  public:
    /// Measures which of CPU and GPU is the faster at scoring (a fraction of a second).
    static Result<std::unique_ptr<HeadTextures>> create();
    virtual ~HeadTextures() = default;

    /// Uploads the thumbnails of a trace unless they are already there.
    virtual void show_trace(std::shared_ptr<const Trace> trace) = 0;

    /// Draws one head's thumbnail into a rectangle of the current draw list, cells as squares
    /// (nearest), hidden cells transparent.
    virtual void draw_head(ImDrawList* list, Index layer, Index head, ImVec2 min, ImVec2 max,
                           const ColourScale& scale, float opacity) = 0;

    /// Draws a map into a rectangle; makes it first where it is not the one already there.
    virtual void draw_map(ImDrawList* list, const MapPicture& picture, ImVec2 min, ImVec2 max,
                          const ColourScale& scale) = 0;

    /// "GPU llvmpipe" or "CPU (OpenGL 4.3 is missing)": for the status line.
    virtual std::string scoring_label() const = 0;
};

/// The colour of a value, as the shaders compute it (legends, strips, cells with numbers).
ImU32 colour_of(const ColourScale& scale, float value);

}  // namespace fovea::app
