#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"

namespace fovea::app {

/// Attention of made-up heads of one size, on the GPU and on the CPU. Medians; for one head.
struct ScoringTimes {
    Index tokens = 0;
    Index head_dim = 0;
    Index heads = 0;      ///< that were scored together
    double score_ms = 0;  ///< on the GPU: log-sum-exp, entropy and every weight into a texture
    double pool_ms = 0;   ///< on the GPU: the whole map in `pool_side` squared cells, the largest
    Index pool_side = 0;
    double cpu_ms = 0;  ///< the CPU's pass without outputs
    /// Two operations a multiply-add, in the products alone: scoring makes each twice (softmax,
    /// then weights), pooling once.
    double score_operations = 0, pool_operations = 0;
    double score_bytes = 0;  ///< that must move at least: Q and K in, weights and rows out
};

struct ScoringBench {
    std::string device;
    double peak_gflop_s = 0;  ///< measured in the same run
    double copy_gb_s = 0;
    int threads = 0;  ///< of the CPU's side
    std::vector<ScoringTimes> runs;
};

/// In a context of its own; the error says why there is none.
Result<ScoringBench> measure_gpu_scoring(std::span<const std::int32_t> tokens,
                                         std::span<const std::int32_t> head_dims);

void print_scoring_json(const ScoringBench& bench);
void print_scoring_table(const ScoringBench& bench);

}  // namespace fovea::app
