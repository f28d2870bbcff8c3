#include <algorithm>
#include <cmath>

#include "engine/figure/figure_captions.h"
#include "engine/figure/figure_layouts.h"

namespace fovea {
namespace {

constexpr double number_size = 10;

// The side of one cell: whole or half units a cell, so that no cell is wider than another in a PNG.
double cell_side(Index cells, Index columns) {
    const double room = std::clamp(1000.0 / static_cast<double>(columns), 56.0, 130.0);
    const double wanted = room / static_cast<double>(cells);
    return std::max(0.5, wanted < 3 ? std::round(2 * wanted) / 2 : std::floor(wanted));
}

// The tokens in reading order, each after its place. Gives the y below them.
double draw_tokens(Figure& figure, const std::vector<std::string>& labels, double left, double y,
                   double width) {
    constexpr double size = 10.5, place_size = 8, line = 17;
    constexpr int most_lines = 40;
    const TextStyle place_style = figure.style(place_size, figure.theme.faint);
    const TextStyle style = figure.style(size, figure.theme.text);
    double x = left;
    int lines = 1;
    for (size_t i = 0; i < labels.size(); ++i) {
        const std::string place = std::to_string(i);
        const std::string label = figure.ruler.shortened(labels[i], style, width / 2);
        const double place_width = figure.ruler.width(place, place_style) + 3;
        const double whole = place_width + figure.ruler.width(label, style);
        if (x > left && x + whole > left + width) {
            x = left;
            y += line;
            if (++lines > most_lines) {
                figure.scene.add(SceneText{x, centred_baseline(y + line / 2, size),
                                           fmt::format("… and {} more", labels.size() - i),
                                           figure.style(size, figure.theme.muted), Anchor::start,
                                           0});
                break;
            }
        }
        const double middle = y + line / 2;
        figure.scene.add(
            SceneText{x, centred_baseline(middle, size), place, place_style, Anchor::start, 0});
        figure.scene.add(SceneText{x + place_width, centred_baseline(middle, size), label, style,
                                   Anchor::start, 0});
        x += whole + 11;
    }
    return y + line;
}

}  // namespace

void lay_out_head_grid(Figure& figure, const FigureContent& content) {
    const HeadPicture& first = content.pictures.front();
    const Index columns = content.columns;
    const Index rows = static_cast<Index>(content.pictures.size()) / columns;
    const double cell = cell_side(std::max(first.rows(), first.columns()), columns);
    const double across = cell * static_cast<double>(first.columns());
    const double down = cell * static_cast<double>(first.rows());
    const double gap = std::max(6.0, std::round(std::max(across, down) / 14));
    const double column_pitch = across + gap, row_pitch = down + gap;
    const double left = 44, top = 34;
    const double grid_width = static_cast<double>(columns) * column_pitch - gap;
    const double grid_height = static_cast<double>(rows) * row_pitch - gap;
    const std::string caption = quantity_caption(content.job);
    const double bar_height = scale_bar_height(figure, caption, grid_height);
    const double body = std::max(left + grid_width + 80, 380.0);

    double used = 0;
    double y =
        draw_heading(figure, figure_heading(figure, content.job, content.pictures), body, used) +
        12;
    const double x = figure_margin + left;
    const TextStyle number = figure.style(number_size, figure.theme.muted);
    const TextStyle name = figure.style(number_size, figure.theme.muted, true);
    figure.scene.add(SceneText{x + grid_width / 2, y + 9, "head", name, Anchor::middle, 0});
    figure.scene.add(
        SceneText{figure_margin + 9, y + top + grid_height / 2, "layer", name, Anchor::middle, 90});
    y += top;
    for (Index i = 0; i < static_cast<Index>(content.pictures.size()); ++i) {
        const HeadPicture& picture = content.pictures[static_cast<size_t>(i)];
        const double map_x = x + static_cast<double>(i % columns) * column_pitch;
        const double map_y = y + static_cast<double>(i / columns) * row_pitch;
        if (i < columns)
            figure.scene.add(SceneText{map_x + across / 2, y - 8, std::to_string(picture.head),
                                       number, Anchor::middle, 0});
        if (i % columns == 0)
            figure.scene.add(SceneText{x - 8, centred_baseline(map_y + down / 2, number_size),
                                       std::to_string(picture.layer), number, Anchor::end, 0});
        draw_cells(figure, picture, map_x, map_y, cell);
        const SceneRectangle around{map_x - 1, map_y - 1, across + 2, down + 2, figure.theme.line};
        if (picture.silenced) {
            figure.scene.add(
                SceneRectangle{map_x, map_y, across, down, figure.theme.background, 0.6});
            figure.scene.frame(
                {around.x - 1, around.y - 1, across + 4, down + 4, figure.theme.amber}, 1.5);
        } else {
            figure.scene.frame(around, 0.5);
        }
    }
    const double bar_right = draw_scale_bar(figure, {x + grid_width + 20, y, bar_height, caption});
    y += std::max(grid_height, bar_height) + 16;
    const double legend = draw_legend(figure, content.pictures, x, y);
    if (legend > y) y = legend + 10;
    const std::string note = pooling_note(first);
    if (!note.empty()) {
        figure.scene.add(SceneText{x, y + 9, note, number, Anchor::start, 0});
        y += 24;
    }
    const double right = std::max(bar_right, figure_margin + used);
    const double token_width = std::max(right, figure_margin + body) - x;
    if (content.two_sentences) {
        const auto name_list = [&](const char* list) {
            figure.scene.add(SceneText{x - 8, centred_baseline(y + 8.5, number_size), list, name,
                                       Anchor::end, 0});
        };
        name_list("target");
        y = draw_tokens(figure, content.query_labels, x, y, token_width) + 8;
        name_list("source");
        y = draw_tokens(figure, content.key_labels, x, y, token_width);
    } else {
        y = draw_tokens(figure, content.key_labels, x, y, token_width);
    }
    figure.scene.width = std::max(right, figure_margin + body) + figure_margin;
    figure.scene.height = y + figure_margin - 4;
}

}  // namespace fovea
