#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/gl/scene_textures.h"
#include "app/panels/explanation.h"
#include "app/panels/left_column.h"
#include "app/panels/matrix_view.h"
#include "app/panels/this_square.h"
#include "app/ui/scene_painter.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"
#include "app/views/scene_marks.h"
#include "app/views/way_back.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"

namespace fovea::app {
namespace {

/// The scene of the answer in view, laid out for the room that there is.
struct LaidOut {
    std::shared_ptr<const Findings> findings;
    const Analysis* analysis = nullptr;
    float width = 0, height = 0, scale = 0;
    bool dark = false;
    ColourMap map = ColourMap::viridis;
    const void* font = nullptr;
    Scene scene;
    SceneTextures textures;
};

ColourMapName named(ColourMap map) {
    switch (map) {
        case ColourMap::viridis:
            return ColourMapName::viridis;
        case ColourMap::magma:
            return ColourMapName::magma;
        case ColourMap::cividis:
            return ColourMapName::cividis;
        case ColourMap::greys:
            break;
    }
    return ColourMapName::greys;
}

const LaidOut& laid_out(Frame& frame, const Explanation& explanation, const Area& area) {
    LaidOut& it = frame.cache->of<LaidOut>();
    const float width = std::floor(area.width()), height = std::floor(area.height());
    const bool same = it.findings == explanation.findings && it.width == width &&
                      it.height == height && it.scale == frame.scale &&
                      it.dark == frame.view.dark && it.map == frame.view.colour_map &&
                      it.font == frame.fonts.text;
    if (same) return it;
    it.findings = explanation.findings;
    it.width = width;
    it.height = height;
    it.scale = frame.scale;
    it.dark = frame.view.dark;
    it.map = frame.view.colour_map;
    it.font = frame.fonts.text;
    FontMeasure measure(frame.fonts, frame.scale);
    FigureOptions options;
    options.margin = figure_margin;
    options.width = width / frame.scale;
    options.height = height / frame.scale;
    options.may_drop_citations = true;
    const FigureLook look = figure_look(it.dark, named(it.map));
    it.scene = lay_out(*it.findings, measure, look, options);
    if (it.scene.height <= options.height) return it;
    options.width = std::floor(width - ImGui::GetStyle().ScrollbarSize) / frame.scale;
    it.scene = lay_out(*it.findings, measure, look, options);
    return it;
}

/// What is pointed at lights up in all panels.
void hover(Frame& frame, const Referent& referent) {
    auto& hover = frame.view.hover;
    if (const auto* head = std::get_if<HeadId>(&referent)) hover.head = *head;
    if (const auto* cell = std::get_if<HeadCell>(&referent)) {
        hover.head = HeadId{cell->layer, cell->head};
        hover.query = cell->query;
        hover.key = cell->key;
    }
    if (const auto* state = std::get_if<StateOf>(&referent)) hover.query = state->token;
    if (const auto* token = std::get_if<TokenAt>(&referent)) hover.query = token->token;
}

/// What the panels look at, as referents.
std::vector<Referent> pointed_at(const ViewState::Hover& hovered) {
    std::vector<Referent> all;
    if (hovered.head && hovered.query && hovered.key)
        all.emplace_back(
            HeadCell{hovered.head->layer, hovered.head->head, *hovered.query, *hovered.key});
    else if (hovered.head)
        all.emplace_back(*hovered.head);
    else if (hovered.query)
        all.emplace_back(TokenAt{*hovered.query});
    else if (hovered.key)
        all.emplace_back(TokenAt{*hovered.key});
    return all;
}

/// The square of the lens at the layer and the token that are in view.
void mark_selected(Frame& frame, const Explanation& explanation, const LaidOut& laid,
                   const ScenePlace& place) {
    if (const auto& cell = explanation.answered.parameters.cell)
        mark_cell(frame, *laid.findings, laid.scene, place, *cell);
    const StateOf state = chosen_square(frame);
    mark_on_curves(frame, *laid.findings, laid.scene, place, state);
    const Referent selected = state;
    for (size_t i = 0; i < laid.findings->findings.size(); ++i) {
        const auto* matrix = std::get_if<finding::Matrix>(&laid.findings->findings[i].kind);
        if (!matrix) continue;
        const auto at = std::find(matrix->cells.begin(), matrix->cells.end(), selected);
        if (at == matrix->cells.end()) continue;
        const auto box = box_of(laid.scene, {static_cast<Index>(i), SceneElement::Of::number,
                                             at - matrix->cells.begin()});
        if (box) outline(ImGui::GetWindowDrawList(), *box, place, frame.theme.blue, 2);
    }
}

/// A hidden state is read by the lens, of a model that has a language head.
std::string_view analysis_of(const Referent& referent, const Explanation& explanation) {
    const Analysis* lens = analysis_by_name("lens");
    const bool readable = std::holds_alternative<StateOf>(referent) && lens &&
                          !cannot_ask(*lens, explanation.answered.subjects);
    return readable ? lens->name : std::string_view();
}

void draw_scene(Frame& frame, const Explanation& explanation, LaidOut& laid) {
    const Scene& scene = laid.scene;
    const ScenePlace place{ImGui::GetCursorScreenPos(), frame.scale};
    ImDrawList* list = ImGui::GetWindowDrawList();
    paint_scene(list, scene, place, frame.fonts, &laid.textures);
    mark_selected(frame, explanation, laid, place);
    const auto under = element_under_mouse(scene, place);
    const auto except = under ? std::optional(under->finding) : std::nullopt;
    for (const Referent& referent : pointed_at(frame.hovered))
        for (const SceneBox& box : boxes_of(scene, *laid.findings, referent, except))
            outline(list, box, place, frame.theme.blue, 1);
    ImGui::InvisibleButton("scene",
                           {static_cast<float>(scene.width) * frame.scale,
                            std::max(1.0f, static_cast<float>(scene.height) * frame.scale)});
    std::optional<StateOf> pointed;
    const auto element = ImGui::IsItemHovered() ? element_under_mouse(scene, place) : std::nullopt;
    if (element)
        for (const Referent& referent : referents_of(*laid.findings, *element))
            if (const auto* state = std::get_if<StateOf>(&referent)) pointed = *state;
    point_at_square(frame, pointed);
    if (!element) return;
    if (const auto box = box_of(scene, *element)) outline(list, *box, place, frame.theme.blue, 1);
    const auto referents = referents_of(*laid.findings, *element);
    for (const Referent& referent : referents)
        hover(frame, referent);
    widgets::tooltip(frame, describe(*laid.findings, *element));
    // The answer to another question is on its way: what is clicked would be another thing.
    if (!explanation.stale() && ImGui::IsItemClicked())
        for (const Referent& referent : referents)
            follow(frame.view, referent, analysis_of(referent, explanation));
}

/// Why there is no answer: all of it, in as many lines as it takes.
void draw_refusal(Frame& frame, const Area& area, const std::string& why) {
    FontMeasure measure(frame.fonts, frame.scale);
    const float margin = frame.px(32);
    const auto lines = measure.wrapped(why, {13}, (area.width() - 2 * margin) / frame.scale);
    const float line = frame.px(20);
    float y = (area.min.y + area.max.y - line * static_cast<float>(lines.size())) / 2;
    for (const std::string& words : lines) {
        const float width = widgets::text_size(frame.fonts.text, words).x;
        widgets::text(ImGui::GetWindowDrawList(), frame.fonts.text,
                      {std::floor((area.min.x + area.max.x - width) / 2), std::floor(y)},
                      frame.theme.muted, words);
        y += line;
    }
}

void draw_why(Frame& frame, Area area) {
    if (!frame.reading || frame.queries() == 0) return nothing_to_see(frame, area);
    const Explanation& explanation = explain(frame);
    if (!explanation.error.empty()) return draw_refusal(frame, area, explanation.error);
    if (!explanation.findings) return;
    ImGui::SetCursorScreenPos(area.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild("why", {area.width(), area.height()}, false);
    LaidOut& laid = frame.cache->of<LaidOut>();
    // Another question is read from its beginning.
    if (std::exchange(laid.analysis, explanation.analysis()) != explanation.analysis())
        ImGui::SetScrollY(0);
    laid_out(frame, explanation, area);
    const auto width = static_cast<float>(laid.scene.width);
    Explanation& drawn = frame.cache->of<Explanation>();
    drawn.figure_width = width - 2 * figure_margin;
    drawn.figure_height = laid.height / frame.scale - 2 * figure_margin;
    // First: of two things under the mouse the earlier one takes it.
    draw_way_back(frame, width * frame.scale, laid.findings->question);
    draw_scene(frame, explanation, laid);
    ImGui::EndChild();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
}

/// One of several words; `set` is called with the place of the one that was picked.
BarControl words_control(Frame& frame, const std::string& id, std::vector<std::string_view> labels,
                         int chosen, const std::string& tooltip, std::function<void(int)> set) {
    return {widgets::choice_width(frame, labels[static_cast<size_t>(chosen)]), true,
            [&frame, id, labels = std::move(labels), chosen, tooltip, set = std::move(set)] {
                int picked = chosen;
                if (widgets::choice(frame, id.c_str(), picked, labels, tooltip)) set(picked);
            }};
}

std::vector<BarControl> why_controls(Frame& frame) {
    std::vector<BarControl> controls;
    const Analysis& analysis = chosen_analysis(frame.view);
    for (const OwnParameter& own : analysis.own) {
        const auto value = own_parameter(frame.document, analysis, own);
        const auto at = std::find(own.choices.begin(), own.choices.end(), value);
        controls.push_back(
            words_control(frame, std::string(own.name), {own.choices.begin(), own.choices.end()},
                          static_cast<int>(at - own.choices.begin()), std::string(own.question),
                          [&frame, &analysis, &own](int picked) {
                              frame.issue(set_own_parameter(
                                  analysis, own, own.choices[static_cast<size_t>(picked)]));
                          }));
        controls.back().needed = false;
    }
    // Where the questions are listed, they are chosen there.
    if (!frame.view.left_is_folded && !is_folded(frame.view, "why")) return controls;
    std::vector<std::string_view> titles;
    for (const Analysis& one : analyses())
        titles.push_back(one.title);
    controls.push_back(words_control(
        frame, "analysis", std::move(titles), static_cast<int>(&analysis - analyses().data()),
        fmt::format("{}\nE: the next question", analysis.question), [&frame](int picked) {
            frame.view.analysis = analyses()[static_cast<size_t>(picked)].name;
        }));
    return controls;
}

}  // namespace

View why_view() {
    View view{explanations_view, "Why",
              "Explanations: of this cell, of each layer's guess, of what is written", draw_why,
              why_controls};
    return view;
}

}  // namespace fovea::app
