#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/core/number_text.h"
#include "engine/figure/lengths.h"
#include "engine/figure/painters.h"
#include "engine/figure/place_labels.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Bars;

constexpr double upright_height[] = {40, 96};
constexpr double thickness = 10;  // of a bar that lies
constexpr double widest_label = 160;
constexpr double gap = 12;
constexpr double heading = 16;
constexpr double least_bars = 7, most_bars = 12;  // that lie, where there are more

Lengths lengths_of_bars(const Bars& bars) {
    ValueExtent extent = ValueExtent::none();
    for (const Bars::Bar& bar : bars.bars) {
        extent.take(bar.value);
        if (bar.beside) extent.take(*bar.beside);
    }
    return lengths_of(bars.value, extent.smallest, extent.largest);
}

std::vector<std::string> labels_of(const Bars& bars) {
    std::vector<std::string> labels;
    for (const Bars::Bar& bar : bars.bars)
        labels.push_back(bar.label);
    return labels;
}

double number_width(Canvas& canvas, const Bars& bars, const Lengths& lengths) {
    const TextStyle style = canvas.text(canvas.theme.text, true);
    double widest = 0;
    for (const Bars::Bar& bar : bars.bars)
        widest = std::max(widest, canvas.width(lengths.text(bar.value), style));
    if (bars.sum) widest = std::max(widest, canvas.width(lengths.text(*bars.sum), style));
    return std::ceil(widest);
}

double label_width(Canvas& canvas, const Bars& bars) {
    return std::ceil(canvas.widest(labels_of(bars), canvas.text(canvas.theme.text), widest_label));
}

// With a line above it that parts it from what it adds up.
double draw_sum(Canvas& canvas, const Bars& bars, const Lengths& lengths, double x, double y,
                double width) {
    if (!bars.sum) return y;
    canvas.line(x, y + 3, x + width, y + 3, canvas.theme.line);
    const TextStyle strong = canvas.text(canvas.theme.text, true);
    const double middle = y + 7 + canvas.row() / 2;
    canvas.write(x, middle, "sum", strong);
    canvas.write(x + width, middle, lengths.text(*bars.sum), strong, Anchor::end);
    return y + 7 + canvas.row();
}

/// Of more bars than a person reads: the longest, longest first, and how many are left.
struct Shown {
    std::vector<size_t> bars;  // places in Bars::bars
    std::vector<size_t> others;
};
Shown shown_bars(const Canvas& canvas, const Bars& bars, bool all) {
    Shown shown;
    shown.bars.resize(bars.bars.size());
    std::iota(shown.bars.begin(), shown.bars.end(), size_t{0});
    const auto most = static_cast<size_t>(canvas.length(least_bars, most_bars));
    if (all || shown.bars.size() <= most + 1) return shown;
    const auto size_of = [&](size_t i) {
        const double value = bars.bars[i].value;
        return std::isnan(value) ? -1 : std::abs(value);
    };
    std::ranges::stable_sort(shown.bars, std::greater<>(), size_of);
    shown.others.assign(shown.bars.begin() + static_cast<std::ptrdiff_t>(most), shown.bars.end());
    shown.bars.resize(most);
    return shown;
}

// What is left adds up where the whole does; else it is none longer than the longest of it.
std::string value_of_others(const Bars& bars, const Lengths& lengths, const Shown& shown) {
    double sum = 0;
    for (const size_t i : shown.others)
        sum += bars.bars[i].value;
    if (bars.sum) return lengths.text(sum);
    const double longest = std::abs(bars.bars[shown.others.front()].value);
    return "≤ " + number_text(longest, lengths.decimals);
}

