#pragma once

#include <Eigen/Core>

#include "engine/core/tensor.h"
#include "engine/nn/norm.h"

namespace fovea {

/// A norm with the deviation that one vector had: linear in what passes it, x to
/// gain (x - mean x) / σ (without the mean where the norm takes none off); its shift is apart.
class FrozenNorm {
  public:
    /// `whole` [width] is what the norm met.
    FrozenNorm(const Norm& norm, const float* whole, Index width);

    /// In place, without the shift.
    void apply(Eigen::Ref<Eigen::RowVectorXf> vector) const;
    /// Adds the shift, which is nothing where the norm has none.
    void add_shift(Eigen::Ref<Eigen::RowVectorXf> vector) const;
    bool has_shift() const { return norm_.bias != nullptr; }

  private:
    Norm norm_;
    float inverse_deviation_;
};

}  // namespace fovea
