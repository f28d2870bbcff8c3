#pragma once

#include <optional>

#include "app/panels/panel.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

/// The terms that a model comes under, with the question whether they are accepted; drawn at the
/// cursor, `design_width` wide. True: accepted; false: not; nullopt: no answer yet.
std::optional<bool> draw_model_terms(Frame& frame, const CatalogueEntry& entry, float design_width);

}  // namespace fovea::app