double draw_lying(Canvas& canvas, const Bars& bars, const Place& place) {
    const Lengths lengths = lengths_of_bars(bars);
    const bool shared = place.rows.count > 0;
    const Shown shown = shown_bars(canvas, bars, shared);
    const double pitch = shared ? place.rows.pitch : canvas.row();
    const double header = std::max(place.rows.header, heading);
    const double top = place.y + header;
    const bool letters = pitch >= least_row;
    const double number = letters ? number_width(canvas, bars, lengths) + gap : 0;
    const double labels =
        place.labelled && letters ? std::min(label_width(canvas, bars), 0.4 * place.width) : 0;
    const double right = place.x + place.width;
    const double from = place.x + (labels > 0 ? labels + gap : 0);
    const SceneBox area{from, top, std::max(8.0, right - number - from),
                        pitch * static_cast<double>(shown.bars.size())};
    const TextStyle faint = canvas.small(canvas.theme.muted);
    const double name = canvas.write(right, top - heading / 2,
                                     canvas.unsaid(with_unit(bars.value.title, bars.value.unit)),
                                     faint, Anchor::end, right - from);
    if (labels > 0)
        canvas.write(place.x, top - heading / 2, bars.title, faint, Anchor::start,
                     right - name - gap - place.x);
    const double thick = std::min(thickness, std::max(1.0, pitch - 2));
    double y = top;
    for (const size_t i : shown.bars) {
        const Bars::Bar& bar = bars.bars[i];
        const double middle = y + pitch / 2;
        const SceneBox box{area.x, std::floor(middle - thick / 2), area.width, thick};
        draw_length(canvas, lengths, bar.value, box);
        if (bar.beside) {
            const double at =
                std::round(box.x + lengths.axis.clamped_share(*bar.beside) * box.width);
            canvas.fill({at - 1, box.y - 2, 2, thick + 4}, canvas.theme.text);
        }
        if (letters) {
            if (labels > 0)
                canvas.write(place.x, middle, bar.label, canvas.text(canvas.theme.text),
                             Anchor::start, labels + 1);
            canvas.write(right, middle, lengths.text(bar.value), canvas.text(canvas.theme.text),
                         Anchor::end);
        }
        canvas.element(SceneElement::Of::number, static_cast<Index>(i),
                       {place.x, y, place.width, pitch});
        y += pitch;
    }
    draw_zero(canvas, lengths, area);
    if (!shown.others.empty()) {
        const TextStyle muted = canvas.text(canvas.theme.muted);
        canvas.write(place.x, y + pitch / 2, fmt::format("{} others", shown.others.size()), muted,
                     Anchor::start, place.width - number);
        canvas.write(right, y + pitch / 2, value_of_others(bars, lengths, shown), muted,
                     Anchor::end);
        y += pitch;
    }
    // Rows too low for letters stand beside a table that adds up.
    if (!letters && canvas.fitting) return y;
    return draw_sum(canvas, bars, lengths, place.x, y, place.width);
}

// The numbers of the longest bars, one on either side of zero.
void name_extremes(Canvas& canvas, const Bars& bars, const Lengths& lengths, const SceneBox& area,
                   double pitch) {
    const TextStyle style = canvas.small(canvas.theme.muted);
    const auto name = [&](size_t i, bool above) {
        const double value = bars.bars[i].value;
        const double end = area.y + (1 - lengths.axis.clamped_share(value)) * area.height;
        const std::string text = lengths.text(value);
        const double half = canvas.width(text, style) / 2;
        const double x = std::clamp(area.x + (static_cast<double>(i) + 0.5) * pitch, area.x + half,
                                    std::max(area.x + half, area.x + area.width - half));
        canvas.write(x, end + (above ? -7 : 7), text, style, Anchor::middle);
    };
    const auto [least, most] = std::ranges::minmax_element(bars.bars, {}, &Bars::Bar::value);
    if (most->value > 0) name(static_cast<size_t>(most - bars.bars.begin()), true);
    if (least->value < 0) name(static_cast<size_t>(least - bars.bars.begin()), false);
}

double pitch_of(const Bars& bars, double width) {
    const double pitch =
        std::min(24.0, width / static_cast<double>(std::max<size_t>(bars.bars.size(), 1)));
    return pitch >= 2 ? std::floor(pitch) : pitch;
}

// Of a plot under another one, at its left.
double name_width(Canvas& canvas, const Bars& bars) {
    const std::string name = with_unit(bars.value.title, bars.value.unit);
    return name.empty() ? 0 : std::ceil(canvas.width(name, canvas.small({}))) + 8;
}

