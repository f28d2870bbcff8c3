#include "engine/trace/row_change.h"

#include <algorithm>

#include "engine/trace/head_map.h"

namespace fovea {

float row_change(std::span<const float> before, std::span<const float> after) {
    double given = 0, taken = 0;
    for (size_t key = 0; key < std::min(before.size(), after.size()); ++key) {
        const double change = static_cast<double>(after[key]) - static_cast<double>(before[key]);
        (change > 0 ? given : taken) += change;
    }
    return static_cast<float>(std::max(given, -taken));
}

float row_change(const LayerTrace& before, const LayerTrace& after, Index head, Index query) {
    const MapRegion row{query, query + 1, 0, after.projections->keys};
    return row_change(head_map(before, head, Quantity::weights, row).values(),
                      head_map(after, head, Quantity::weights, row).values());
}

}  // namespace fovea
