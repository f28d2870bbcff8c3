#pragma once

#include <string>

#include "app/panels/panel.h"
#include "app/panels/view_bar.h"

namespace fovea::app {

/// How large the grid of all heads is drawn.
struct GridSize {
    Index columns = 1, rows = 1;
    float pitch = 1;        ///< pixels from tile to tile
    float gap = 1;          ///< pixels between tiles
    float label_width = 0;  ///< of the layer indices
    float header = 0;       ///< of the head indices
    float width() const { return label_width + pitch * static_cast<float>(columns); }
    float height() const { return header + pitch * static_cast<float>(rows); }
};

/// The largest tiles that fit; `height` 0: as high as it takes. `smallest` and `largest` are in
/// design pixels.
struct GridRoom {
    float width = 0, height = 0;
    float smallest = 3, largest = 40;
};
GridSize grid_size(const Frame& frame, const GridRoom& room);

/// Every head of every layer at a place of the screen: draws, and takes the mouse (click selects,
/// Ctrl+click adds to the lines, right click silences; a layer's index has a menu).
void head_grid(Frame& frame, ImVec2 corner, const GridSize& size);

}  // namespace fovea::app
