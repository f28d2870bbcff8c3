#include "app/panels/left_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

// Design pixels.
constexpr float heading = 24, separators = 25;
constexpr float largest_tile = 40, smallest_tile = 4, between_blocks = 8;
constexpr float flattest_tile = 0.4f;
constexpr float full_chart = 62, low_chart = 30, above_chart = 8, below_chart = 18, under_low = 4;
constexpr float row_with_number = 14;
constexpr Index most_card_blocks = 6;

/// Heights of a cell of the entropy, and sides of one that is turned, the best first.
constexpr std::array entropy_rows = {22.0f, 18.0f, 16.0f, 14.0f, 12.0f, 10.0f, 8.0f, 6.0f, 5.0f};
constexpr std::array turned_sides = {12.0f, 10.0f, 9.0f, 8.0f, 7.0f, 6.0f, 5.0f, 4.0f};

float chart_height(bool low) {
    return low ? above_chart + low_chart + under_low : above_chart + full_chart + below_chart;
}

class Chooser {
  public:
    Chooser(const Frame& frame, const LeftRoom& room)
        : frame_(frame),
          layers_(std::max<Index>(1, room.layers)),
          heads_(std::max<Index>(1, room.heads)),
          room_(room.size),
          open_(room.open) {
        digits_ = widgets::number_width(frame.fonts.small, ".00") + frame.px(1);
        // What stands whatever the pictures do: headings, lines between panels.
        fixed_ = 3 * frame.px(heading) + 2 * frame.px(separators);
    }

    LeftColumn choose() {
        for (const bool low : {false, true}) {
            const float left =
                room_.y - fixed_ - (open_.by_token ? frame_.px(chart_height(low)) : 0);
            for (Index blocks = 1; blocks <= std::min(most_card_blocks, layers_); ++blocks)
                with_blocks(blocks, left, low);
        }
        return best_;
    }

  private:
    void with_blocks(Index blocks, float left, bool low) {
        if (!open_.entropy) return consider(blocks, {}, left, low);
        for (const float row : entropy_rows)
            consider(blocks, normal(blocks, row), left, low);
        if (blocks > 1 || layers_ <= heads_) return;
        for (const float side : turned_sides)
            consider(blocks, turned(side), left, low);
    }

    HeadRoom tile_room(float height) const {
        HeadRoom room;
        room.width = room_.x;
        room.height = height;
        room.label_width = std::floor(frame_.px(layer_index_room));
        room.header = std::floor(frame_.px(head_index_room));
        room.between = std::floor(frame_.px(between_blocks));
        room.smallest = frame_.px(smallest_tile);
        room.largest = frame_.px(largest_tile);
        room.flattest = flattest_tile;
        return room;
    }

    /// In columns as wide as those of the heads, as far as they go.
    HeadLayout normal(Index blocks, float row) const {
        HeadRoom room = tile_room(1e6f);
        room.header = 0;
        HeadLayout layout = in_blocks(layers_, heads_, blocks, room);
        layout.pitch.y = std::floor(frame_.px(row));
        layout.gap = gap_of(row);
        return layout;
    }

    HeadLayout turned(float side) const {
        HeadLayout layout;
        layout.layers = layers_;
        layout.heads = heads_;
        layout.turned = true;
        layout.label_width = std::floor(frame_.px(layer_index_room));
        const float across =
            (room_.x - layout.label_width) / static_cast<float>(std::max<Index>(1, layout.layers));
        layout.pitch.y = std::floor(frame_.px(side));
        layout.pitch.x = std::max(1.0f, std::floor(std::min(across, 2 * layout.pitch.y)));
        layout.gap = layout.pitch.x < frame_.px(6) ? 0 : gap_of(side);
        return layout;
    }

    float gap_of(float side) const {
        const float line = std::max(1.0f, std::floor(frame_.scale));
        return side >= 18 ? 2 * line : side >= 6 ? line : 0;
    }

    void consider(Index blocks, std::optional<HeadLayout> entropy, float left, bool low) {
        float height = left;
        if (entropy)
            height -= entropy->height() + frame_.px(entropy_scale_room) +
                      (entropy->turned ? frame_.px(turned_index_room) : 0);
        LeftColumn column;
        column.heads = in_blocks(layers_, heads_, blocks, tile_room(std::max(1.0f, height)));
        column.heads.gap =
            head_gap(std::min(column.heads.pitch.x, column.heads.pitch.y), frame_.scale);
        if (entropy) column.entropy = *entropy;
        column.chart = std::floor(frame_.px(low ? low_chart : full_chart));
        column.chart_names = !low;
        const ImVec2 cell = column.entropy.cell();
        column.numbers = entropy && !entropy->turned && cell.x >= digits_ &&
                         column.entropy.pitch.y >= frame_.px(row_with_number);
        const float over = std::max(0.0f, (open_.heads ? column.heads.height() : 0) - height);
        const bool wide = column.heads.width() > room_.x || column.entropy.width() > room_.x;
        if (wide && blocks > 1) return;
        const float value = value_of(column);
        const bool better = is_first_ || (over > 0 || over_ > 0 ? over < over_ : value > value_) ||
                            (over == over_ && over > 0 && value > value_);
        if (!better) return;
        is_first_ = false;
        best_ = column;
        over_ = over;
        value_ = value;
    }

    /// The tiles count most; then that there are numbers, cells that are easily hit, a full chart.
    float value_of(const LeftColumn& column) const {
        const auto area = [](ImVec2 cell) { return std::log(std::max(1.0f, cell.x * cell.y)); };
        float value = 0;
        if (open_.heads) value += area(column.heads.pitch);
        if (open_.entropy)
            value += 0.45f * area(column.entropy.pitch) + (column.numbers ? 0.4f : 0);
        if (open_.by_token && column.chart_names) value += 0.1f;
        return value;
    }

    const Frame& frame_;
    Index layers_, heads_;
    ImVec2 room_;
    LeftPanels open_;
    float digits_ = 0, fixed_ = 0;
    LeftColumn best_;
    bool is_first_ = true;
    float over_ = 0, value_ = 0;
};

}  // namespace

LeftColumn left_column(const Frame& frame, const LeftRoom& room) {
    return Chooser(frame, room).choose();
}

LeftColumn left_column(const Frame& frame) {
    // A scroll bar stands in the padding: without one the width is the same, so that what makes it
    // necessary does not depend on it.
    const float width = ImGui::GetWindowWidth() - 2 * ImGui::GetCursorPosX();
    const float height = ImGui::GetWindowHeight() - 2 * frame.px(column_padding);
    const LeftPanels open{!is_folded(frame.view, "heads"), !is_folded(frame.view, "entropy"),
                          !is_folded(frame.view, "entropy_by_token")};
    return left_column(frame, {frame.layers(), frame.heads(), {width, height}, open});
}

bool is_folded(const ViewState& view, std::string_view panel) {
    return std::find(view.folded.begin(), view.folded.end(), panel) != view.folded.end();
}

void fold(ViewState& view, std::string_view panel, bool folded) {
    if (is_folded(view, panel) == folded) return;
    if (folded)
        view.folded.emplace_back(panel);
    else
        std::erase(view.folded, panel);
}

}  // namespace fovea::app
