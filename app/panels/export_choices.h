#pragma once

#include "app/panels/export_job.h"
#include "app/panels/panel.h"
#include "app/ui/dialog_controls.h"

namespace fovea::app {

/// Proposes a name for the file, after the model and what is written of it, unless a person has
/// typed another.
void propose_name(const Frame& frame, ExportChoices& choices);
/// The rows of the export dialog that say what is written, and where to.
void draw_export_choices(Frame& frame, DialogControls& controls, ExportChoices& choices);

}  // namespace fovea::app
