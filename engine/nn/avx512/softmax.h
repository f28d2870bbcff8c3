#pragma once

#include <span>

#include "engine/nn/avx512/product.h"

namespace fovea::avx512 {

/// See fovea::softmax_row.
float softmax_row(std::span<float> logits, std::span<float> logs);

}  // namespace fovea::avx512
