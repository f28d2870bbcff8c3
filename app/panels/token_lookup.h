#pragma once

#include "app/panels/panel.h"
#include "app/panels/prediction_rows.h"

namespace fovea::app {

/// The row below the next-token table: what opens the entry for a token of the vocabulary, and lets
/// the model write; or that entry, with what was found below it. A click, or Enter, pins.
void draw_lookup(Frame& frame, PredictionRows& rows);

/// Its height in design pixels.
float lookup_height(const Frame& frame);

/// Pins a token of the vocabulary, or lets it go.
void toggle_pin(Frame& frame, const PredictionChange& prediction);

}  // namespace fovea::app
