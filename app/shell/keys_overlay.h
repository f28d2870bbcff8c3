#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

/// F1: every key and what it does, over the dimmed window.
void draw_keys_overlay(Frame& frame);

}  // namespace fovea::app
