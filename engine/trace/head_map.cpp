#include "engine/trace/head_map.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/task_pool.h"
#include "engine/trace/row_block.h"

namespace fovea {

std::string_view quantity_name(Quantity quantity) {
    switch (quantity) {
        case Quantity::weights:
            return "weights";
        case Quantity::raw_scores:
            return "scores";
        case Quantity::masked_scores:
            return "masked_scores";
        case Quantity::value_weighted:
            return "value_weighted";
    }
    return "";
}

std::string_view quantity_label(Quantity quantity) {
    switch (quantity) {
        case Quantity::weights:
            return "weights";
        case Quantity::raw_scores:
            return "raw scores";
        case Quantity::masked_scores:
            return "masked scores";
        case Quantity::value_weighted:
            return "value-weighted";
    }
    return "";
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
          block_(*layer.projections, head, layer.edits[static_cast<size_t>(head)]) {}

    void make(Index begin, Index end, float* into) const {
        block_.raw_logits(begin, end, region_.key_begin, region_.key_end, into);
        if (quantity_ == Quantity::raw_scores) return;
        const Index columns = region_.columns();
        for (Index i = begin; i < end; ++i) {
            float* row = into + (i - begin) * columns;
            block_.mask_row(i, region_.key_begin, region_.key_end, row);
            if (quantity_ != Quantity::masked_scores) to_weights(i, row);
        }
    }

  private:
    void to_weights(Index query, float* row) const {
        Eigen::Map<Eigen::ArrayXf> x(row, region_.columns());
        const float log_sum_exp = layer_.scores->log_sum_exp.at(head_, query);
        if (log_sum_exp == -std::numeric_limits<float>::infinity()) {
            x.setZero();
            return;
        }
        x -= log_sum_exp;
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
    RowBlock block_;
};

/// First of the source cells that output cell `i` of `count` covers: those with j count / source ==
/// i, as in HeadScores::thumbnails.
Index cell_begin(Index i, Index count, Index source) {
    return (i * source + count - 1) / count;
}

float pool(std::span<const float> cells, Index stride, Index rows, Index begin, Index end,
           Pooling pooling) {
    float largest = -std::numeric_limits<float>::infinity();
    double sum = 0;
    for (Index r = 0; r < rows; ++r) {
        for (Index c = begin; c < end; ++c) {
            const float value = cells[static_cast<size_t>(r * stride + c)];
            largest = std::max(largest, value);
            sum += value;
        }
    }
    if (pooling == Pooling::largest) return largest;
    return static_cast<float>(sum / static_cast<double>(rows * (end - begin)));
}

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

Tensor pooled_head_map(const LayerTrace& layer, Index head, Quantity quantity,
                       const MapRegion& region, Index rows, Index columns, Pooling pooling,
                       std::span<const float> value_norms) {
    rows = std::min(rows, region.rows());
    columns = std::min(columns, region.columns());
    if (rows == region.rows() && columns == region.columns())
        return head_map(layer, head, quantity, region, value_norms);
    Tensor map = Tensor::uninitialised({rows, columns});
    const MapRows source(layer, head, quantity, region, value_norms);
    parallel_for(rows, [&](Index r) {
        const Index begin = cell_begin(r, rows, region.rows());
        const Index end = cell_begin(r + 1, rows, region.rows());
        std::vector<float> band(static_cast<size_t>((end - begin) * region.columns()));
        source.make(region.query_begin + begin, region.query_begin + end, band.data());
        for (Index c = 0; c < columns; ++c)
            map.at(r, c) =
                pool(band, region.columns(), end - begin, cell_begin(c, columns, region.columns()),
                     cell_begin(c + 1, columns, region.columns()), pooling);
    });
    return map;
}

}  // namespace fovea
