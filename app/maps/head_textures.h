#pragma once

#include <imgui.h>

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "app/gl/box_painter.h"
#include "app/maps/colour_scale.h"
#include "app/maps/map_cache.h"
#include "engine/core/result.h"
#include "engine/jobs/scheduler.h"
#include "engine/trace/trace.h"

namespace fovea::app {

/// One head's thumbnail in a rectangle of the screen.
struct HeadTile {
    Index layer = 0;
    Index head = 0;
    ImVec2 min, max;
    float opacity = 1;
};

/// What a large map looks like beside its colours.
struct MapStyle {
    ImU32 hidden = 0;     ///< cells that a mask hides
    ImU32 gap = 0;        ///< between cells
    float gap_width = 0;  ///< pixels; 0: none
};

/// Attention as textures: thumbnails of every head in one atlas, and the large map. Scored by the
/// compute shader where there is one and it is the faster, by the CPU elsewhere. UI thread only,
/// with the window's OpenGL context (3.3 or later) current. Uploads only what is new. Drawing is
/// queued on ImGui's lists and happens when they are rendered, in the same frame.
class HeadTextures {
  public:
    /// Measures which of CPU and GPU is the faster at scoring (a fraction of a second). Large maps
    /// are made by `jobs`.
    static Result<std::unique_ptr<HeadTextures>> create(Scheduler& jobs);
    virtual ~HeadTextures() = default;

    /// Uploads the thumbnails of a trace unless they are already there.
    virtual void show_trace(std::shared_ptr<const Trace> trace) = 0;

    /// Draws thumbnails of the shown trace in one call of the GPU, cells as squares (where they
    /// are smaller than a pixel, the largest of them); hidden cells have the colour `hidden`. A
    /// fitted scale fits every head by itself.
    virtual void draw_heads(ImDrawList* list, std::span<const HeadTile> tiles,
                            const ColourScale& scale, ImU32 hidden = 0) = 0;

    void draw_head(ImDrawList* list, Index layer, Index head, ImVec2 min, ImVec2 max,
                   const ColourScale& scale, float opacity = 1) {
        const HeadTile tile{layer, head, min, max, opacity};
        draw_heads(list, {&tile, 1}, scale);
    }

    /// Draws a map into a rectangle, which is that of the picture's region. A small one is made
    /// first where it is not the one already there; of a large one, what there is so far is drawn,
    /// and the rest comes from the background. Returns the scale with low and high as drawn.
    virtual ColourScale draw_map(ImDrawList* list, const MapPicture& picture, ImVec2 min,
                                 ImVec2 max, const ColourScale& scale, const MapStyle& style) = 0;

    /// Draws boxes with rounded corners, many in one call of the GPU.
    virtual void draw_boxes(ImDrawList* list, std::span<const Box> boxes, float rounding) {
        for (const Box& box : boxes)
            list->AddRectFilled(box.min, box.max, box.colour, rounding);
    }

    /// True where the background has made something to draw since the last call.
    virtual bool take_news() { return false; }
    /// Why something could not be made, once: a sentence.
    virtual std::optional<std::string> take_error() { return std::nullopt; }
    /// What was drawn last is all that there is to see of it.
    virtual bool settled() const { return true; }
    /// In the map drawn last, a pixel stands for more than one cell.
    virtual bool map_is_pooled() const { return false; }

    /// Maps as numbers, kept while they are looked at.
    virtual MapCache& maps() = 0;

    /// "GPU llvmpipe" or "CPU (OpenGL 4.3 is missing)": for the status line.
    virtual std::string scoring_label() const = 0;
};

}  // namespace fovea::app
