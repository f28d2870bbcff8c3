#pragma once

#include <span>

namespace fovea {

/// From masked logits to weights in place: softmax with the row's largest taken out first; `logs`
/// gets logits - log-sum-exp. Returns the log-sum-exp; -infinity, and zero weights, where nothing
/// is visible.
float softmax_row(std::span<float> logits, std::span<float> logs);

/// The same as a processor without AVX-512 does it.
float softmax_row_of_eights(std::span<float> logits, std::span<float> logs);

}  // namespace fovea
