#include "app/panels/panel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/map_paint.h"
#include "app/ui/theme.h"

namespace fovea::app {

HeadId chosen_head(const Frame& frame) {
    const HeadId id = frame.view.selected;
    return {std::clamp(id.layer, Index{0}, std::max(Index{0}, frame.layers() - 1)),
            std::clamp(id.head, Index{0}, std::max(Index{0}, frame.heads() - 1))};
}

std::optional<Index> query_in_view(const Frame& frame) {
    const Index count = frame.queries();
    if (count == 0) return std::nullopt;
    const auto inside = [&](std::optional<Index> i) { return i && *i >= 0 && *i < count; };
    if (inside(frame.hovered.query)) return frame.hovered.query;
    if (inside(frame.view.selected_query)) return frame.view.selected_query;
    return count - 1;
}

Sentence sentence_of(const Frame& frame, bool queries) {
    const bool target = queries ? Reading::of_target(frame.part) : frame.part == Part::decoder;
    return target ? Sentence::target : Sentence::source;
}

std::optional<Index> sought_token(const Frame& frame, bool queries) {
    const auto& sought = frame.view.sought.tokens;
    const Index count = queries ? frame.queries() : frame.keys();
    if (!sought || sought->sentence != sentence_of(frame, queries) || sought->first >= count)
        return std::nullopt;
    return sought->first;
}

std::string scope_name_here(const Frame& frame, Scope scope) {
    if (scope.part == frame.part && (scope.layer || scope.head)) scope.part.reset();
    return scope_name(scope);
}

Scope paint_scope(const Frame& frame) {
    return paint_scope(frame.view.paint_scope, chosen_head(frame), frame.part);
}

std::string_view part_label(Part part) {
    switch (part) {
        case Part::self:
            break;
        case Part::encoder:
            return "Encoder";
        case Part::decoder:
            return "Decoder";
        case Part::cross:
            return "Cross";
    }
    return "";
}

std::string_view bare_label(std::string_view label) {
    const size_t first = label.find_first_not_of(' ');
    if (first == std::string_view::npos) return label;
    return label.substr(first, label.find_last_not_of(' ') - first + 1);
}

std::string quoted_token(const std::vector<std::string>& labels, Index token) {
    if (token < 0 || token >= static_cast<Index>(labels.size()))
        return fmt::format("token {}", token);
    return fmt::format("“{}”", bare_label(labels[static_cast<size_t>(token)]));
}

std::string shown_number(float value, int decimals) {
    if (std::isnan(value)) return "–";
    if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
    std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
    const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
    return value < 0 && !is_zero ? "−" + text : text;
}

std::string number_in(float value, int characters) {
    if (!std::isfinite(value)) return shown_number(value, 0);
    const auto fits = [&](const std::string& text) {
        return static_cast<int>(text.size()) <= characters;
    };
    for (int decimals = std::min(2, characters - 1); decimals >= 0; --decimals) {
        std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
        if (fits(text)) return text;
        // ".48" for 0.48; what rounds to one is "1.0" or "1".
        if (decimals > 0 && text.starts_with("0.") && fits(text.substr(1))) return text.substr(1);
    }
    std::string shortest;
    for (const char* thousands : {"k", "M", "G"}) {
        value /= 1000;
        std::string text = fmt::format("{:.0f}{}", std::abs(value), thousands);
        if (text.starts_with('0'))
            text = fmt::format("{:.1f}{}", std::abs(value), thousands).substr(1);
        if (fits(text)) return text;
        if (shortest.empty() || text.size() < shortest.size()) shortest = text;
    }
    return shortest;
}

std::string shown_change(float value, int decimals) {
    const std::string text = shown_number(value, decimals);
    const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
    return value > 0 && !is_zero ? "+" + text : text;
}

std::span<const float> metric_rows(const Trace& trace, Index metric, HeadId id) {
    const Tensor& metrics = trace.scores(id.layer).metrics;  // [metrics, heads, queries]
    const Index heads = metrics.extent(1), queries = metrics.extent(2);
    return {metrics.data() + (metric * heads + id.head) * queries, static_cast<size_t>(queries)};
}

Index chosen_metric(const ViewState& view) {
    return metric_index(view.entropy_metric)
        .value_or(metric_index("entropy_normalised").value_or(0));
}

std::string metric_caption(const RowMetric& metric) {
    if (metric.unit == metric.name || metric.label == "entropy") return std::string(metric.unit);
    if (metric.unit.empty()) return fmt::format("{}, 0…1", metric.label);
    if (metric.label.find(metric.unit) != std::string_view::npos) return std::string(metric.label);
    return fmt::format("{}, {}", metric.label, metric.unit);
}

}  // namespace fovea::app
