#pragma once

#include <utility>

#include "engine/io/dtype.h"

namespace fovea {

/// Calls `f` with the type among a processor's `Lanes` (its ways to read neighbouring weights as
/// floats) that reads this one, as `f.template operator()<Lanes::...>()`. Others than the three
/// never come here: narrow_rows() is 0 for them.
template <class Lanes, class F>
void with_lanes(DType dtype, F&& f) {
    switch (dtype) {
        case DType::bf16:
            return std::forward<F>(f).template operator()<typename Lanes::BrainFloat>();
        case DType::f16:
            return std::forward<F>(f).template operator()<typename Lanes::Half>();
        default:
            return std::forward<F>(f).template operator()<typename Lanes::Float>();
    }
}

}  // namespace fovea
