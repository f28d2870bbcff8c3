#include "app/panels/head_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/head_changes.h"
#include "app/panels/head_means.h"
#include "app/panels/map_axes.h"
#include "engine/metrics/row_metric.h"

namespace fovea::app {
namespace {

/// In a frame; the rest of the time is the drawing's.
constexpr double seconds_for_changes = 0.006;

const RowMetric* metric_of(std::string_view name) {
    const auto metric = metric_index(name);
    return metric ? &row_metrics()[static_cast<size_t>(*metric)] : nullptr;
}

bool is_measure(std::string_view name) {
    return name == change_metric || metric_of(name) != nullptr;
}

}  // namespace

std::vector<HeadMeasure> head_measures() {
    std::vector<HeadMeasure> measures;
    for (const RowMetric& metric : row_metrics())
        measures.push_back(
            {std::string(metric.name), std::string(metric.label), std::string(metric.unit)});
    measures.push_back({change_metric, "change by the edits", ""});
    return measures;
}

std::string next_head_measure(std::string_view name) {
    const auto measures = head_measures();
    const auto here = std::find_if(measures.begin(), measures.end(),
                                   [&](const HeadMeasure& one) { return one.name == name; });
    if (here == measures.end()) return measures.front().name;
    return here + 1 == measures.end() ? std::string() : (here + 1)->name;
}

float head_value(const Frame& frame, std::string_view measure, HeadId head) {
    if (measure == change_metric)
        return frame.changes ? frame.changes->of(head).value_or(std::nanf("")) : std::nanf("");
    const auto metric = metric_index(measure);
    return metric ? head_means(frame, *metric).of(head) : std::nanf("");
}

std::string shown_head_value(const Frame& frame, std::string_view measure, HeadId head) {
    const float value = head_value(frame, measure, head);
    if (std::isnan(value)) return "–";
    const RowMetric* metric = metric_of(measure);
    const std::string number = short_number(value);
    return metric && !metric->unit.empty() ? fmt::format("{} {}", number, metric->unit) : number;
}

bool sorts_heads(const ViewState& view) {
    return is_measure(view.sort_metric);
}

std::vector<HeadId> ordered_heads(const Frame& frame) {
    std::vector<HeadId> heads;
    heads.reserve(static_cast<size_t>(frame.layers() * frame.heads()));
    for (Index l = 0; l < frame.layers(); ++l) {
        for (Index h = 0; h < frame.heads(); ++h)
            heads.push_back({l, h});
    }
    if (!sorts_heads(frame.view)) return heads;
    std::vector<float> values;
    values.reserve(heads.size());
    for (const HeadId head : heads)
        values.push_back(head_value(frame, frame.view.sort_metric, head));
    const auto value = [&](HeadId head) {
        return values[static_cast<size_t>(head.layer * frame.heads() + head.head)];
    };
    std::stable_sort(heads.begin(), heads.end(), [&](HeadId a, HeadId b) {
        const float left = value(a), right = value(b);
        if (std::isnan(left) || std::isnan(right)) return !std::isnan(left) && std::isnan(right);
        return frame.view.sort_descending ? left > right : left < right;
    });
    return heads;
}

std::string order_caption(const ViewState& view) {
    if (!sorts_heads(view)) return "by layer";
    const bool change = view.sort_metric == change_metric;
    return fmt::format("{} {} first", view.sort_descending ? "highest" : "lowest",
                       change ? "change" : metric_of(view.sort_metric)->label);
}

void find_changes(Frame& frame) {
    const ViewState& view = frame.view;
    const bool wanted =
        view.show_change || view.sort_metric == change_metric || view.frame_metric == change_metric;
    if (wanted && frame.changes && frame.changes->advance(frame, seconds_for_changes))
        frame.draw_again();
}

}  // namespace fovea::app
