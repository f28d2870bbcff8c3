#pragma once

#include <imgui.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "app/state/view_state.h"
#include "engine/edit/attention_mask.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

/// How many tokens stand on the two axes of a map.
struct MapExtent {
    Index queries = 1, keys = 1;
    bool operator==(const MapExtent&) const = default;
};

/// A part of a map on a rectangle of the screen: which cell is where. Both axes show the same share
/// of their tokens.
struct MapWindow {
    MapExtent extent;
    double left = 0, top = 0;  ///< key and query at the upper left corner
    double span = 1;           ///< keys across, up to all of them
    ImVec2 origin;             ///< upper left corner, pixels
    ImVec2 size{1, 1};         ///< pixels

    double keys() const { return static_cast<double>(extent.keys); }
    double queries() const { return static_cast<double>(extent.queries); }
    double rows() const { return span * queries() / keys(); }  ///< queries from top to bottom
    double cell_width() const { return static_cast<double>(size.x) / span; }     ///< pixels
    double cell_height() const { return static_cast<double>(size.y) / rows(); }  ///< pixels
    double cell() const { return std::min(cell_width(), cell_height()); }
    double x_of(double key) const { return origin.x + (key - left) * cell_width(); }
    double y_of(double query) const { return origin.y + (query - top) * cell_height(); }
    ImVec2 end() const { return {origin.x + size.x, origin.y + size.y}; }
    bool contains(ImVec2 point) const;
    bool whole() const { return span >= keys(); }

    /// The cell under a point of the rectangle; nullopt outside of it.
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

    /// Shows 1 / factor of the tokens; the point of the map under `at` stays where it is. At the
    /// most one token, on the shorter axis, is left.
    void zoom(ImVec2 at, double factor);
    void pan(ImVec2 pixels);
};

/// Where `view` looks on a map of so many tokens, in a rectangle of the screen.
MapWindow map_window(const ViewState& view, MapExtent extent, ImVec2 origin, ImVec2 size);
/// Puts it back; the whole map is written as zeros, so that it stays whole when the sentence grows.
void remember(const MapWindow& window, ViewState& view);

/// Zooms around the middle of what is in view (keys have no pointer).
void zoom_map(ViewState& view, MapExtent extent, double factor);

/// Moves the part in view, where it must, so that these tokens stand in the middle of it.
void reveal(ViewState& view, MapExtent extent, std::optional<Index> query,
            std::optional<Index> key);
/// Moves it by shares of what is in view.
void move_map(ViewState& view, MapExtent extent, double right, double down);
/// Moves it so that this point of the map, in tokens, stands in the middle, as far as the map goes.
void centre_map(ViewState& view, MapExtent extent, double query, double key);

/// The side of a square for a whole map: a whole number of pixels a cell where that costs little,
/// so that all cells look equal.
float even_side(float available, Index tokens, float largest_cell);

/// The size of a whole map of so many tokens: cells are squares, but of a map so much longer than
/// wide that it would be a ribbon, its shorter side is stretched to a third of the other.
ImVec2 map_size(ImVec2 available, MapExtent extent, float largest_cell);

/// All cells on the way from one cell to another, both included, each touching the next by a side
/// or a corner.
std::vector<Cell> cells_between(Cell from, Cell to);

/// Which labels of [begin, end) are drawn so that no two are nearer than `spacing` pixels: every
/// first, second, fifth, tenth, ... token, and those of `pinned` in the place of their neighbours,
/// the first of them before the others. Costs no more than there are labels.
std::vector<Index> thinned_labels(Index begin, Index end, double cell, double spacing,
                                  std::span<const Index> pinned = {});

/// Runs of pixels that mark tokens [first, last] along an axis of [begin, end): near ones flow into
/// one, so that there are never more than the axis is long. `ranges` are sorted.
struct MarkAxis {
    double begin = 0, end = 0;   ///< tokens in view
    float from = 0, length = 0;  ///< where they stand, pixels
    float shortest = 1;          ///< of one run
};
struct MarkRun {
    float from = 0, to = 0;
    bool operator==(const MarkRun&) const = default;
};
std::vector<MarkRun> mark_runs(std::span<const TokenRange> ranges, const MarkAxis& axis);

}  // namespace fovea::app
