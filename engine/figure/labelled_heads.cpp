#include <algorithm>
#include <cmath>

#include "engine/figure/figure_captions.h"
#include "engine/figure/figure_layouts.h"

namespace fovea {
namespace {

constexpr double single_side = 560;  // the map of one head, before rounding its cells
constexpr double shared_side = 270;  // one of several
constexpr double largest_cell = 44;
constexpr double panel_gap = 28;

double cell_size(Index cells, double side) {
    return std::clamp(std::round(side / static_cast<double>(cells)), 1.0, largest_cell);
}

// Queries that see no key at all because of an edit: their labels are amber.
std::vector<bool> blind_queries(const HeadPicture& picture) {
    std::vector<bool> blind(static_cast<size_t>(picture.rows()), true);
    for (Index row = 0; row < picture.rows(); ++row)
        for (Index column = 0; column < picture.columns(); ++column)
            if (picture.state(row, column) == CellState::value ||
                picture.state(row, column) == CellState::not_finite)
                blind[static_cast<size_t>(row)] = false;
    return blind;
}

// A map with its axes; the same measures for every head of a figure.
struct LabelledMap {
    Axis queries, keys;
    double cell = 0;
    double across = 0, down = 0;          ///< of the cells: keys, queries
    double left = 0, top = 0, right = 0;  ///< room around the cells
    bool named = false;                   ///< says which head it is, above

    double width() const { return left + across + right; }
    double height() const { return top + down; }

    void draw(Figure& figure, const HeadPicture& picture, double x, double y) const {
        const double map_x = x + left, map_y = y + top;
        const TextStyle quiet = figure.style(9.5, figure.theme.muted);
        if (named)
            figure.scene.add(SceneText{
                map_x, y + 11,
                fmt::format("layer {} · head {}{}", picture.layer, picture.head,
                            picture.silenced ? " · silenced" : ""),
                figure.style(11, picture.silenced ? figure.theme.amber : figure.theme.text, true),
                Anchor::start, 0});
        figure.scene.add(SceneText{map_x - 6, map_y - 19, "keys →", quiet, Anchor::end, 0});
        figure.scene.add(SceneText{map_x - 6, map_y - 7, "queries ↓", quiet, Anchor::end, 0});
        draw_top_axis(figure, keys, map_x, map_y);
        draw_left_axis(figure, queries, map_x, map_y, blind_queries(picture));
        draw_cells(figure, picture, map_x, map_y, cell);
    }
};

LabelledMap measure(Figure& figure, const FigureContent& content, bool single) {
    const HeadPicture& first = content.pictures.front();
    // A pooled map has as many cells as can be drawn: labels stand where their tokens are.
    LabelledMap map;
    map.cell =
        cell_size(std::max(first.rows(), first.columns()), single ? single_side : shared_side);
    map.across = map.cell * static_cast<double>(first.columns());
    map.down = map.cell * static_cast<double>(first.rows());
    map.queries =
        make_axis(figure, content.query_labels, map.down / static_cast<double>(first.queries));
    map.keys = make_axis(figure, content.key_labels, map.across / static_cast<double>(first.keys));
    map.named = !single;
    const double corner = figure.ruler.width("queries ↓", figure.style(9.5, figure.theme.muted));
    map.left = std::ceil(std::max(map.queries.widest(), corner) + 8);
    map.top = std::ceil(std::max(map.keys.height_on_top() + 6, 30.0)) + (map.named ? 20 : 0);
    map.right = std::max(0.0, map.keys.overhang(first.keys));
    return map;
}

}  // namespace

bool labels_fit(Index rows, Index columns, Index tokens) {
    if (rows * columns == 1) return true;
    return rows <= 4 && columns <= 4 && tokens <= 34;
}

void lay_out_labelled_heads(Figure& figure, const FigureContent& content) {
    const auto count = static_cast<Index>(content.pictures.size());
    const bool single = count == 1;
    const LabelledMap map = measure(figure, content, single);
    const Index rows = count / content.columns;
    // The bar stands beside the cells; slanted labels may reach over it.
    const double inner_right = single ? 0 : map.right;
    const double maps_width = static_cast<double>(content.columns) * (map.width() + panel_gap) -
                              panel_gap - map.right + inner_right;
    const std::string caption = quantity_caption(content.job);
    const double maps_height = static_cast<double>(rows) * (map.height() + panel_gap) - panel_gap;
    const double bar_height = scale_bar_height(figure, caption, map.down);

    double used = 0;
    const auto heading = figure_heading(figure, content.job, content.pictures);
    const double body = std::max(maps_width + 80, map.left + map.across + map.right);
    double y = draw_heading(figure, heading, std::max(body, 340.0), used) + 18;
    for (Index i = 0; i < count; ++i)
        map.draw(
            figure, content.pictures[static_cast<size_t>(i)],
            figure_margin + static_cast<double>(i % content.columns) * (map.width() + panel_gap),
            y + static_cast<double>(i / content.columns) * (map.height() + panel_gap));
    const double bar_x = figure_margin + maps_width + 20;
    const double bar_right = draw_scale_bar(figure, {bar_x, y + map.top, bar_height, caption});
    y += std::max(maps_height, map.top + bar_height);

    const double below = y + 16;
    const double legend = draw_legend(figure, content.pictures, figure_margin + map.left, below);
    if (legend > below) y = legend;
    const std::string note = pooling_note(content.pictures.front());
    if (!note.empty()) {
        figure.scene.add(SceneText{figure_margin + map.left, y + 20, note,
                                   figure.style(10, figure.theme.muted), Anchor::start, 0});
        y += 24;
    }
    figure.scene.width = std::max({bar_right, figure_margin + used,
                                   figure_margin + map.left + map.across + map.right}) +
                         figure_margin;
    figure.scene.height = y + figure_margin;
}

}  // namespace fovea
