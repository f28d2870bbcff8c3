#pragma once

#include "engine/export/export.h"
#include "engine/figure/scene.h"

namespace fovea {

/// The picture of a job: one head with its tokens on both axes, or several as layers by heads.
Result<Scene> make_figure(const ExportJob& job, const Progress& progress,
                          const CancelToken& cancel);

}  // namespace fovea
