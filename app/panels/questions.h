#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

/// The height of the list of questions at the top of the left column, in pixels, without the line
/// below it; 0: it is not there.
float questions_height(const Frame& frame);

}  // namespace fovea::app
