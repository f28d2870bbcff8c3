#pragma once

#include <imgui.h>

#include <optional>
#include <vector>

#include "app/state/view_state.h"
#include "engine/edit/attention_mask.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

/// A square part of a map on a square of the screen: which cell is where.
struct MapWindow {
    Index tokens = 1;
    double left = 0, top = 0;  ///< key and query at the upper left corner
    double span = 1;           ///< tokens per side, 1 to `tokens`
    ImVec2 origin;             ///< upper left corner, pixels
    float side = 1;            ///< pixels

    double cell() const { return static_cast<double>(side) / span; }  ///< pixels
    double x_of(double key) const { return origin.x + (key - left) * cell(); }
    double y_of(double query) const { return origin.y + (query - top) * cell(); }
    bool contains(ImVec2 point) const;
    bool whole() const { return span >= static_cast<double>(tokens); }

    /// The cell under a point of the square; nullopt outside of it.
    std::optional<Cell> cell_at(ImVec2 point) const;
    /// The same for a point that may have left the square: the nearest cell in view.
    Cell nearest_cell(ImVec2 point) const;
    /// All cells that are at least partly in view.
    MapRegion region() const;
    /// Pixel edges of a rectangle of cells, as the shader puts them: a pixel belongs to the cell
    /// that holds its centre.
    struct Box {
        ImVec2 min, max;
    };
    Box box(const MapRegion& cells) const;

    /// Shows 1 / factor of the tokens; the point of the map under `at` stays where it is.
    void zoom(ImVec2 at, double factor);
    void pan(ImVec2 pixels);
};

/// Where `view` looks on a map of so many tokens, in a square of the screen.
MapWindow map_window(const ViewState& view, Index tokens, ImVec2 origin, float side);
/// Puts it back; the whole map is written as zeros, so that it stays whole when the sentence grows.
void remember(const MapWindow& window, ViewState& view);

/// Zooms around the middle of what is in view (keys have no pointer).
void zoom_map(ViewState& view, Index tokens, double factor);

/// The side of a square for a whole map: a whole number of pixels a cell where that costs little,
/// so that all cells look equal.
float even_side(float available, Index tokens, float largest_cell);

/// All cells on the way from one cell to another, both included, each touching the next by a side
/// or a corner.
std::vector<Cell> cells_between(Cell from, Cell to);

/// Which labels of [begin, end) are drawn so that no two are nearer than `spacing` pixels: every
/// first, second, fifth, tenth, ... token, and `pinned` in the place of its neighbours.
std::vector<Index> thinned_labels(Index begin, Index end, double cell, double spacing,
                                  std::optional<Index> pinned);

}  // namespace fovea::app
