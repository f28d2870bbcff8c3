#include "app/panels/left_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/panels/explanation.h"
#include "app/panels/questions.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

// Design pixels.
constexpr float heading = 24, lines = 2;
constexpr float line_room = widgets::separator_above + 1 + widgets::separator_below;
constexpr float largest_tile = 40, smallest_tile = 4, between_blocks = 8;
constexpr float flattest_tile = 0.4f;
constexpr float full_chart = 62, low_chart = 27;
constexpr float row_with_number = 14;
constexpr Index most_card_blocks = 6;

/// Heights of a cell of the entropy, and sides of one that is turned, the best first.
constexpr std::array entropy_rows = {22.0f, 18.0f, 16.0f, 14.0f, 12.0f, 10.0f, 8.0f, 6.0f, 5.0f};
constexpr std::array turned_sides = {12.0f, 10.0f, 9.0f, 8.0f, 7.0f, 6.0f, 5.0f, 4.0f};

/// What is given up where the column is low, one thing after another.
struct Comfort {
    bool full_chart, air, scale;
    float worth;
};
constexpr std::array comforts = {
    Comfort{true, true, true, 0.16f}, Comfort{false, true, true, 0.06f},
    Comfort{false, false, true, 0.04f}, Comfort{false, false, false, 0}};

float chart_height(const Comfort& comfort) {
    return chart_top_room +
           (comfort.full_chart ? full_chart + chart_names_room : low_chart + low_chart_room);
}

class Chooser {
  public:
    Chooser(const Frame& frame, const LeftRoom& room)
        : frame_(frame),
          layers_(std::max<Index>(1, room.layers)),
          heads_(std::max<Index>(1, room.heads)),
          room_(room.size),
          open_(room.open),
          questions_(room.questions) {
        digits_ = widgets::number_width(frame.fonts.small, ".00") + frame.px(1);
    }

    LeftColumn choose() {
        for (const Comfort& comfort : comforts) {
            // What stands whatever the pictures do: headings, lines between panels, the chart.
            const float air = comfort.air ? 0 : std::floor(frame_.px(widgets::separator_air));
            const float between = frame_.px(line_room) - air;
            float left = room_.y - 3 * frame_.px(heading) - lines * between;
            if (questions_ > 0) left -= questions_ + between;
            if (open_.by_token) left -= frame_.px(chart_height(comfort));
            for (Index blocks = 1; blocks <= std::min(most_card_blocks, layers_); ++blocks)
                with_blocks(blocks, left, comfort);
        }
        return best_;
    }

  private:
    void with_blocks(Index blocks, float left, const Comfort& comfort) {
        if (!open_.entropy) return consider(blocks, {}, left, comfort);
        for (const float row : entropy_rows)
            consider(blocks, normal(blocks, row), left, comfort);
        if (layers_ <= heads_) return;
        for (const float side : turned_sides)
            consider(blocks, turned(side), left, comfort);
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
        layout.pitch.x = std::max(1.0f, std::floor(std::min(across, 1.5f * frame_.px(side))));
        layout.pitch.y = std::max(std::floor(std::min(frame_.px(side), layout.pitch.x)),
                                  std::floor(frame_.px(turned_sides.back())));
        layout.gap = layout.pitch.x < frame_.px(6) ? 0 : gap_of(side);
        return layout;
    }

    float gap_of(float side) const {
        const float line = std::max(1.0f, std::floor(frame_.scale));
        return side >= 18 ? 2 * line : side >= 6 ? line : 0;
    }

    void consider(Index blocks, std::optional<HeadLayout> entropy, float left,
                  const Comfort& comfort) {
        float height = left;
        if (entropy)
            height -= entropy->height() + (comfort.scale ? frame_.px(entropy_scale_room) : 0) +
                      (entropy->turned ? frame_.px(turned_index_room) : 0);
        LeftColumn column;
        column.heads = in_blocks(layers_, heads_, blocks, tile_room(std::max(1.0f, height)));
        column.heads.gap =
            head_gap(std::min(column.heads.pitch.x, column.heads.pitch.y), frame_.scale);
        if (entropy) column.entropy = *entropy;
        column.scale = comfort.scale;
        column.chart = std::floor(frame_.px(comfort.full_chart ? full_chart : low_chart));
        column.chart_names = comfort.full_chart;
        const ImVec2 cell = column.entropy.cell();
        column.numbers = entropy && !entropy->turned && cell.x >= digits_ &&
                         column.entropy.pitch.y >= frame_.px(row_with_number);
        const float over = std::max(0.0f, (open_.heads ? column.heads.height() : 0) - height);
        const bool wide = column.heads.width() > room_.x || column.entropy.width() > room_.x;
        if (wide && blocks > 1) return;
        const float value = value_of(column) + comfort.worth;
        const bool better = is_first_ || (over > 0 || over_ > 0 ? over < over_ : value > value_) ||
                            (over == over_ && over > 0 && value > value_);
        if (!better) return;
        is_first_ = false;
        best_ = column;
        over_ = over;
        value_ = value;
    }

    /// Of a cell's side: beyond `enough` design pixels more is pleasant, but no longer needed.
    float worth_of(float side, float enough) const {
        const float size = std::max(1.0f, side) / frame_.px(enough);
        return std::log(size) * (size > 1 ? 0.3f : 1);
    }

    /// The tiles count most; then that there are numbers, cells that are easily hit (by their
    /// shorter side), a full chart, columns of both pictures below one another.
    float value_of(const LeftColumn& column) const {
        const ImVec2 tile = column.heads.pitch, cell = column.entropy.pitch;
        float value = 0;
        if (open_.heads) value += 2 * worth_of(std::sqrt(tile.x * tile.y), 22);
        if (open_.entropy) {
            value += 0.9f * worth_of(std::min(cell.x, cell.y), 9);
            if (column.numbers) value += 0.4f;
            if (column.entropy.turned && column.heads.blocks > 1) value -= 0.25f;
        }
        return value;
    }

    const Frame& frame_;
    Index layers_, heads_;
    ImVec2 room_;
    LeftPanels open_;
    float questions_ = 0;
    float digits_ = 0;
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
                          !is_folded(frame.view, "entropy_by_token", frame.layers())};
    return left_column(
        frame, {frame.layers(), frame.heads(), {width, height}, open, questions_height(frame)});
}

namespace {

/// What is remembered of a panel that is folded unless it was opened, where it is.
constexpr std::string_view opened_beside_questions = "entropy_by_token open beside questions";
constexpr Index not_deep = 12;

bool folds_by_itself(const ViewState& view, std::string_view panel, Index layers) {
    return shows_explanation(view) && panel == "entropy_by_token" && layers > not_deep;
}

bool remembers(const ViewState& view, std::string_view what) {
    return std::find(view.folded.begin(), view.folded.end(), what) != view.folded.end();
}

}  // namespace

bool is_folded(const ViewState& view, std::string_view panel, Index layers) {
    return folds_by_itself(view, panel, layers) ? !remembers(view, opened_beside_questions)
                                                : remembers(view, panel);
}

void fold(ViewState& view, std::string_view panel, bool folded, Index layers) {
    if (is_folded(view, panel, layers) == folded) return;
    const bool by_itself = folds_by_itself(view, panel, layers);
    const std::string_view what = by_itself ? opened_beside_questions : panel;
    if (folded != by_itself)
        view.folded.emplace_back(what);
    else
        std::erase(view.folded, what);
}

}  // namespace fovea::app
