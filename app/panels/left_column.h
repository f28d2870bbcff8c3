#pragma once

#include <string_view>

#include "app/panels/head_layout.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// How the pictures of the left column share its height, so that nothing has to be scrolled while
/// there is a way: tiles of heads as large as go beside the others, layers wrapped into several
/// blocks, the entropy turned where there are more layers than heads; then the chart lower, less
/// air around the lines between panels, no picture of the colours.
struct LeftColumn {
    HeadLayout heads;
    HeadLayout entropy;
    bool numbers = false;     ///< the cells of the entropy have room for a number of two places
    bool scale = true;        ///< its colours are shown below it
    float chart = 0;          ///< height of the bars of entropy by token
    bool chart_names = true;  ///< "first token", "last" below the bars
};

/// Which of its panels are unfolded.
struct LeftPanels {
    bool heads = true, entropy = true, by_token = true;
};

/// Above and below what stands in a column, in design pixels.
inline constexpr float column_padding = 12;
/// The heads' indices in pictures of one cell a head, and the colours below the entropy's, in
/// design pixels.
inline constexpr float layer_index_room = 21, head_index_room = 20, turned_index_room = 16,
                       entropy_scale_room = 20;
/// Above the bars of entropy by token, and below them with names and without, in design pixels.
inline constexpr float chart_top_room = 8, chart_names_room = 18, low_chart_room = 1;

/// For a model of so many layers and heads, in a column so wide and high inside its padding, in
/// pixels. Of the frame only the scale and the faces count.
struct LeftRoom {
    Index layers = 1, heads = 1;
    ImVec2 size;
    LeftPanels open;
    float questions = 0;  ///< height of their list above, without the line below it; 0: none
};
LeftColumn left_column(const Frame& frame, const LeftRoom& room);
/// For the ImGui window that is drawn into, as the view has its panels folded.
LeftColumn left_column(const Frame& frame);

/// A panel of a column is folded to its heading. Beside the list of questions the chart of entropy
/// by token is, unless it was opened there, where the model is deep (`layers`; 0: of no matter):
/// its heads need the room.
bool is_folded(const ViewState& view, std::string_view panel, Index layers = 0);
void fold(ViewState& view, std::string_view panel, bool folded, Index layers = 0);

}  // namespace fovea::app
