#pragma once

#include <Eigen/Core>

#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// How the heads of one attention write into the residual stream: o_h = z_h W_O^h, where z_h is the
/// mean of the values by the head's weights, and W_O^h the head's rows of the output matrix.
class HeadWriting {
  public:
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

    /// Unpacks the matrix once.
    HeadWriting(const Stack& stack, Index layer, bool cross);

    /// What each head writes at one query, [heads, width]; the bias is apart.
    RowMajor of_row(const LayerTrace& trace, Index query) const;
    /// Vectors of a head, [count, head_dim], through its part of the matrix: [count, width].
    RowMajor through(Index head, const Eigen::Ref<const RowMajor>& vectors) const;
    /// [width], or empty.
    Eigen::RowVectorXf bias() const;

  private:
    Index head_dim_;
    Index width_;
    bool input_major_;
    Tensor weight_;  // [outputs, inputs], or the other way round where input_major
    const float* bias_;
};

}  // namespace fovea
