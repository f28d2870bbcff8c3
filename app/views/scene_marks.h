#pragma once

#include "app/panels/panel.h"
#include "app/ui/scene_painter.h"
#include "engine/analysis/findings.h"

namespace fovea::app {

/// On curves over depth where a hidden state is: a line across their rows, a dot on each first line
/// and its number.
void mark_on_curves(const Frame& frame, const Findings& findings, const Scene& scene,
                    const ScenePlace& place, const StateOf& state);

/// Squares of a head's map where a cell is.
void mark_cell(const Frame& frame, const Findings& findings, const Scene& scene,
               const ScenePlace& place, const HeadCell& cell);

}  // namespace fovea::app
