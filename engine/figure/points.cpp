#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Points;

constexpr double widest = 440;
constexpr double aspect[] = {0.35, 0.7};  // of the height to the width
constexpr double radius = 3.5;
constexpr double line_height = 15;

struct Axes {
    NumberAxis x, y;
};

Axes axes_of(const Points& points) {
    ValueExtent across = ValueExtent::none(), up = ValueExtent::none();
    for (const Points::Point& point : points.points) {
        across.take(point.x);
        up.take(point.y);
    }
    return {number_axis(points.x, across.smallest, across.largest, false),
            number_axis(points.y, up.smallest, up.largest, false)};
}

bool overlap(const SceneBox& a, const SceneBox& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

// The names of as many points as have room for theirs, the first ones before the others: right of
// the point, else left, above, below.
void name_points(Canvas& canvas, const Points& points, const std::vector<ScenePoint>& places,
                 const SceneBox& area) {
    const TextStyle style = canvas.small(canvas.theme.muted);
    std::vector<SceneBox> taken;
    for (const ScenePoint& place : places)
        if (!std::isnan(place.x))
            taken.push_back({place.x - radius, place.y - radius, 2 * radius, 2 * radius});
    for (size_t i = 0; i < places.size(); ++i) {
        if (points.points[i].label.empty() || std::isnan(places[i].x)) continue;
        const double width = canvas.width(points.points[i].label, style), height = 11;
        const auto [x, y] = places[i];
        const double aside = radius + 4;
        const SceneBox tries[] = {{x + aside, y - height / 2, width, height},
                                  {x - aside - width, y - height / 2, width, height},
                                  {x - width / 2, y - aside - height, width, height},
                                  {x - width / 2, y + aside, width, height}};
        for (const SceneBox& box : tries) {
            const bool inside = box.x >= area.x && box.x + box.width <= area.x + area.width &&
                                box.y >= area.y && box.y + box.height <= area.y + area.height;
            if (!inside || std::ranges::any_of(
                               taken, [&](const SceneBox& other) { return overlap(box, other); }))
                continue;
            canvas.write(box.x, box.y + height / 2, points.points[i].label, style);
            taken.push_back(box);
            break;
        }
    }
}

}  // namespace

Room room_for(Canvas&, const Points&) {
    return {200, widest};
}

double draw(Canvas& canvas, const Points& points, const Place& place) {
    const Axes axes = axes_of(points);
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const auto up = axes.y.ticks(6);
    double labels = 0;
    for (const AxisTick& tick : up)
        labels = std::max(labels, canvas.width(tick.label, muted));
    const double left = place.x + std::ceil(labels) + 8;
    const double width = std::min(widest, place.x + place.width - left - 14);
    const SceneBox area{
        left, place.y + line_height + 8, width,
        canvas.length(std::round(aspect[0] * width), std::round(aspect[1] * width))};
    const double bottom = area.y + area.height;

    canvas.write(place.x, place.y + line_height / 2,
                 with_unit(points.y.title, points.y.unit) + " ↑", muted, Anchor::start,
                 place.width);
    for (const AxisTick& tick : up) {
        const double y = std::round(bottom - tick.share * area.height);
        canvas.line(left, y, left + width, y, canvas.theme.line);
        canvas.write(left - 8, y, tick.label, muted, Anchor::end);
    }
    double used = -no_limit;
    for (const AxisTick& tick : axes.x.ticks(std::max(2, static_cast<int>(width / 60)))) {
        const double x = std::round(left + tick.share * width);
        canvas.line(x, area.y, x, bottom, canvas.theme.line);
        const double half = canvas.width(tick.label, muted) / 2;
        if (x - half < used + 6) continue;
        canvas.write(x, bottom + 10, tick.label, muted, Anchor::middle);
        used = x + half;
    }
    canvas.write(left + width, bottom + 10 + line_height,
                 with_unit(points.x.title, points.x.unit) + " →", muted, Anchor::end, width);

    std::vector<ScenePoint> places;
    for (const Points::Point& point : points.points)
        places.push_back({left + axes.x.clamped_share(point.x) * width,
                          bottom - axes.y.clamped_share(point.y) * area.height});
    // The first ones lie on top.
    for (size_t i = places.size(); i-- > 0;) {
        if (std::isnan(places[i].x) || std::isnan(places[i].y)) {
            places[i].x = std::nan("");
            continue;
        }
        canvas.scene.add(
            SceneCircle{places[i].x, places[i].y, radius + 1, canvas.theme.background});
        canvas.scene.add(SceneCircle{places[i].x, places[i].y, radius, canvas.theme.bar});
        canvas.element(SceneElement::Of::number, static_cast<Index>(i),
                       {places[i].x - 5, places[i].y - 5, 10, 10});
    }
    name_points(canvas, points, places, area);
    return bottom + 10 + 1.5 * line_height;
}

}  // namespace fovea
