#include "engine/trace/head_map.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/task_pool.h"
#include "engine/trace/row_block.h"

namespace fovea {

const QuantityName& name_of(Quantity quantity) {
    switch (quantity) {
        case Quantity::weights:
            return quantity::attention_weight;
        case Quantity::logits:
            return quantity::attention_logit;
        case Quantity::masked_logits:
            return quantity::masked_logit;
        case Quantity::value_weighted:
            break;
    }
    return quantity::value_weighted;
}

MapRegion whole_map(const LayerTrace& layer) {
    return {0, layer.projections->queries, 0, layer.projections->keys};
}

namespace {

/// Rows [begin, end) of a region, in any quantity, row-major.
class MapRows {
  public:
    MapRows(const LayerTrace& layer, Index head, Quantity quantity, const MapRegion& region,
            std::span<const float> value_norms)
        : layer_(layer),
          head_(head),
          quantity_(quantity),
          region_(region),
          value_norms_(value_norms),
          inverse_temperature_(1 / layer.edits[static_cast<size_t>(head)].temperature),
          block_(*layer.projections, head, layer.edits[static_cast<size_t>(head)]) {}

    void make(Index begin, Index end, float* into) const {
        const bool scores = quantity_ == Quantity::logits || quantity_ == Quantity::masked_logits;
        if (scores)
            block_.raw_logits(begin, end, region_.key_begin, region_.key_end, into);
        else
            block_.logits_below(begin, end, region_.key_begin, region_.key_end,
                                layer_.scores->largest_logit.slice(head_) + begin, into);
        if (quantity_ == Quantity::logits) return;
        const Index columns = region_.columns();
        for (Index i = begin; i < end; ++i) {
            float* row = into + (i - begin) * columns;
            block_.mask_row(i, region_.key_begin, region_.key_end, row);
            if (scores)
                Eigen::Map<Eigen::ArrayXf>(row, columns) *= inverse_temperature_;
            else
                to_weights(i, row);
        }
    }

  private:
    void to_weights(Index query, float* row) const {
        Eigen::Map<Eigen::ArrayXf> x(row, region_.columns());
        const float largest = layer_.scores->largest_logit.at(head_, query);
        if (largest == -std::numeric_limits<float>::infinity()) {
            x.setZero();
            return;
        }
        const float log_sum = layer_.scores->log_sum.at(head_, query);
        x = (x - block_.left_of(largest)) * inverse_temperature_ - log_sum;
        x = (x > -100.0f).select(x.exp(), (x != x).select(x, 0.0f));
        if (quantity_ == Quantity::value_weighted)
            x *= Eigen::Map<const Eigen::ArrayXf>(value_norms_.data() + region_.key_begin,
                                                  region_.columns());
    }

    const LayerTrace& layer_;
    Index head_;
    Quantity quantity_;
    MapRegion region_;
    std::span<const float> value_norms_;
    float inverse_temperature_;
    RowBlock block_;
};

}  // namespace

Tensor head_map(const LayerTrace& layer, Index head, Quantity quantity, const MapRegion& region,
                std::span<const float> value_norms) {
    Tensor map = Tensor::uninitialised({region.rows(), region.columns()});
    if (map.empty()) return map;
    const MapRows rows(layer, head, quantity, region, value_norms);
    const Index block = RowBlock::rows_for(region.columns());
    parallel_for((region.rows() + block - 1) / block, [&](Index b) {
        const Index begin = region.query_begin + b * block;
        rows.make(begin, std::min(begin + block, region.query_end),
                  map.data() + b * block * region.columns());
    });
    return map;
}

MapRegion row_of_map(const LayerTrace& layer, Index query) {
    return {query, query + 1, 0, layer.projections->keys};
}

Index heaviest_key(const Tensor& row) {
    const auto weights = row.values();
    return std::max_element(weights.begin(), weights.end()) - weights.begin();
}

Index heaviest_key(const LayerTrace& layer, Index head, Index query) {
    return heaviest_key(head_map(layer, head, Quantity::weights, row_of_map(layer, query)));
}

}  // namespace fovea
