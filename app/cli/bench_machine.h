#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace fovea::app {

/// What the machine can do at best with the threads that the engine has: the floor under every
/// time of a forward pass.
struct MachineLimits {
    int threads = 0;
    double read_gb_s = 0;     ///< 10^9 bytes a second, each byte of 512 MiB read once
    double gemm_gflop_s = 0;  ///< Eigen, [768, 768] times [768, 512] in float32
};

/// The work by which the limits are measured, to be timed beside what they are the limits of. Holds
/// 512 MiB.
class MachineProbe {
  public:
    MachineProbe();
    ~MachineProbe();
    MachineProbe(const MachineProbe&) = delete;

    void read();      ///< every byte once
    void multiply();  ///< one product
    MachineLimits limits(double read_ms, double multiply_ms) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea::app
