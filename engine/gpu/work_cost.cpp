#include "engine/gpu/work_cost.h"

#include <algorithm>

namespace fovea::gpu {

namespace {

// Roughly; only slices of different kinds would notice.
constexpr double exponential_cost = 32, store_cost = 8;

}  // namespace

CellCount count_cells(const AttentionMask& mask, const MapRegion& region) {
    const double all = static_cast<double>(region.rows()) * static_cast<double>(region.columns());
    if (region.rows() <= 0) return {};
    // Both ends move on with the query.
    const Index begin =
        std::max(mask.visible_range(region.query_begin, region.key_end).begin, region.key_begin);
    const Index end =
        std::min(mask.visible_range(region.query_end - 1, region.key_end).end, region.key_end);
    return {all, static_cast<double>(region.rows()) *
                     static_cast<double>(std::max<Index>(end - begin, 0))};
}

double logit_cost(double cells, Index head_dim) {
    return cells * (static_cast<double>(head_dim) + exponential_cost);
}

double write_cost(double cells) {
    return cells * store_cost;
}

}  // namespace fovea::gpu
