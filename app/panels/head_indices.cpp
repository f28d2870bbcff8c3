#include "app/panels/head_indices.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

/// From so many layers on, the indices below a turned picture leave room to say what they are.
constexpr Index many_layers = 20;
constexpr std::string_view layers_hint = "layers →";

class Indices {
  public:
    Indices(Frame& frame, ImVec2 corner, const HeadLayout& layout)
        : frame_(frame),
          corner_(corner),
          layout_(layout),
          font_(frame.fonts.small),
          lit_(frame.hovered.head.value_or(frame.view.selected)) {}

    /// Layers below, heads at the left.
    bool draw_turned() {
        const float below = corner_.y + layout_.height() + frame_.px(2);
        const auto layers =
            shown_indices(0, layout_.layers, layout_.pitch.x, width_of(layout_.layers), lit_.layer,
                          layout_.layers > many_layers ? 10 : 1);
        for (const Index l : layers)
            across(l, l == lit_.layer, layout_.corner({l, 0}).x, below);
        const auto heads = shown_indices(0, layout_.heads, layout_.pitch.y, height(), lit_.head, 1);
        for (const Index h : heads)
            down(h, h == lit_.head, layout_.label_width, layout_.corner({0, h}).y);
        return draw_hint(layers, below);
    }

    /// Of each block heads above and layers at the left.
    void draw_blocks() {
        for (Index block = 0; block < layout_.blocks; ++block) {
            const Index first = block * layout_.rows();
            if (first >= layout_.layers) break;
            if (layout_.header > 0)
                for (const Index h : shown_indices(0, layout_.heads, layout_.pitch.x,
                                                   width_of(layout_.heads), lit_.head))
                    across(h, h == lit_.head, layout_.corner({first, h}).x, corner_.y);
            const Index end = std::min(layout_.layers, first + layout_.rows());
            for (const Index l : shown_indices(first, end, layout_.pitch.y, height(), lit_.layer)) {
                const ImVec2 at = layout_.corner({l, 0});
                down(l, l == lit_.layer, at.x, at.y);
            }
        }
    }

  private:
    float width_of(Index count) const {
        return widgets::text_size(font_, fmt::format("{}", count - 1)).x + frame_.px(3);
    }
    float height() const { return widgets::font_size(font_) * 0.9f; }
    ImU32 colour(bool lit) const { return lit ? frame_.theme.blue : frame_.theme.faint; }

    void across(Index index, bool lit, float left, float top) {
        const std::string label = fmt::format("{}", index);
        const float width = widgets::text_size(font_, label).x;
        widgets::text(ImGui::GetWindowDrawList(), font_,
                      {std::floor(corner_.x + left + (layout_.cell().x - width) / 2), top},
                      colour(lit), label);
    }
    void down(Index index, bool lit, float left, float top) {
        widgets::text_right(ImGui::GetWindowDrawList(), font_,
                            {corner_.x + left - frame_.px(6),
                             widgets::text_top(font_, corner_.y + top, layout_.cell().y)},
                            colour(lit), fmt::format("{}", index));
    }

    /// In the first gap between two indices that is wide enough.
    bool draw_hint(const std::vector<Index>& layers, float top) {
        const float width = widgets::text_size(font_, layers_hint).x;
        const float index = width_of(layout_.layers);
        for (size_t i = 0; i + 1 < layers.size(); ++i) {
            const float from = layout_.corner({layers[i], 0}).x + layout_.cell().x / 2 + index / 2;
            const float to =
                layout_.corner({layers[i + 1], 0}).x + layout_.cell().x / 2 - index / 2;
            if (to - from < width + frame_.px(4)) continue;
            widgets::text(ImGui::GetWindowDrawList(), font_,
                          {std::floor(corner_.x + (from + to - width) / 2), top},
                          frame_.theme.faint, layers_hint);
            return true;
        }
        return false;
    }

    Frame& frame_;
    ImVec2 corner_;
    const HeadLayout& layout_;
    ImFont* font_;
    HeadId lit_;
};

}  // namespace

std::vector<Index> shown_indices(Index first, Index end, float pitch, float needed, Index lit,
                                 Index least) {
    Index step = least;
    for (const Index wider : {2, 5, 10, 20, 50, 100})
        if (needed > static_cast<float>(step) * pitch && wider > step) step = wider;
    const bool is_lit = first <= lit && lit < end;
    const auto apart = [&](Index a, Index b) {
        return static_cast<float>(std::abs(a - b)) * pitch >= needed;
    };
    std::vector<Index> shown;
    for (Index i = first; i < end; i += step)
        if (!is_lit || apart(i, lit)) shown.push_back(i);
    if (is_lit) shown.insert(std::upper_bound(shown.begin(), shown.end(), lit), lit);
    if (!shown.empty() && apart(end - 1, shown.back())) shown.push_back(end - 1);
    return shown;
}

bool draw_indices(Frame& frame, ImVec2 corner, const HeadLayout& layout) {
    Indices indices(frame, corner, layout);
    if (layout.turned) return indices.draw_turned();
    indices.draw_blocks();
    return false;
}

}  // namespace fovea::app
