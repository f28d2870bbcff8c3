#pragma once

#include <string_view>

#include "app/panels/list.h"
#include "app/panels/panel.h"
#include "app/shell/region.h"

namespace fovea::app {

/// The panels of a column below one another; their headings fold them.
void draw_column(Frame& frame, Place place, const char* name, const Rectangle& area);

/// A folded column: its name, turned; a click opens it.
void draw_folded(Frame& frame, const char* name, std::string_view words, const Rectangle& area,
                 ViewState::Fold& column, std::string_view key);

}  // namespace fovea::app
