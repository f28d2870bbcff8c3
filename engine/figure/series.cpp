#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/figure/painters.h"
#include "engine/figure/place_labels.h"
#include "engine/figure/value_colours.h"
#include "engine/text/piece_label.h"

namespace fovea {
namespace {

using finding::Series;

constexpr double plot_height[] = {64, 120};
constexpr double low_plot_height[] = {22, 72};  // under another plot
constexpr double least_ticked = 40;             // a lower one has its zero alone
constexpr int across_ticks = 5;
constexpr double line_height = 15;
constexpr double swatch = 14;
constexpr double downward_width[] = {64, 84};
constexpr double widest_named = 130;  // of such a one's legend that is to be read whole

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
    // A curve needs no middle: both signs have their sides of zero.
    finding::ValueAxis value = series.y;
    value.is_signed = false;
    return number_axis(value, extent.smallest, extent.largest, false);
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

// Draws line `i` of the series through points, and remembers where they are.
void draw_curve(Canvas& canvas, const Series& series, size_t i, std::vector<ScenePoint> points,
                const Colour& colour) {
    draw_line(canvas, points, colour, series.lines[i].beside);
    canvas.scene.curves.push_back({canvas.finding, static_cast<Index>(i), std::move(points)});
}

/// A line whose name stands beside it needs none in the legend.
using Named = std::vector<bool>;

// The lines' names from (x, y), in as many rows as they need. Gives the y below.
double draw_legend(Canvas& canvas, const Series& series, const std::vector<Colour>& colours,
                   double left, double y, double width, const Named& done = {}) {
    // A line that is called as its axis is named there.
    const auto is_done = [&](size_t i) {
        const std::string& label = series.lines[i].label;
        return (i < done.size() && done[i]) || label.empty() || label == series.y.title ||
               (canvas.fitting && series.lines.size() == 1);
    };
    size_t wanted = 0;
    for (size_t i = 0; i < series.lines.size(); ++i)
        wanted += !is_done(i);
    if (wanted == 0) return y;
    double x = left;
    for (size_t i = 0; i < series.lines.size(); ++i) {
        if (is_done(i)) continue;
        const Series::Line& line = series.lines[i];
        const std::string_view label = without_space(line.label);
        const TextStyle style = canvas.small(canvas.theme.muted);
        const double need = swatch + 6 + std::min(canvas.width(label, style), width - swatch - 6);
        if (x > left && x + need > left + width) {
            x = left;
            y += line_height;
        }
        const double middle = std::floor(y + line_height / 2);
        canvas.scene.add(
            SceneLine{x, middle + 0.5, x + swatch, middle + 0.5, colours[i], 2, line.beside});
        canvas.write(x + swatch + 6, middle, label, style, Anchor::start,
                     left + width - x - swatch - 6 + 1);
        canvas.element(SceneElement::Of::row, static_cast<Index>(i), {x, y, need, line_height});
        x = std::ceil(x + need + 14);
    }
    return y + line_height;
}

/// Lines that run downward, as they were drawn, and the rows between which names may stand.
struct Drawn {
    SceneBox plot;
    std::vector<std::vector<ScenePoint>> lines;
    std::vector<SceneBox> names = {};  // that stand already
};

// Beside line `i` at a row: from its line to the next one or the edge, over three rows.
std::pair<double, double> room_beside(const Drawn& drawn, size_t i, size_t row, bool right) {
    constexpr double air = 6, beyond = 3;
    double begin = right ? -no_limit : drawn.plot.x - beyond;
    double end = right ? drawn.plot.x + drawn.plot.width + beyond : no_limit;
    for (size_t near = row - 1; near <= row + 1; ++near)
        for (size_t other = 0; other < drawn.lines.size(); ++other) {
            if (near >= drawn.lines[other].size()) continue;
            const double x = drawn.lines[other][near].x, own = drawn.lines[i][near].x;
            if (right && other == i) begin = std::max(begin, x + air);
            if (!right && other == i) end = std::min(end, x - air);
            if (right && x > own) end = std::min(end, x - air);
            if (!right && x < own) begin = std::max(begin, x + air);
        }
    return {begin, end};
}

// The widest place for a name beside its line, the left line's at its left.
std::optional<SceneBox> place_for_name(const Drawn& drawn, size_t i, double need) {
    std::optional<SceneBox> best;
    double widest = 0;
    for (size_t row = 1; row + 1 < drawn.lines[i].size(); ++row)
        for (const bool right : {true, false}) {
            const auto [begin, end] = room_beside(drawn, i, row, right);
            if (!(end - begin >= need) || end - begin <= widest) continue;
            const SceneBox box{right ? begin : end - need, drawn.lines[i][row].y - line_height / 2,
                               need, line_height};
            const bool taken = std::ranges::any_of(drawn.names, [&](const SceneBox& name) {
                return box.x < name.x + name.width && name.x < box.x + box.width &&
                       box.y < name.y + name.height && name.y < box.y + box.height;
            });
            if (taken) continue;
            widest = end - begin;
            best = box;
        }
    return best;
}

// Where two or three lines are far enough apart each has its name beside it. Gives which have.
Named name_lines(Canvas& canvas, const Series& series, const std::vector<Colour>& colours,
                 Drawn drawn) {
    Named named(drawn.lines.size(), false);
    if (drawn.lines.size() < 2 || drawn.lines.size() > 3) return named;
    for (size_t i = 0; i < drawn.lines.size(); ++i) {
        if (series.lines[i].label == series.y.title) continue;
        const TextStyle style{canvas.look.small, !series.lines[i].beside, colours[i]};
        const std::string_view name = without_space(series.lines[i].label);
        const auto box = place_for_name(drawn, i, canvas.width(name, style));
        if (!box) continue;
        canvas.write(box->x, box->y + line_height / 2, name, style);
        canvas.element(SceneElement::Of::row, static_cast<Index>(i), *box);
        drawn.names.push_back(*box);
        named[i] = true;
    }
    return named;
}

std::vector<std::string> tick_labels(const std::vector<AxisTick>& ticks) {
    std::vector<std::string> labels;
    for (const AxisTick& tick : ticks)
        labels.push_back(tick.label);
    return labels;
}

double draw_downward(Canvas& canvas, const Series& series, const Place& place) {
    const Index count = places(series);
    const double pitch = place.rows.count > 0 ? place.rows.pitch : canvas.row();
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
    std::vector<std::vector<ScenePoint>> lines(series.lines.size());
    for (size_t i = series.lines.size(); i-- > 0;) {
        for (size_t at = 0; at < series.lines[i].values.size(); ++at)
            lines[i].push_back(
                {left + axis.clamped_share(static_cast<double>(series.lines[i].values[at])) * width,
                 top + (static_cast<double>(at) + 0.5) * pitch});
        draw_curve(canvas, series, i, lines[i], colours[i]);
    }
    canvas.elements(SceneElement::Of::column, {left - 6, top, width + 12, pitch}, count, 1);
    const Named named =
        name_lines(canvas, series, colours, {{left, top, width, height}, std::move(lines)});
    return draw_legend(canvas, series, colours, place.x + labels.width, top + height + 6,
                       place.width - labels.width, named);
}

double ticks_width(Canvas& canvas, const std::vector<AxisTick>& ticks, const Place& place) {
    const TextStyle muted = canvas.small(canvas.theme.muted);
    return std::ceil(canvas.widest(tick_labels(ticks), muted, 0.3 * place.width)) + 8;
}

// A number holds for all of its place, or for its middle.
std::vector<ScenePoint> points_across(const Series& series, size_t line, const NumberAxis& axis,
                                      const SceneBox& plot, double pitch) {
    std::vector<ScenePoint> points;
    const auto& values = series.lines[line].values;
    for (size_t at = 0; at < values.size(); ++at) {
        const double x = plot.x + static_cast<double>(at) * pitch;
        const double y =
            plot.y + (1 - axis.clamped_share(static_cast<double>(values[at]))) * plot.height;
        if (series.steps) {
            points.push_back({x, y});
            points.push_back({x + pitch, y});
        } else {
            points.push_back({x + 0.5 * pitch, y});
        }
    }
    return points;
}

// The places' labels, or what the two ends mean, and what the places are. Gives the y below.
double name_places(Canvas& canvas, const finding::PlaceAxis& axis, const SceneBox& plot,
                   double pitch) {
    double y = plot.y + plot.height + 4;
    const TextStyle faint = canvas.small(canvas.theme.faint);
    if (!axis.first.empty() || !axis.last.empty()) {
        const double middle = y + line_height / 2;
        const double first =
            canvas.write(plot.x, middle, axis.first, faint, Anchor::start, plot.width / 2);
        const double last = canvas.write(plot.x + plot.width, middle, axis.last, faint, Anchor::end,
                                         plot.width / 2 - 12);
        const double half = canvas.width(axis.title, faint) / 2;
        if (half + std::max(first, last) + 16 < plot.width / 2)
            canvas.write(plot.x + plot.width / 2, middle, axis.title, faint, Anchor::middle);
        return y + line_height;
    }
    const RowLabels labels = row_labels(canvas, axis.labels, pitch);
    y += labels.height;
    draw_row_labels(canvas, labels, axis.labels, plot.x, y, pitch, true);
    if (axis.title.empty()) return y;
    canvas.write(plot.x + plot.width, y + line_height / 2, axis.title, faint, Anchor::end,
                 plot.width);
    return y + line_height;
}

double draw_across(Canvas& canvas, const Series& series, const Place& place) {
    const Index count = places(series);
    const NumberAxis axis = axis_of(series);
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const std::vector<Colour> colours = colours_of(canvas, series);
    const bool shared = place.plot.width > 0;
    const double height = shared ? canvas.length(low_plot_height[0], low_plot_height[1])
                                 : canvas.length(plot_height[0], plot_height[1]);
    const bool low = shared && height < least_ticked;
    const auto ticks = axis.ticks(across_ticks);
    const double left = place.x + (shared ? place.plot.left : ticks_width(canvas, ticks, place));
    const double width = shared ? place.plot.width : place.x + place.width - left;
    const std::string name = canvas.unsaid(with_unit(series.y.title, series.y.unit));
    double top = place.y + 4;
    if (low) {
        canvas.write(left - 8, top + height / 2, name, muted, Anchor::end, left - 8 - place.x);
    } else {
        const double title_width = canvas.write(place.x, place.y + line_height / 2, name, muted,
                                                Anchor::start, 0.5 * place.width);
        const double legend_from = std::max(left, place.x + std::ceil(title_width) + 20);
        top = std::max(place.y + line_height,
                       draw_legend(canvas, series, colours, legend_from, place.y,
                                   place.x + place.width - legend_from)) +
              8;
    }
    for (const AxisTick& tick : ticks) {
        if (low && tick.value != 0) continue;
        const double y = std::round(top + (1 - tick.share) * height);
        canvas.line(left, y, left + width, y, canvas.theme.line);
        if (!low) canvas.write(left - 8, y, tick.label, muted, Anchor::end);
    }
    const double pitch = width / static_cast<double>(std::max<Index>(count, 1));
    const SceneBox plot{left, top, width, height};
    for (size_t i = series.lines.size(); i-- > 0;) {
        const auto points = points_across(series, i, axis, plot, pitch);
        draw_curve(canvas, series, i, points, colours[i]);
        if (series.steps && !points.empty() && !std::isnan(points.back().y))
            canvas.scene.add(SceneCircle{points.back().x, points.back().y, 3, colours[i]});
    }
    canvas.elements(SceneElement::Of::column, {left, top, pitch, height}, 1, count);
    if (!place.plot.labelled) return top + height;
    return name_places(canvas, series.x, plot, pitch);
}

}  // namespace

Room room_for(Canvas& canvas, const Series& series) {
    if (series.downward) {
        const double labels =
            left_labels(canvas, series.x.labels, canvas.row(), downward_width[1]).width;
        double least = downward_width[0];
        for (const Series::Line& line : series.lines)
            if (line.label != series.y.title)
                least = std::max(
                    least, swatch + 7 + canvas.width(without_space(line.label), canvas.small({})));
        least = std::ceil(std::min(least, widest_named));
        return {least, std::max(least, downward_width[1]) + (labels > 0 ? 0.5 * labels : 0)};
    }
    return {180, std::clamp(40.0 + 20.0 * static_cast<double>(places(series)), 280.0, 640.0)};
}

Rows rows_of(Canvas& canvas, const Series& series, double) {
    if (!series.downward) return {};
    return {places(series), 2 * line_height, canvas.row(), series.x.labels};
}

Plot plot_of(Canvas& canvas, const Series& series, double width) {
    if (series.downward) return {};
    const Place place{.width = width};
    if (canvas.length(low_plot_height[0], low_plot_height[1]) < least_ticked)
        return {
            places(series),
            std::ceil(canvas.width(with_unit(series.y.title, series.y.unit), canvas.small({}))) + 8,
            0};
    return {places(series), ticks_width(canvas, axis_of(series).ticks(across_ticks), place), 0};
}

double draw(Canvas& canvas, const Series& series, const Place& place) {
    return series.downward ? draw_downward(canvas, series, place)
                           : draw_across(canvas, series, place);
}

}  // namespace fovea
