#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/place_labels.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Series;

constexpr double plot_height = 120;
constexpr double low_plot_height = 72;  // under another plot
constexpr int across_ticks = 5;
constexpr double line_height = 15;
constexpr double swatch = 14;
constexpr double downward_width = 110;

Index places(const Series& series) {
    size_t most = series.x.labels.size();
    for (const Series::Line& line : series.lines)
        most = std::max(most, line.values.size());
    return static_cast<Index>(most);
}

NumberAxis axis_of(const Series& series) {
    ValueExtent extent = ValueExtent::none();
    for (const Series::Line& line : series.lines)
        for (const float value : line.values)
            extent.take(static_cast<double>(value));
    return number_axis(series.y, extent.smallest, extent.largest, false);
}

// What is compared with is no line of its own: it has the colour of the one that it stands beside.
std::vector<Colour> colours_of(const Canvas& canvas, const Series& series) {
    const auto own = std::ranges::count(series.lines, false, &Series::Line::beside);
    std::vector<Colour> colours;
    Index next = 0;
    for (const Series::Line& line : series.lines) {
        if (!line.beside)
            colours.push_back(line_colour(canvas.theme, canvas.look.map, next++, own));
        else
            colours.push_back(own <= 1 || colours.empty()
                                  ? canvas.theme.muted
                                  : mixed(colours.back(), canvas.theme.background, 0.35));
    }
    return colours;
}

// A gap parts a line; a place alone is a dot.
void draw_line(Canvas& canvas, const std::vector<ScenePoint>& points, const Colour& colour,
               bool dashed) {
    constexpr double stroke = 1.5, dot = 2.5;
    ScenePath path{{}, colour, stroke, dashed};
    const auto end = [&] {
        if (path.points.size() == 1)
            canvas.scene.add(SceneCircle{path.points[0].x, path.points[0].y, dot, colour});
        else if (!path.points.empty())
            canvas.scene.add(path);
        path.points.clear();
    };
    for (const ScenePoint& point : points)
        if (std::isnan(point.x) || std::isnan(point.y))
            end();
        else
            path.points.push_back(point);
    end();
}

// The lines' names from (x, y), in as many rows as they need. Gives the y below.
double draw_legend(Canvas& canvas, const Series& series, const std::vector<Colour>& colours,
                   double left, double y, double width) {
    const bool named = std::ranges::any_of(series.lines, [&](const Series::Line& line) {
        return !line.label.empty() && (series.lines.size() > 1 || line.label != series.y.title);
    });
    if (!named) return y;
    double x = left;
    for (size_t i = 0; i < series.lines.size(); ++i) {
        const Series::Line& line = series.lines[i];
        const TextStyle style = canvas.small(canvas.theme.muted);
        const double need =
            swatch + 6 + std::min(canvas.width(line.label, style), width - swatch - 6);
        if (x > left && x + need > left + width) {
            x = left;
            y += line_height;
        }
        const double middle = std::floor(y + line_height / 2);
        canvas.scene.add(
            SceneLine{x, middle + 0.5, x + swatch, middle + 0.5, colours[i], 2, line.beside});
        canvas.write(x + swatch + 6, middle, line.label, style, Anchor::start,
                     left + width - x - swatch - 6 + 1);
        canvas.element(SceneElement::Of::row, static_cast<Index>(i), {x, y, need, line_height});
        x = std::ceil(x + need + 14);
    }
    return y + line_height;
}

std::vector<std::string> tick_labels(const std::vector<AxisTick>& ticks) {
    std::vector<std::string> labels;
    for (const AxisTick& tick : ticks)
        labels.push_back(tick.label);
    return labels;
}

double draw_downward(Canvas& canvas, const Series& series, const Place& place) {
    const Index count = places(series);
    const double pitch = place.rows.count > 0 ? place.rows.pitch : canvas.look.row;
    LeftLabels labels;
    if (place.labelled) labels = left_labels(canvas, series.x.labels, pitch, 0.4 * place.width);
    const double header = std::max(place.rows.header, 2 * line_height);
    const double top = place.y + header, height = pitch * static_cast<double>(count);
    // The first and the last number have half of their label beyond the axis.
    const double left = place.x + labels.width + 10;
    const double width = std::max(20.0, std::floor(place.x + place.width - left - 14));
    const NumberAxis axis = axis_of(series);
    const TextStyle muted = canvas.small(canvas.theme.muted);

    canvas.write(place.x + labels.width, top - 1.5 * line_height,
                 canvas.unsaid(with_unit(series.y.title, series.y.unit)), muted, Anchor::start,
                 place.width - labels.width);
    draw_left_labels(canvas, labels, place.labelled ? series.x.labels : std::vector<std::string>{},
                     place.x, top, pitch);
    double used = -no_limit;
    for (const AxisTick& tick : axis.ticks(static_cast<int>(width / 36) + 1)) {
        const double x = std::round(left + tick.share * width);
        canvas.line(x, top, x, top + height, canvas.theme.line);
        const double half = canvas.width(tick.label, muted) / 2;
        if (x - half < used + 5) continue;
        canvas.write(x, top - 0.5 * line_height, tick.label, muted, Anchor::middle);
        used = x + half;
    }
    const std::vector<Colour> colours = colours_of(canvas, series);
    for (size_t i = series.lines.size(); i-- > 0;) {
        std::vector<ScenePoint> points;
        for (size_t at = 0; at < series.lines[i].values.size(); ++at)
            points.push_back(
                {left + axis.clamped_share(static_cast<double>(series.lines[i].values[at])) * width,
                 top + (static_cast<double>(at) + 0.5) * pitch});
        draw_line(canvas, points, colours[i], series.lines[i].beside);
    }
    canvas.elements(SceneElement::Of::column, {left - 6, top, width + 12, pitch}, count, 1);
    return draw_legend(canvas, series, colours, place.x + labels.width, top + height + 6,
                       place.width - labels.width);
}

