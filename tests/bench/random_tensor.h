#pragma once

#include <random>

#include "engine/core/tensor.h"

namespace fovea::test {

/// Normal numbers, the same at every run.
inline Tensor random_tensor(std::vector<Index> shape, float deviation = 1) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0, deviation);
    Tensor tensor = Tensor::uninitialised(std::move(shape));
    for (float& value : tensor.values())
        value = normal(random);
    return tensor;
}

}  // namespace fovea::test
