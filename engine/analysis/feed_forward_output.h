#pragma once

#include <Eigen/Core>

#include "engine/model/model.h"

namespace fovea {

/// What the feed-forward of a layer adds to a row of the stream that it reads, its norms applied.
/// `read` [width]: the stream in front of its norm.
Eigen::RowVectorXf feed_forward_output(const Stack& stack, Index layer,
                                       const Eigen::RowVectorXf& read);

}  // namespace fovea
