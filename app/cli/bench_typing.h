#pragma once

#include "engine/session/reading.h"

namespace fovea::app {

/// From a key event to the picture that is handed to the GPU: the sentence is read by the worker,
/// thumbnails of all heads laid out, the map of one head made.
struct TypingTimes {
    Index keystrokes = 0;
    double median_ms = 0;
    double quantile_99_ms = 0;
};

/// A sentence typed key by key, each when the picture of the one before is there.
Result<TypingTimes> measure_typing(const std::shared_ptr<const LoadedModel>& model);

/// A temperature dragged for all heads, the picture alone following: one frame for each value.
struct SliderTimes {
    Index heads = 0;
    Index tokens = 0;
    double frame_ms = 0;      ///< median from the value to its picture
    double frame_cpu_ms = 0;  ///< mean of all cores together
};

Result<SliderTimes> measure_slider(const std::shared_ptr<const LoadedModel>& model, Index tokens);

}  // namespace fovea::app