double ticks_width(Canvas& canvas, const std::vector<AxisTick>& ticks, const Place& place) {
    const TextStyle muted = canvas.small(canvas.theme.muted);
    return std::ceil(canvas.widest(tick_labels(ticks), muted, 0.3 * place.width)) + 8;
}

double draw_across(Canvas& canvas, const Series& series, const Place& place) {
    const Index count = places(series);
    const NumberAxis axis = axis_of(series);
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const std::vector<Colour> colours = colours_of(canvas, series);
    const auto ticks = axis.ticks(across_ticks);
    const bool shared = place.plot.width > 0;
    const double height = shared ? low_plot_height : plot_height;
    const double left = place.x + (shared ? place.plot.left : ticks_width(canvas, ticks, place));
    const double width = shared ? place.plot.width : place.x + place.width - left;
    const double title_width = canvas.write(place.x, place.y + line_height / 2,
                                            canvas.unsaid(with_unit(series.y.title, series.y.unit)),
                                            muted, Anchor::start, 0.5 * place.width);
    const double legend_from = std::max(left, place.x + std::ceil(title_width) + 20);
    const double top =
        std::max(place.y + line_height, draw_legend(canvas, series, colours, legend_from, place.y,
                                                    place.x + place.width - legend_from)) +
        8;
    for (const AxisTick& tick : ticks) {
        const double y = std::round(top + (1 - tick.share) * height);
        canvas.line(left, y, left + width, y, canvas.theme.line);
        canvas.write(left - 8, y, tick.label, muted, Anchor::end);
    }
    const double pitch = width / static_cast<double>(std::max<Index>(count, 1));
    for (size_t i = series.lines.size(); i-- > 0;) {
        std::vector<ScenePoint> points;
        for (size_t at = 0; at < series.lines[i].values.size(); ++at)
            points.push_back(
                {left + (static_cast<double>(at) + 0.5) * pitch,
                 top + (1 - axis.clamped_share(static_cast<double>(series.lines[i].values[at]))) *
                           height});
        draw_line(canvas, points, colours[i], series.lines[i].beside);
    }
    canvas.elements(SceneElement::Of::column, {left, top, pitch, height}, 1, count);
    if (!place.plot.labelled) return top + height;
    const RowLabels labels = row_labels(canvas, series.x.labels, pitch);
    const double bottom = top + height + 4 + labels.height;
    draw_row_labels(canvas, labels, series.x.labels, left, bottom, pitch, true);
    if (series.x.title.empty()) return bottom;
    canvas.write(left + width, bottom + line_height / 2, series.x.title,
                 canvas.small(canvas.theme.faint), Anchor::end, width);
    return bottom + line_height;
}

}  // namespace

Room room_for(Canvas& canvas, const Series& series) {
    if (series.downward) {
        const double labels =
            left_labels(canvas, series.x.labels, canvas.look.row, downward_width).width;
        return {72, downward_width + (labels > 0 ? 0.5 * labels : 0)};
    }
    return {180, std::clamp(40.0 + 20.0 * static_cast<double>(places(series)), 280.0, 640.0)};
}

Rows rows_of(Canvas& canvas, const Series& series, double) {
    if (!series.downward) return {};
    return {places(series), 2 * line_height, canvas.look.row, series.x.labels};
}

Plot plot_of(Canvas& canvas, const Series& series, double width) {
    if (series.downward) return {};
    const Place place{.width = width};
    return {places(series), ticks_width(canvas, axis_of(series).ticks(across_ticks), place), 0};
}

double draw(Canvas& canvas, const Series& series, const Place& place) {
    return series.downward ? draw_downward(canvas, series, place)
                           : draw_across(canvas, series, place);
}

}  // namespace fovea
