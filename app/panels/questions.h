#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

/// The list of questions stands at the top of the left column: explanations are in the middle.
bool questions_are_listed(const Frame& frame);
/// Its height there, in pixels, without the line below it; 0: it is not there.
float questions_height(const Frame& frame);

}  // namespace fovea::app
