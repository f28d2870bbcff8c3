#pragma once

#include <string>

#include "app/panels/panel.h"

namespace fovea::app {

/// The heading, the entry for what is looked for, and at the right what the brightness means.
void draw_tokens_heading(Frame& frame, const std::string& aside);

}  // namespace fovea::app
