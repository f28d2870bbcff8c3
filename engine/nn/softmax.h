#pragma once

#include <span>

namespace fovea {

/// What a softmax knows of its row once it is done.
struct RowSoftmax {
    float largest_logit;  ///< as it came; -infinity where nothing is visible
    float log_sum;  ///< ln Σ exp((logit - largest_logit) / temperature); 0 where there is none
    float entropy;  ///< nats, -Σ w ln w; hidden keys add nothing
    float largest;  ///< of the weights; 0 where nothing is visible
};

/// -Σ w ln w = ln Σ e - Σ w ln e, with e the exponentials before they were divided by their sum.
inline float entropy_from(float log_sum, float expected_log) {
    const float entropy = log_sum - expected_log;
    return entropy < 0 ? 0.0f : entropy;  // rounding can leave -1e-8 where one key takes all
}

/// From masked logits (hidden: -infinity) to the weights of logit / temperature, in place; zero
/// weights where nothing is visible. The row's largest logit is taken off before anything is
/// divided: the difference of near logits is exact, while logit / 0.01 has lost digits that the
/// weights show. A weight below exp(-87) of the largest is zero.
RowSoftmax softmax_row(std::span<float> row, float temperature = 1);

/// The same as a processor without AVX-512 does it.
RowSoftmax softmax_row_of_eights(std::span<float> row, float temperature = 1);

}  // namespace fovea
