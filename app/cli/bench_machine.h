#pragma once

namespace fovea::app {

/// What the machine can do at best with the threads that the engine has: the floor under every
/// time of a forward pass.
struct MachineLimits {
    int threads = 0;
    double read_gb_s = 0;     ///< 10^9 bytes a second, each byte of 512 MiB read once
    double gemm_gflop_s = 0;  ///< Eigen, [768, 768] times [768, 512] in float32
};

/// Takes about a second and 512 MiB.
MachineLimits measure_machine();

}  // namespace fovea::app