double draw_upright(Canvas& canvas, const Bars& bars, const Place& place) {
    const Lengths lengths = lengths_of_bars(bars);
    const TextStyle muted = canvas.small(canvas.theme.muted);
    // Under another plot its name stands at the left of it, else above.
    const bool shared = place.plot.width > 0;
    const auto count = static_cast<double>(std::max<size_t>(bars.bars.size(), 1));
    const double pitch = shared ? place.plot.width / count : pitch_of(bars, place.width);
    const double top = place.y + (shared ? 12 : heading + 6);
    const SceneBox area{place.x + place.plot.left, top, pitch * count,
                        canvas.length(upright_height[0], upright_height[1])};
    const double zero = std::round(top + (1 - lengths.zero_share()) * area.height);
    const std::string name = canvas.unsaid(with_unit(bars.value.title, bars.value.unit));
    if (shared)
        canvas.write(area.x - 8, zero, name, muted, Anchor::end, place.plot.left - 8);
    else
        canvas.write(place.x, place.y + heading / 2 - 2, name, muted, Anchor::start, place.width);
    const bool has_sign = lengths.is_signed || lengths.axis.low < 0;
    const double bar_gap = pitch >= 4 ? 1 : 0;
    for (size_t i = 0; i < bars.bars.size(); ++i) {
        const Bars::Bar& bar = bars.bars[i];
        const double x = area.x + static_cast<double>(i) * pitch;
        canvas.element(SceneElement::Of::number, static_cast<Index>(i),
                       {x, area.y, pitch, area.height});
        if (std::isnan(bar.value)) continue;
        const double end = top + (1 - lengths.axis.clamped_share(bar.value)) * area.height;
        const double length = bar.value == 0 ? 0 : std::max(1.0, std::abs(end - zero));
        canvas.fill({x, end > zero ? zero : zero - length, pitch - bar_gap, length},
                    has_sign ? length_colour(canvas.theme, bar.value) : canvas.theme.bar);
        if (bar.beside)
            canvas.fill(
                {x,
                 std::round(top + (1 - lengths.axis.clamped_share(*bar.beside)) * area.height) - 1,
                 pitch - bar_gap, 2},
                canvas.theme.text);
    }
    canvas.line(area.x, zero, area.x + area.width, zero, canvas.theme.line);
    if (!bars.bars.empty()) name_extremes(canvas, bars, lengths, area, pitch);
    const std::vector<std::string> names = labels_of(bars);
    RowLabels labels;
    if (place.plot.labelled) labels = row_labels(canvas, names, pitch);
    // The number of the longest bar against stands below it.
    double bottom = area.y + area.height + (lengths.axis.low < 0 ? 12 : 4) + labels.height;
    if (place.plot.labelled) draw_row_labels(canvas, labels, names, area.x, bottom, pitch, true);
    if (!bars.title.empty() && place.plot.labelled) {
        canvas.write(area.x, bottom + heading / 2, bars.title, canvas.small(canvas.theme.faint),
                     Anchor::start, place.width - place.plot.left);
        bottom += heading;
    }
    // Where more stands below, it says what they come to.
    if (!place.plot.labelled) return bottom;
    return draw_sum(canvas, bars, lengths, area.x, bottom,
                    std::min(std::max(area.width, 160.0), place.width - place.plot.left));
}

}  // namespace

Room room_for(Canvas& canvas, const Bars& bars) {
    if (bars.upright) {
        const auto count = static_cast<double>(bars.bars.size());
        return {std::max(160.0, 2 * count), std::clamp(12 * count, 160.0, 760.0)};
    }
    // Of rows that are shared with lower squares there are no letters.
    if (canvas.shared_pitch > 0 && canvas.shared_pitch < least_row) return {48, 76};
    const double text =
        label_width(canvas, bars) + number_width(canvas, bars, lengths_of_bars(bars)) + 2 * gap;
    return {std::min(text, 140.0) + 40, text + 160};
}

Rows rows_of(Canvas& canvas, const Bars& bars, double) {
    if (bars.upright) return {};
    return {static_cast<Index>(bars.bars.size()), heading, canvas.row(), labels_of(bars)};
}

Plot plot_of(Canvas& canvas, const Bars& bars, double width) {
    if (!bars.upright) return {};
    const auto count = static_cast<Index>(bars.bars.size());
    return {count, name_width(canvas, bars), pitch_of(bars, width) * static_cast<double>(count)};
}

double draw(Canvas& canvas, const Bars& bars, const Place& place) {
    return bars.upright ? draw_upright(canvas, bars, place) : draw_lying(canvas, bars, place);
}

}  // namespace fovea
