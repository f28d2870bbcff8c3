#include "app/views/way_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "app/panels/explanation.h"
#include "app/panels/panel_parts.h"
#include "app/ui/scene_painter.h"
#include "app/ui/widgets.h"
#include "engine/analysis/analysis.h"
#include "engine/figure/canvas.h"
#include "engine/text/piece_label.h"
#include "engine/trace/head_map.h"

namespace fovea::app {
namespace {

constexpr std::string_view chevron = "›", cut = "…", hint = "Backspace returns";
constexpr float step_gap = 7, hint_gap = 14, from_question = 24;  // design pixels

/// As the question has it: a leading space is not shown.
std::string token_word(const std::vector<std::string>& labels, Index token) {
    if (token < 0 || token >= std::ssize(labels)) return fmt::format("token {}", token);
    return std::string(without_space(bare_label(labels[static_cast<size_t>(token)])));
}

/// The cell that was asked about: see cell_in_question. nullopt: the model has no such head now.
std::optional<ViewState::Pin> cell_of(const Frame& frame, const ViewState::Asked& asked) {
    if (asked.pinned) return asked.pinned;
    // A row of a long sentence is thousands of dot products.
    struct Heaviest {
        std::weak_ptr<const Reading> reading;
        const Trace* trace = nullptr;
        std::map<std::tuple<Index, Index, Index>, Index> keys;
    };
    const auto& [layer, head] = asked.head;
    if (!frame.trace || layer >= frame.layers() || head >= frame.heads() || frame.queries() == 0)
        return std::nullopt;
    const Index last = frame.queries() - 1;
    const Index query = std::clamp<Index>(asked.query.value_or(last), 0, last);
    Heaviest& memory = frame.cache->of<Heaviest>();
    if (memory.reading.lock() != frame.reading || memory.trace != frame.trace)
        memory = {frame.reading, frame.trace, {}};
    const auto [found, is_new] = memory.keys.try_emplace({layer, head, query}, 0);
    if (is_new) {
        const LayerTrace& of = *frame.trace->layers[static_cast<size_t>(layer)];
        found->second = heaviest_key(of, head, query);
    }
    return ViewState::Pin{query, found->second};
}

/// One step as it is drawn.
struct Step {
    std::string words;
    size_t place;  ///< in the trail; its size: what is asked now
    float width;
};

}  // namespace

std::string asked_in_words(const Frame& frame, const ViewState::Asked& asked) {
    const auto token = [&](Index query) { return token_word(frame.query_labels(), query); };
    const Analysis* analysis = analysis_by_name(asked.analysis);
    if (analysis && analysis->reads.cell) {
        const std::string head = short_head_name(asked.head);
        if (const auto cell = cell_of(frame, asked))
            return fmt::format("{} · {} → {}", head, token(cell->query),
                               token_word(frame.key_labels(), cell->key));
        return asked.query ? fmt::format("{} · {}", head, token(*asked.query)) : head;
    }
    std::string words = fmt::format("{} · L{}", analysis ? analysis->name : "", asked.head.layer);
    if (asked.query) words += " · " + token(*asked.query);
    return words;
}

void draw_way_back(Frame& frame, float width, const std::string& question) {
    const ViewState& view = frame.view;
    if (view.trail.empty()) return;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.small;
    const auto width_of = [&](std::string_view words) {
        return std::ceil(widgets::text_size(face, words).x);
    };
    const FigureLook look;
    FontMeasure measure(frame.fonts, frame.scale);
    const auto taken = static_cast<float>(measure.width(question, {look.title, true, {}}));
    const float margin = frame.px(figure_margin), gap = frame.px(step_gap);
    const float right = corner.x + width - margin;
    const float left = corner.x + margin + std::min(frame.px(taken + from_question), width);
    const float between = 2 * gap + width_of(chevron), beginning = width_of(cut) + between;

    std::vector<Step> steps;
    for (size_t i = 0; i < view.trail.size(); ++i)
        steps.push_back({asked_in_words(frame, view.trail[i]), i, 0});
    steps.push_back({asked_in_words(frame, asked_now(view)), view.trail.size(), 0});
    for (Step& step : steps)
        step.width = width_of(step.words);
    const float room = right - left;
    const float hint_width = width_of(hint) + frame.px(hint_gap);
    // The newest steps that fit; of the others the last is behind the dots.
    float used = steps.back().width;
    size_t first = steps.size() - 1;
    while (first > 0) {
        const float more = steps[first - 1].width + between;
        if (used + more + (first > 1 ? beginning : 0) > room) break;
        used += more;
        --first;
    }
    if (first > 0) {
        steps[first - 1].words = cut;
        steps[first - 1].width = width_of(cut);
        used += beginning;
        --first;
    }
    const float line = std::round(1.4f * static_cast<float>(look.title));
    const float height = frame.px(line), y = std::floor(corner.y + margin);
    const float top = widgets::text_top(face, y, height);
    ImDrawList* list = ImGui::GetWindowDrawList();
    float x = right - used;
    if (used + hint_width <= room) {
        widgets::text_right(list, face, {right, top}, frame.theme.faint, hint);
        x -= hint_width;
    }
    // Without room for what is asked now, the way back alone.
    x = std::max(std::floor(x), std::min(left, right - width_of(cut)));
    for (size_t i = first; i < steps.size(); ++i) {
        const Step& step = steps[i];
        const bool now = step.place == view.trail.size();
        const float wide = std::min(step.width, right - x);
        if (wide <= 0) break;
        ImU32 ink = frame.theme.blue;
        if (!now) {
            ImGui::SetCursorScreenPos({x, y});
            const auto hit =
                widgets::hit(frame, fmt::format("step {}", step.place).c_str(), {wide, height},
                             fmt::format("To what was asked before\n{}{}",
                                         asked_in_words(frame, view.trail[step.place]),
                                         step.place + 1 == view.trail.size() ? "\nBackspace" : ""));
            ink = hit.hovered ? frame.theme.text : frame.theme.muted;
            if (hit.clicked) {
                go_back_to(frame.view, step.place);
                break;
            }
        }
        widgets::clipped_text(list, face, {x, top}, wide + 1, ink, step.words);
        x += wide + gap;
        if (now || x + width_of(chevron) > right) break;
        widgets::text(list, face, {x, top}, frame.theme.faint, chevron);
        x += width_of(chevron) + gap;
    }
    ImGui::SetCursorScreenPos(corner);
}

}  // namespace fovea::app
