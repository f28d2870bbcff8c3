#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/cli/bench_machine.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Times of one length of sentence, median milliseconds.
struct LengthTimes {
    Index tokens = 0;
    std::optional<double> tokenize_ms;  ///< nullopt where the model has no tokenizer
    double forward_ms = 0;              ///< with all metrics and thumbnails
    /// The last token typed after the others were read; nullopt for a single one.
    std::optional<double> append_ms;
    /// The logits of what follows the last token; nullopt without a language head.
    std::optional<double> predict_ms;
    std::optional<double> all_maps_ms;  ///< the whole map of every head of every layer
    std::optional<double> one_map_ms;
    double resoftmax_cpu_ms = 0;  ///< every head at a new temperature
    std::optional<double> resoftmax_gpu_ms;
    std::string gpu;            ///< the device, or why there is none
    double peak_memory_mb = 0;  ///< of the process during one pass
    /// What a forward pass cannot do without.
    double weight_bytes = 0;
    double operations = 0;
    /// Measured in turns with the passes.
    MachineLimits machine;

    /// The weights read once or the arithmetic, whichever takes this machine longer.
    double floor_ms() const;
};

Result<LengthTimes> measure_length(const LoadedModel& model, Index tokens);

}  // namespace fovea::app
