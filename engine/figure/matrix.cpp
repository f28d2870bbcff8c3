#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/place_labels.h"
#include "engine/figure/value_colours.h"
#include "engine/text/piece_label.h"

namespace fovea {
namespace {

using finding::Matrix;

constexpr double text_square[] = {40, 18};  // a square with a text: width, height
constexpr double least_text_square[] = {24, 12};
constexpr double square[] = {24, 16};
constexpr double strip[] = {11, 16};  // the height of one of two or three rows over a plot
constexpr double widest_strip = 72;   // and the width of its squares
constexpr double widest = 900;        // of all squares of a row
constexpr double widest_label = 120;  // of a row
constexpr double gap_from = 6;        // squares from this size on stand apart
constexpr Index most_squares = 6000;  // more are an image
constexpr double least_text = 22;     // a narrower square has no room for its text

struct Squares {
    LeftLabels left;
    RowLabels top;
    double width = 0, height = 0;  // of one, the gap included
    double title = 0;              // height of the line of the axes' titles
};

Index rows(const Matrix& matrix) {
    return matrix.values.empty() ? 0 : matrix.values.extent(0);
}
Index columns(const Matrix& matrix) {
    return matrix.values.empty() ? 0 : matrix.values.extent(1);
}

// Whole units, so that edges are sharp; of an image's pixels, which have none, quarters.
double fitted(double most, double room, Index count) {
    const double size = std::min(most, room / static_cast<double>(std::max<Index>(count, 1)));
    return size >= gap_from ? std::floor(size) : size >= 1 ? std::floor(4 * size) / 4 : size;
}

bool is_strip(const Matrix& matrix) {
    return matrix.texts.empty() && rows(matrix) <= 3 && columns(matrix) >= 4 * rows(matrix);
}

double height_of_square(const Canvas& canvas, const Matrix& matrix) {
    if (!matrix.texts.empty()) return canvas.length(least_text_square[1], text_square[1]);
    if (is_strip(matrix)) return canvas.length(strip[0], strip[1]);
    return fitted(square[1], canvas.highest, rows(matrix));
}

std::string axes_title(const Matrix& matrix) {
    std::string title = matrix.rows.title.empty() ? "" : matrix.rows.title + " ↓";
    if (matrix.columns.title.empty()) return title;
    return title + (title.empty() ? "" : "  ") + matrix.columns.title + " →";
}

// Of plain squares: about as wide as they are high, where they cannot be as high as they like.
double liked_width(const Canvas& canvas, const Matrix& matrix) {
    if (!matrix.texts.empty()) return text_square[0];
    if (is_strip(matrix)) return widest_strip;
    return std::min(square[0], std::max(4.0, 1.5 * height_of_square(canvas, matrix)));
}

Squares squares(Canvas& canvas, const Matrix& matrix, double width, const Place* place) {
    Squares found;
    const bool texts = !matrix.texts.empty();
    found.height = height_of_square(canvas, matrix);
    if (place && place->rows.count > 0) found.height = place->rows.pitch;
    if (!place || place->labelled)
        found.left = left_labels(canvas, matrix.rows.labels, found.height,
                                 std::min(widest_label, 0.3 * width));
    // Letters want more room than the usual square where there is some.
    const double wanted = texts              ? 1.4 * text_square[0]
                          : is_strip(matrix) ? widest_strip
                                             : square[0];
    found.width = fitted(wanted, std::min(width, widest) - found.left.width, columns(matrix));
    if (place && place->plot.width > 0) {
        found.left.width = place->plot.left;
        found.width = place->plot.width / static_cast<double>(std::max<Index>(columns(matrix), 1));
    }
    // One below in the stack names the places of both.
    if (place && !place->plot.labelled) return found;
    found.top = row_labels(canvas, matrix.columns.labels, found.width);
    found.title = matrix.rows.title.empty() && matrix.columns.title.empty() ? 0 : 15;
    return found;
}

// Of several numbers below one pixel the one that is farthest from zero is seen.
void draw_image(Canvas& canvas, const Matrix& matrix, const ValueColours& colours,
                const SceneBox& box) {
    const auto fine = [&](Index count, double length) {
        return std::clamp<Index>(static_cast<Index>(canvas.look.finest * length), 1, count);
    };
    SceneImage image{box.x, box.y, box.width, box.height, 0, 0, {}};
    image.rows = fine(rows(matrix), box.height);
    image.columns = fine(columns(matrix), box.width);
    for (Index y = 0; y < image.rows; ++y)
        for (Index x = 0; x < image.columns; ++x) {
            float seen = std::numeric_limits<float>::quiet_NaN();
            for (Index row = y * rows(matrix) / image.rows;
                 row < (y + 1) * rows(matrix) / image.rows; ++row)
                for (Index column = x * columns(matrix) / image.columns;
                     column < (x + 1) * columns(matrix) / image.columns; ++column) {
                    const float value = matrix.values.at(row, column);
                    if (std::isnan(seen) || std::abs(value) > std::abs(seen)) seen = value;
                }
            image.pixels.push_back(colours(canvas.look, static_cast<double>(seen)));
        }
    canvas.scene.add(std::move(image));
}

// What signs for spaces and breaks mean, of those that are written in squares.
std::vector<std::string> explained_signs(const Matrix& matrix) {
    constexpr std::pair<std::string_view, std::string_view> known[] = {
        {"␣", "␣ space"}, {"⏎", "⏎ line break"}, {"⇥", "⇥ tab"}, {"⍽", "⍽ no-break space"}};
    std::vector<std::string> said;
    for (const auto& [sign, words] : known)
        if (std::ranges::any_of(matrix.texts, [&, sign = sign](const std::string& text) {
                return without_space(text).find(sign) != std::string_view::npos;
            }))
            said.emplace_back(words);
    return said;
}

bool has_changed(const Matrix& matrix, Index row, Index column) {
    const auto at = static_cast<size_t>(row * columns(matrix) + column);
    return at < matrix.changed.size() && matrix.changed[at];
}

// Gives what they show that is to be explained.
Signs draw_squares(Canvas& canvas, const Matrix& matrix, const ValueColours& colours,
                   const Squares& layout, double x, double y) {
    const double gap = std::min(layout.width, layout.height) < gap_from ? 0 : 1;
    const bool written = !matrix.texts.empty() && layout.width >= least_text;
    Signs signs;
    for (Index row = 0; row < rows(matrix); ++row)
        for (Index column = 0; column < columns(matrix); ++column) {
            const SceneBox box{x + static_cast<double>(column) * layout.width,
                               y + static_cast<double>(row) * layout.height, layout.width - gap,
                               layout.height - gap};
            const auto value = static_cast<double>(matrix.values.at(row, column));
            const Colour colour = colours(canvas.look, value);
            if (std::isnan(value) && matrix.map_of) {
                // As the map has it.
                canvas.fill(box, colour);
                signs.masked = true;
            } else if (std::isnan(value)) {
                canvas.hatch(box);
                signs.hatched = true;
            } else {
                canvas.fill(box, colour);
            }
            if (written)
                canvas.write(box.x + box.width / 2, box.y + box.height / 2,
                             without_space(
                                 matrix.texts[static_cast<size_t>(row * columns(matrix) + column)]),
                             canvas.small(std::isnan(value) ? canvas.theme.muted : text_on(colour),
                                          layout.height),
                             Anchor::middle, box.width - 4);
            if (has_changed(matrix, row, column)) {
                draw_corner(canvas, box);
                signs.changed = true;
            }
        }
    if (written) signs.said = explained_signs(matrix);
    return signs;
}

}  // namespace

Room room_for(Canvas& canvas, const Matrix& matrix) {
    const LeftLabels left =
        left_labels(canvas, matrix.rows.labels, height_of_square(canvas, matrix), widest_label);
    const auto count = static_cast<double>(columns(matrix));
    // Squares with texts are to be read: what stands beside them gives way first.
    const double least = matrix.texts.empty() ? std::min(4 * count, 200.0)
                                              : std::min(least_text_square[0] * count, 340.0);
    // The line above it that names its axes is to be read whole.
    const double title =
        std::min(180.0, std::ceil(canvas.width(axes_title(matrix), canvas.small({}))) + 1);
    return {std::max(title, left.width + std::max(60.0, least)),
            std::max(title,
                     left.width + std::clamp(liked_width(canvas, matrix) * count, 60.0, widest))};
}

Rows rows_of(Canvas& canvas, const Matrix& matrix, double width) {
    const Squares layout = squares(canvas, matrix, width, nullptr);
    return {rows(matrix), layout.title + layout.top.height, layout.height, matrix.rows.labels};
}

Plot plot_of(Canvas& canvas, const Matrix& matrix, double width) {
    const Squares layout = squares(canvas, matrix, width, nullptr);
    return {columns(matrix), layout.left.width,
            layout.width * static_cast<double>(columns(matrix))};
}

double draw(Canvas& canvas, const Matrix& matrix, const Place& place) {
    if (matrix.values.empty()) return place.y;
    const Squares layout = squares(canvas, matrix, place.width, &place);
    const double header = std::max(place.rows.header, layout.title + layout.top.height);
    const double left = place.x + layout.left.width, top = place.y + header;
    const double width = layout.width * static_cast<double>(columns(matrix));
    const double height = layout.height * static_cast<double>(rows(matrix));
    const ValueColours colours = value_colours(matrix.value, matrix.values.values());
    const bool named = place.plot.labelled;
    if (layout.title > 0)
        canvas.write(place.x, top - layout.top.height - layout.title + 7, axes_title(matrix),
                     canvas.small(canvas.theme.faint), Anchor::start, place.width);
    if (place.labelled)
        draw_left_labels(canvas, layout.left, matrix.rows.labels, place.x, top, layout.height);
    if (named) draw_row_labels(canvas, layout.top, matrix.columns.labels, left, top, layout.width);
    Signs signs;
    if (std::min(layout.width, layout.height) < gap_from || matrix.values.size() > most_squares)
        draw_image(canvas, matrix, colours, {left, top, width, height});
    else
        signs = draw_squares(canvas, matrix, colours, layout, left, top);
    canvas.elements(SceneElement::Of::number, {left, top, layout.width, layout.height},
                    rows(matrix), columns(matrix));
    // Where room is short, what stands below the strips of a plot follows at once.
    if (!named && canvas.fitting) return top + height;
    return draw_colour_bar(canvas, colours, left, top + height + 8,
                           std::max(width, place.width - layout.left.width), signs);
}

}  // namespace fovea
