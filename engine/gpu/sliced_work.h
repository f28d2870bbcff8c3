#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/gpu/compute_device.h"

namespace fovea::gpu {

/// Work that is queued on the GPU in slices, a few each frame, so that the window never stalls.
/// Given up by destroying it; what is queued by then still runs. On the thread where the OpenGL
/// context is current.
class SlicedWork {
  public:
    virtual ~SlicedWork() = default;
    SlicedWork(const SlicedWork&) = delete;

    /// Queues about as much as the device does in the budget: nothing while it is behind, and no
    /// less than one row of work groups otherwise, however long that takes. True once all is
    /// queued: textures are ready for sampling in later draw calls. Leaves no program, buffer or
    /// image bound. After an error nothing of the target is to be shown.
    Result<bool> step(double budget_ms);

    /// All that is left, at once.
    Status finish();

    /// Share of the cost that is queued, 0 to 1.
    double done() const { return total_ > 0 ? queued_ / total_ : 1; }

  protected:
    explicit SlicedWork(std::shared_ptr<ComputeDevice> device) : device_(std::move(device)) {}

    /// One row of work groups of one dispatch after the other; `costs` in multiply-adds.
    void add_part(std::vector<double> costs);

    /// Queues rows [begin, end) of work groups.
    virtual Status dispatch(size_t part, Index begin, Index end) = 0;
    /// For messages: "scoring attention on the GPU".
    virtual const char* doing() const = 0;

    ComputeDevice& device() { return *device_; }

  private:
    Status queue(double allowance, double budget_ms);

    std::shared_ptr<ComputeDevice> device_;
    std::vector<std::vector<double>> parts_;  // [part][row of work groups]
    size_t part_ = 0;
    Index row_ = 0;  // of the part, the first that is not queued
    double queued_ = 0, total_ = 0;
};

}  // namespace fovea::gpu
