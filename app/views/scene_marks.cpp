#include "app/views/scene_marks.h"

#include <algorithm>
#include <cmath>

#include "app/ui/widgets.h"
#include "engine/core/number_text.h"
#include "engine/figure/links.h"

namespace fovea::app {
namespace {

/// The line of a series that is looked at: the first one.
const SceneCurve* first_curve(const Scene& scene, Index finding) {
    const auto found = std::ranges::find_if(scene.curves, [&](const SceneCurve& curve) {
        return curve.finding == finding && curve.line == 0;
    });
    return found == scene.curves.end() ? nullptr : &*found;
}

/// The number stands right of its dot and below the line, or left where the plot ends.
void write_number(const Frame& frame, const ScenePlace& place, const SceneBox& row,
                  const ScenePoint& point, const std::string& number) {
    ImFont* font = frame.fonts.small;
    const ImVec2 size = widgets::text_size(font, number);
    ImVec2 at = place.at(point.x, point.y);
    at.y = std::floor(at.y + frame.px(3));
    const float right = place.at(row.x + row.width, 0).x + frame.px(14);
    at.x = std::floor(at.x + frame.px(6) + size.x <= right ? at.x + frame.px(6)
                                                           : at.x - frame.px(6) - size.x);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float air = frame.px(2);
    list->AddRectFilled({at.x - air, at.y}, {at.x + size.x + air, at.y + size.y},
                        frame.theme.background);
    widgets::text(list, font, at, frame.theme.blue, number);
}

}  // namespace

void mark_on_curves(const Frame& frame, const Findings& findings, const Scene& scene,
                    const ScenePlace& place, const StateOf& state) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    for (size_t i = 0; i < findings.findings.size(); ++i) {
        const auto* series = std::get_if<finding::Series>(&findings.findings[i].kind);
        if (!series || !series->downward) continue;
        const auto finding = static_cast<Index>(i);
        // Curves are of one token; the mark is at the layer, whatever token is in view.
        const auto same = std::ranges::find_if(series->x.referents, [&](const Referent& referent) {
            const auto* of = std::get_if<StateOf>(&referent);
            return of && of->state == state.state;
        });
        const SceneCurve* curve = first_curve(scene, finding);
        if (!curve || same == series->x.referents.end()) continue;
        const auto at = static_cast<size_t>(same - series->x.referents.begin());
        const auto row =
            box_of(scene, {finding, SceneElement::Of::column, same - series->x.referents.begin()});
        if (!row || at >= curve->points.size() || at >= series->lines[0].values.size()) continue;
        const ScenePoint& point = curve->points[at];
        const ImVec2 from = place.at(row->x - 12, point.y),
                     to = place.at(row->x + row->width, point.y);
        list->AddLine(from, to, frame.theme.blue, 1);
        if (std::isnan(point.x)) continue;
        list->AddCircleFilled(place.at(point.x, point.y), frame.px(3), frame.theme.blue);
        const auto value = static_cast<double>(series->lines[0].values[at]);
        write_number(
            frame, place, *row, point,
            number_text(value, std::abs(value) < 100 ? std::min(series->y.decimals, 1) : 0));
    }
}

void mark_cell(const Frame& frame, const Findings& findings, const Scene& scene,
               const ScenePlace& place, const HeadCell& cell) {
    for (size_t i = 0; i < findings.findings.size(); ++i) {
        const auto* matrix = std::get_if<finding::Matrix>(&findings.findings[i].kind);
        if (!matrix || matrix->values.empty() || matrix->map_of != HeadId{cell.layer, cell.head})
            continue;
        const auto box = box_of(scene, {static_cast<Index>(i), SceneElement::Of::number,
                                        cell.query * matrix->values.extent(1) + cell.key});
        if (box) outline(ImGui::GetWindowDrawList(), *box, place, frame.theme.blue, 2);
    }
}

}  // namespace fovea::app
