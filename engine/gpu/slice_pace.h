#pragma once

namespace fovea::gpu {

/// How much work fits a frame. Learns from what slices of work took, in whatever unit their cost is
/// counted (multiply-adds here), so that one long job neither stalls the window nor crawls.
class SlicePace {
  public:
    /// A slice of this cost took so long.
    void learn(double cost, double milliseconds);

    /// The cost that may be queued now. What is still under way counts: two budgets' worth may be
    /// on its way to the GPU (it lags a frame behind), one budget's worth a step. Before anything
    /// is known, little enough for the slowest of machines.
    double affordable(double budget_ms, double under_way) const;

  private:
    double rate_ = 0;  ///< cost a millisecond; 0: nothing known
};

}  // namespace fovea::gpu
