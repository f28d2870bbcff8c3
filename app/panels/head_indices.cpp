#include "app/panels/head_indices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/widgets.h"

namespace fovea::app {

void draw_indices(Frame& frame, ImVec2 corner, const HeadLayout& layout) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = frame.fonts.small;
    const auto lit = frame.hovered.head;
    const auto colour = [&](Index index, Index HeadId::*side) {
        const bool here = lit ? *lit.*side == index : frame.view.selected.*side == index;
        return here ? frame.theme.blue : frame.theme.faint;
    };
    // So that neighbours do not touch: every one, every second, every fifth.
    const auto step = [&](float needed, float pitch) -> Index {
        return needed <= pitch ? 1 : needed <= 2 * pitch ? 2 : needed <= 5 * pitch ? 5 : 10;
    };
    const auto widest = [&](Index count) {
        return widgets::text_size(font, fmt::format("{}", count - 1)).x + frame.px(3);
    };
    const float high = widgets::font_size(font) * 0.9f;
    const ImVec2 cell = layout.cell();
    const auto across = [&](Index index, Index HeadId::*side, float left, float top) {
        const std::string label = fmt::format("{}", index);
        const float width = widgets::text_size(font, label).x;
        widgets::text(list, font, {std::floor(left + (cell.x - width) / 2), top},
                      colour(index, side), label);
    };
    const auto down = [&](Index index, Index HeadId::*side, float left, float top) {
        widgets::text_right(list, font, {left - frame.px(6), widgets::text_top(font, top, cell.y)},
                            colour(index, side), fmt::format("{}", index));
    };
    if (layout.turned) {
        const float below = corner.y + layout.height() + frame.px(2);
        const Index layers = step(widest(layout.layers), layout.pitch.x);
        for (Index l = 0; l < layout.layers; l += layers)
            across(l, &HeadId::layer, corner.x + layout.corner({l, 0}).x, below);
        const Index heads = step(high, layout.pitch.y);
        for (Index h = 0; h < layout.heads; h += heads)
            down(h, &HeadId::head, corner.x + layout.label_width,
                 corner.y + layout.corner({0, h}).y);
        return;
    }
    const Index heads = step(widest(layout.heads), layout.pitch.x);
    const Index layers = step(high, layout.pitch.y);
    for (Index block = 0; block < layout.blocks; ++block) {
        const Index first = block * layout.rows();
        if (first >= layout.layers) break;
        for (Index h = 0; h < layout.heads && layout.header > 0; h += heads)
            across(h, &HeadId::head, corner.x + layout.corner({first, h}).x, corner.y);
        const Index end = std::min(layout.layers, first + layout.rows());
        for (Index l = first; l < end; ++l) {
            if (l % layers != 0) continue;
            const ImVec2 at = layout.corner({l, 0});
            down(l, &HeadId::layer, corner.x + at.x, corner.y + at.y);
        }
    }
}

}  // namespace fovea::app
