#include "engine/figure/heads_scale.h"

#include <algorithm>
#include <cmath>

namespace fovea {

ValueScale colour_scale_of(const ShownHeads& job, ColourMapName map, float smallest,
                           float largest) {
    const bool signed_values =
        job.less || job.quantity == Quantity::logits || job.quantity == Quantity::masked_logits;
    ValueScale scale;
    scale.map = map;
    if (smallest > largest) return scale;
    if (!signed_values) {
        const bool whole = job.quantity == Quantity::weights && !job.fitted;
        scale.high = whole || !(largest > 0) ? 1.0 : rounded_up(largest);
        scale.logarithmic = job.logarithmic;
        if (scale.logarithmic) scale.low = logarithmic_floor * scale.high;
        return scale;
    }
    scale.low = smallest;
    scale.high = largest;
    if (map == ColourMapName::diverging) {
        scale.high = std::max(std::abs(scale.low), std::abs(scale.high));
        scale.low = -scale.high;
    }
    const double least = 1e-6 * std::max(1.0, std::abs(scale.low));
    if (scale.high - scale.low < least) {
        scale.low -= 0.5;
        scale.high += 0.5;
    }
    return scale;
}

}  // namespace fovea
