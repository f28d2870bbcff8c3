#pragma once

#include "engine/nn/avx512/product.h"
#include "engine/nn/softmax.h"

namespace fovea::avx512 {

/// See fovea::softmax_row.
RowSoftmax softmax_row(std::span<float> row, float temperature);

}  // namespace fovea::avx512
