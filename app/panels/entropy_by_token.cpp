#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/left_column.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

constexpr float label_room = layer_index_room;
constexpr float widest_bar = 28;

struct Chart {
    ImVec2 min, max;
    Index count;
    float high;
    float left_of(Index i) const {
        return min.x + (max.x - min.x) * static_cast<float>(i) / static_cast<float>(count);
    }
    Index token_at(float x) const {
        const float share = (x - min.x) / (max.x - min.x);
        return std::clamp(static_cast<Index>(share * static_cast<float>(count)), Index{0},
                          count - 1);
    }
    float height_of(float value) const {
        const float share = high > 0 ? std::clamp(value / high, 0.0f, 1.0f) : 0;
        return std::round(share * (max.y - min.y));
    }
};

/// The largest defined value of tokens [begin, end); NaN where none is.
float largest(std::span<const float> rows, Index begin, Index end) {
    float result = std::numeric_limits<float>::quiet_NaN();
    for (Index i = begin; i < end; ++i) {
        const float value = rows[static_cast<size_t>(i)];
        if (std::isfinite(value) && !(result >= value)) result = value;
    }
    return result;
}

void draw_bar(Frame& frame, const Chart& chart, float left, float right, float value, bool signal) {
    if (std::isnan(value)) return;
    const float height = std::max(chart.height_of(value), frame.px(1));
    ImGui::GetWindowDrawList()->AddRectFilled({left, chart.max.y - height}, {right, chart.max.y},
                                              signal ? frame.theme.blue : frame.theme.muted);
}

void draw_bars(Frame& frame, const Chart& chart, std::span<const float> rows) {
    const std::optional<Index> query = query_in_view(frame);
    const float pitch = (chart.max.x - chart.min.x) / static_cast<float>(chart.count);
    if (pitch >= 2) {
        const float space = pitch >= frame.px(6) ? frame.px(2) : pitch >= frame.px(3) ? 1.0f : 0.0f;
        // Few tokens: bars, not blocks.
        const float inset = std::max(0.0f, std::round((pitch - frame.px(widest_bar)) / 2));
        for (Index i = 0; i < chart.count; ++i)
            draw_bar(frame, chart, std::round(chart.left_of(i)) + inset,
                     std::round(chart.left_of(i + 1)) - std::max(space, inset),
                     rows[static_cast<size_t>(i)], i == query);
        return;
    }
    // More tokens than pixels: each pixel shows the largest of its tokens.
    for (float x = chart.min.x; x < chart.max.x; ++x) {
        const Index begin = chart.token_at(x);
        const Index end = std::max(begin + 1, chart.token_at(x + 1));
        draw_bar(frame, chart, x, x + 1, largest(rows, begin, end),
                 query && *query >= begin && *query < end);
    }
}

void draw_axes(Frame& frame, const Chart& chart, float bottom, bool names) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = frame.fonts.small;
    const Theme& theme = frame.theme;
    list->AddRectFilled({chart.min.x, chart.max.y},
                        {chart.max.x, chart.max.y + std::max(1.0f, std::floor(frame.px(1)))},
                        theme.line);
    const float right = chart.min.x - frame.px(6);
    const float half = widgets::font_size(face) / 2;
    const bool whole = std::abs(chart.high - std::round(chart.high)) < 0.005f;
    widgets::number(list, face, {right, std::floor(chart.min.y - half + frame.px(2))}, theme.faint,
                    shown_number(chart.high, whole ? 0 : 1));
    widgets::number(list, face, {right, std::floor(chart.max.y - half - frame.px(2))}, theme.faint,
                    "0");
    if (!names) return;
    const float top = bottom - widgets::font_size(face) - frame.px(1);
    widgets::text(list, face, {chart.min.x, std::floor(top)}, theme.faint, "first token");
    widgets::text_right(list, face, {chart.max.x, std::floor(top)}, theme.faint, "last");
}

void draw_entropy_by_token(Frame& frame) {
    const HeadId id = chosen_head(frame);
    const Index metric = chosen_metric(frame.view);
    const RowMetric& chosen = row_metrics()[static_cast<size_t>(metric)];
    const bool is_entropy = chosen.name.starts_with("entropy");
    widgets::heading(frame, is_entropy ? std::string_view("Entropy by token") : "By token",
                     frame.trace ? head_name(id) : std::string());
    const LeftColumn column = left_column(frame);
    const float below = frame.px(column.chart_names ? chart_names_room : low_chart_room);
    const float height = frame.px(chart_top_room) + column.chart + below;
    if (!frame.trace || frame.queries() == 0) return widgets::gap(frame, height / frame.scale);

    const std::span<const float> rows = metric_rows(*frame.trace, metric, id);
    const auto count = static_cast<Index>(rows.size());
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x;
    const float top = corner.y + frame.px(chart_top_room);
    const widgets::Hit area = widgets::hit(frame, "bars", {right - corner.x, height}, {});
    const float found = largest(rows, 0, count);
    const Chart chart{{corner.x + frame.px(label_room), top},
                      {right, std::floor(top + column.chart)},
                      count,
                      chosen.upper_bound.value_or(std::isnan(found) ? 1 : found)};
    draw_bars(frame, chart, rows);
    draw_axes(frame, chart, area.max.y, column.chart_names);

    if (!area.hovered || ImGui::GetIO().MousePos.x < chart.min.x) return;
    const Index under = chart.token_at(ImGui::GetIO().MousePos.x);
    frame.view.hover.query = under;
    if (area.clicked) frame.view.selected_query = under;
    widgets::tooltip(frame, fmt::format("{}\ntoken {}: {} {}\nClick or Shift+arrows: choose it",
                                        quoted_token(frame.query_labels(), under), under,
                                        shown_number(rows[static_cast<size_t>(under)], 3),
                                        metric_caption(chosen)));
}

}  // namespace

Panel entropy_by_token_panel() {
    return {"entropy_by_token", "", Place::left, draw_entropy_by_token};
}

}  // namespace fovea::app
