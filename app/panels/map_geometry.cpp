#include "app/panels/map_geometry.h"

#include <algorithm>
#include <cmath>

namespace fovea::app {
namespace {

// The first pixel whose centre lies at or beyond an edge.
float snapped(double edge) {
    return static_cast<float>(std::ceil(edge - 0.5));
}

void keep_inside(MapWindow& window) {
    const double smallest = std::max(1.0, window.keys() / window.queries());
    window.span = std::clamp(window.span, smallest, std::max(smallest, window.keys()));
    window.left = std::clamp(window.left, 0.0, std::max(0.0, window.keys() - window.span));
    window.top = std::clamp(window.top, 0.0, std::max(0.0, window.queries() - window.rows()));
}

Index cell_index(double position, Index tokens) {
    return std::clamp<Index>(static_cast<Index>(std::floor(position)), 0, tokens - 1);
}

}  // namespace

bool MapWindow::contains(ImVec2 point) const {
    return point.x >= origin.x && point.y >= origin.y && point.x < end().x && point.y < end().y;
}

std::optional<Cell> MapWindow::cell_at(ImVec2 point) const {
    if (!contains(point)) return std::nullopt;
    return nearest_cell(point);
}

Cell MapWindow::nearest_cell(ImVec2 point) const {
    const double x = std::clamp<double>(point.x - origin.x, 0, size.x - 1e-3);
    const double y = std::clamp<double>(point.y - origin.y, 0, size.y - 1e-3);
    return {cell_index(top + y / cell_height(), extent.queries),
            cell_index(left + x / cell_width(), extent.keys)};
}

MapRegion MapWindow::region() const {
    const auto begin = [](double edge) { return static_cast<Index>(std::floor(edge + 1e-9)); };
    const auto end = [](double edge, Index tokens) {
        return std::min(tokens, static_cast<Index>(std::ceil(edge - 1e-9)));
    };
    return {begin(top), end(top + rows(), extent.queries), begin(left),
            end(left + span, extent.keys)};
}

MapWindow::Box MapWindow::box(const MapRegion& cells) const {
    return {{snapped(x_of(static_cast<double>(cells.key_begin))),
             snapped(y_of(static_cast<double>(cells.query_begin)))},
            {snapped(x_of(static_cast<double>(cells.key_end))),
             snapped(y_of(static_cast<double>(cells.query_end)))}};
}

void MapWindow::zoom(ImVec2 at, double factor) {
    const double share_x = std::clamp<double>((at.x - origin.x) / size.x, 0, 1);
    const double share_y = std::clamp<double>((at.y - origin.y) / size.y, 0, 1);
    const double key = left + share_x * span;
    const double query = top + share_y * rows();
    const double smallest = std::max(1.0, keys() / queries());
    span = std::clamp(span / factor, smallest, std::max(smallest, keys()));
    left = key - share_x * span;
    top = query - share_y * rows();
    keep_inside(*this);
}

void MapWindow::pan(ImVec2 pixels) {
    left -= pixels.x / cell_width();
    top -= pixels.y / cell_height();
    keep_inside(*this);
}

MapWindow map_window(const ViewState& view, MapExtent extent, ImVec2 origin, ImVec2 size) {
    MapWindow window;
    window.extent = {std::max<Index>(1, extent.queries), std::max<Index>(1, extent.keys)};
    window.origin = origin;
    window.size = size;
    window.span = window.keys();
    if (view.map_span > 0) {
        window.span = view.map_span;
        window.left = view.map_left;
        window.top = view.map_top;
    }
    keep_inside(window);
    return window;
}

void remember(const MapWindow& window, ViewState& view) {
    const bool whole = window.whole();
    view.map_span = whole ? 0 : window.span;
    view.map_left = whole ? 0 : window.left;
    view.map_top = whole ? 0 : window.top;
}

void zoom_map(ViewState& view, MapExtent extent, double factor) {
    MapWindow window = map_window(view, extent, {0, 0}, {1, 1});
    window.zoom({0.5f, 0.5f}, factor);
    remember(window, view);
}

void centre_map(ViewState& view, MapExtent extent, double query, double key) {
    MapWindow window = map_window(view, extent, {0, 0}, {1, 1});
    window.left = key - window.span / 2;
    window.top = query - window.rows() / 2;
    keep_inside(window);
    remember(window, view);
}

void move_map(ViewState& view, MapExtent extent, double right, double down) {
    const MapWindow window = map_window(view, extent, {0, 0}, {1, 1});
    centre_map(view, extent, window.top + window.rows() * (0.5 + down),
               window.left + window.span * (0.5 + right));
}

void reveal(ViewState& view, MapExtent extent, std::optional<Index> query,
            std::optional<Index> key) {
    const MapWindow window = map_window(view, extent, {0, 0}, {1, 1});
    // A token at the very edge is in view and yet hard to see.
    const auto middle = [](std::optional<Index> token, double begin, double length) {
        const double now = begin + length / 2, edge = std::min(0.5, length / 4);
        if (!token) return now;
        const double wanted = static_cast<double>(*token) + 0.5;
        return wanted >= begin + edge && wanted <= begin + length - edge ? now : wanted;
    };
    centre_map(view, extent, middle(query, window.top, window.rows()),
               middle(key, window.left, window.span));
}

namespace {

float even_extent(float cell, float tokens) {
    const float whole = std::floor(cell);
    return std::floor((whole >= 0.9f * cell ? whole : cell) * tokens);
}

}  // namespace

float even_side(float available, Index tokens, float largest_cell) {
    const auto count = static_cast<float>(tokens);
    return even_extent(std::min(available / count, largest_cell), count);
}

ImVec2 map_size(ImVec2 available, MapExtent extent, float largest_cell) {
    const auto rows = static_cast<float>(extent.queries), columns = static_cast<float>(extent.keys);
    const float widest = std::min(available.x / columns, largest_cell);
    const float highest = std::min(available.y / rows, largest_cell);
    const float cell = std::min(widest, highest);
    const float width = std::max(cell, std::min(cell * rows / columns / 3, widest));
    const float height = std::max(cell, std::min(cell * columns / rows / 3, highest));
    return {even_extent(width, columns), even_extent(height, rows)};
}

std::vector<Cell> cells_between(Cell from, Cell to) {
    const Index queries = to.query - from.query;
    const Index keys = to.key - from.key;
    const Index steps = std::max(std::abs(queries), std::abs(keys));
    std::vector<Cell> cells;
    cells.reserve(static_cast<size_t>(steps) + 1);
    const auto along = [&](Index extent, Index step) {
        const double share =
            steps == 0 ? 0 : static_cast<double>(step) / static_cast<double>(steps);
        return static_cast<Index>(std::lround(share * static_cast<double>(extent)));
    };
    for (Index step = 0; step <= steps; ++step)
        cells.push_back({from.query + along(queries, step), from.key + along(keys, step)});
    return cells;
}

std::vector<Index> thinned_labels(Index begin, Index end, double cell, double spacing,
                                  std::span<const Index> pinned) {
    Index step = 1;
    for (Index decade = 1; static_cast<double>(step) * cell < spacing; decade *= 10) {
        for (const Index factor : {1, 2, 5}) {
            step = decade * factor;
            if (static_cast<double>(step) * cell >= spacing) break;
        }
    }
    std::vector<Index> pins;
    const auto too_near = [&](Index i) {
        return std::any_of(pins.begin(), pins.end(), [&](Index pin) {
            return static_cast<double>(std::abs(i - pin)) * cell < spacing;
        });
    };
    for (const Index pin : pinned)
        if (pin >= begin && pin < end && !too_near(pin)) pins.push_back(pin);
    std::vector<Index> labels;
    for (Index i = (begin + step - 1) / step * step; i < end; i += step)
        if (!too_near(i)) labels.push_back(i);
    labels.insert(labels.end(), pins.begin(), pins.end());
    std::sort(labels.begin(), labels.end());
    return labels;
}

std::vector<MarkRun> mark_runs(std::span<const TokenRange> ranges, const MarkAxis& axis) {
    std::vector<MarkRun> runs;
    if (!(axis.end > axis.begin) || !(axis.length > 0)) return runs;
    const double pixels = axis.length / (axis.end - axis.begin);  // for one token
    const auto pixel_of = [&](double token) {
        return static_cast<double>(axis.from) + (token - axis.begin) * pixels;
    };
    // The first range that is not wholly left of a token.
    const auto from_token = [&](auto search_from, double token) {
        return std::partition_point(search_from, ranges.end(), [&](const TokenRange& range) {
            return static_cast<double>(range.last + 1) <= token;
        });
    };
    const double limit = axis.from + axis.length;
    for (auto at = from_token(ranges.begin(), axis.begin); at != ranges.end();) {
        if (static_cast<double>(at->first) >= axis.end) break;
        const double first = std::max<double>(axis.from, pixel_of(static_cast<double>(at->first)));
        const double last = std::min(
            limit, std::max(pixel_of(static_cast<double>(at->last + 1)), first + axis.shortest));
        const auto from = static_cast<float>(first), to = static_cast<float>(last);
        if (!runs.empty() && from <= runs.back().to + 0.5f)
            runs.back().to = std::max(runs.back().to, to);
        else
            runs.push_back({from, to});
        // What ends inside of this run adds nothing to it: skipped without being looked at.
        at = from_token(at + 1, axis.begin + (last - axis.from) / pixels);
    }
    return runs;
}

}  // namespace fovea::app
