#pragma once

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/figure/scene.h"
#include "engine/figure/shown_heads.h"

namespace fovea {

/// The picture of these heads: one with its tokens on both axes, or several as layers by heads.
Result<Scene> make_figure(const ShownHeads& job, const Progress& progress,
                          const CancelToken& cancel);

}  // namespace fovea
