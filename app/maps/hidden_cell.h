#pragma once

namespace fovea::app {

/// What textures and grids hold where a cell is hidden by a mask: no weight, no logit. Anything
/// below `hidden_limit` counts (so does -infinity).
inline constexpr float hidden_cell = -3.0e38f;
inline constexpr float hidden_limit = -1.0e37f;

}  // namespace fovea::app
