#pragma once

#include <optional>

#include "engine/trace/head_map.h"

namespace fovea {

/// A cell of one map less that of another; either is nullopt where its mask hides it. A weight that
/// is hidden is zero, so that one of the two is enough; a masked logit is nothing, and cannot be
/// compared. Nullopt where there is no difference to show.
inline std::optional<float> cell_difference(Quantity quantity, std::optional<float> value,
                                            std::optional<float> other) {
    if (value && other) return *value - *other;
    if (quantity == Quantity::masked_logits || (!value && !other)) return std::nullopt;
    return value.value_or(0.0f) - other.value_or(0.0f);
}

}  // namespace fovea
