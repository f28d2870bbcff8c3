#pragma once

#include <vector>

#include "app/panels/head_layout.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// Which of the indices [first, end) are written where they stand `pitch` apart and each needs
/// `needed`: every `least`-th at closest, else every second, fifth, tenth, so that no two touch;
/// the last where there is room; `lit` always, and none that would touch it.
std::vector<Index> shown_indices(Index first, Index end, float pitch, float needed, Index lit,
                                 Index least = 1);

/// The indices of layers and heads beside a layout, as far as they have room. The hovered head's,
/// else the chosen one's, are blue and always there. Returns whether a turned layout says along its
/// layers that they are layers.
bool draw_indices(Frame& frame, ImVec2 corner, const HeadLayout& layout);

}  // namespace fovea::app
