#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/task_pool.h"
#include "engine/trace/head_map.h"
#include "engine/trace/row_block.h"

namespace fovea {
namespace {

constexpr float nothing = -std::numeric_limits<float>::infinity();

// A block of logits, 256 KiB: wide enough for a fast product, small enough to stay in cache until
// its cells are pooled.
constexpr Index block_queries = 128, block_keys = 512;

// Weights below exp of this are zero, as in head_map.
constexpr float smallest_log_weight = -100;
// Eigen's exp never quite reaches zero; a mean of nothing else is one.
constexpr float smallest_mean = 1e-30f;

// The larger of two; NaN once there is one.
float larger(float value, float largest) {
    return value > largest || value != value ? value : largest;
}

struct PoolingTask {
    const LayerTrace& layer;
    Index head;
    Quantity quantity;
    MapRegion region;
    Index rows, columns;
    Pooling pooling;
    std::span<const float> value_norms;
    const CancelToken& cancel;

    bool of_weights() const {
        return quantity == Quantity::weights || quantity == Quantity::value_weighted;
    }
    Index query_begin(Index row) const {
        return region.query_begin + pooled_begin(row, rows, region.rows());
    }
    Index key_begin(Index column) const {
        return region.key_begin + pooled_begin(column, columns, region.columns());
    }
    Index column_of(Index key) const {
        return (key - region.key_begin) * columns / region.columns();
    }
};

/// Some rows of a pooled map. Cells are first folded down the queries of a row, key by key, in wide
/// words; then the keys of a column. The largest weight is found among its logarithms, so that only
/// pooled cells need an exp.
class Band {
  public:
    Band(const PoolingTask& job, Index row_begin, Index row_end, float* into)
        : job_(job),
          block_(*job.layer.projections, job.head, job.layer.edits[static_cast<size_t>(job.head)]),
          inverse_temperature_(1 / job.layer.edits[static_cast<size_t>(job.head)].temperature),
          row_begin_(row_begin),
          row_end_(row_end),
          into_(into),
          logits_(static_cast<size_t>(block_queries * block_keys)),
          folded_(static_cast<size_t>(block_keys)) {
        const auto cells = static_cast<size_t>((row_end - row_begin) * job.columns);
        if (job.pooling == Pooling::largest) {
            std::fill_n(into, cells, nothing);
        } else {
            sums_.assign(cells, 0);
            if (counts_visible()) {
                seen_.assign(static_cast<size_t>(block_keys), 0);
                counts_.assign(cells, 0);
            }
        }
    }

    void make() {
        const Index query_end = job_.query_begin(row_end_);
        for (Index begin = job_.query_begin(row_begin_); begin < query_end; begin += block_queries)
            add_queries(begin, std::min(begin + block_queries, query_end));
        finish();
    }

  private:
    bool counts_visible() const {
        return job_.pooling == Pooling::mean && job_.quantity == Quantity::masked_logits;
    }

    void add_queries(Index begin, Index end) {
        AttentionMask::Range keys{job_.region.key_begin, job_.region.key_end};
        if (job_.quantity != Quantity::logits) {
            const auto visible = block_.key_range(begin, end);
            keys.begin = std::max(keys.begin, visible.begin);
            keys.end = std::min(keys.end, visible.end);
        }
        for (Index key = keys.begin; key < keys.end; key += block_keys) {
            if (job_.cancel.cancelled()) return;
            add_block(begin, end, {key, std::min(key + block_keys, keys.end)});
        }
    }

    void add_block(Index begin, Index end, AttentionMask::Range keys) {
        if (job_.of_weights())
            block_.logits_below(begin, end, keys.begin, keys.end,
                                job_.layer.scores->largest_logit.slice(job_.head) + begin,
                                logits_.data());
        else
            block_.raw_logits(begin, end, keys.begin, keys.end, logits_.data());
        const Index columns = keys.end - keys.begin;
        float* row = logits_.data();
        for (Index query = begin, r = row_of(begin); query < end; ++r) {
            const Index last = std::min(end, job_.query_begin(r + 1));
            start_fold(columns);
            for (; query < last; ++query, row += columns)
                fold_row(query, keys, row);
            if (job_.pooling == Pooling::largest)
                pool_largest(r, keys);
            else
                pool_sum(r, keys);
        }
    }

    Index row_of(Index query) const {
        return (query - job_.region.query_begin) * job_.rows / job_.region.rows();
    }
    size_t cell(Index row, Index column) const {
        return static_cast<size_t>((row - row_begin_) * job_.columns + column);
    }

    void start_fold(Index columns) {
        std::fill_n(folded_.begin(), columns, job_.pooling == Pooling::largest ? nothing : 0.0f);
        if (counts_visible()) std::fill_n(seen_.begin(), columns, 0);
    }

    void fold_row(Index query, AttentionMask::Range keys, float* row) {
        const Index columns = keys.end - keys.begin;
        if (job_.quantity != Quantity::logits) block_.mask_row(query, keys.begin, keys.end, row);
        if (job_.of_weights()) return fold_weights(query, columns, row);
        float* folded = folded_.data();
        if (job_.quantity == Quantity::masked_logits)
            Eigen::Map<Eigen::ArrayXf>(row, columns) *= inverse_temperature_;
        if (job_.pooling == Pooling::largest) {
            for (Index j = 0; j < columns; ++j)
                folded[j] = larger(row[j], folded[j]);
        } else if (counts_visible()) {
            for (Index j = 0; j < columns; ++j) {
                folded[j] += row[j] == nothing ? 0.0f : row[j];
                seen_[static_cast<size_t>(j)] += row[j] == nothing ? 0 : 1;
            }
        } else {
            Eigen::Map<Eigen::ArrayXf>(folded, columns) +=
                Eigen::Map<const Eigen::ArrayXf>(row, columns);
        }
    }

    void fold_weights(Index query, Index columns, const float* row) {
        const float largest = job_.layer.scores->largest_logit.at(job_.head, query);
        const float log_sum = job_.layer.scores->log_sum.at(job_.head, query);
        if (largest == nothing) return;  // nothing is visible: zeros
        float* folded = folded_.data();
        // Of no number every weight that there is is none; what is hidden has none.
        if (std::isnan(largest) || std::isnan(log_sum)) {
            for (Index j = 0; j < columns; ++j)
                if (row[j] != nothing) folded[j] = std::numeric_limits<float>::quiet_NaN();
            return;
        }
        const float left = block_.left_of(largest), inverse = inverse_temperature_;
        if (job_.pooling == Pooling::largest) {
            for (Index j = 0; j < columns; ++j)
                folded[j] = larger((row[j] - left) * inverse - log_sum, folded[j]);
        } else {
            Eigen::Map<Eigen::ArrayXf>(folded, columns) +=
                ((Eigen::Map<const Eigen::ArrayXf>(row, columns) - left) * inverse - log_sum).exp();
        }
    }

    void pool_largest(Index row, AttentionMask::Range keys) {
        float* folded = folded_.data();
        if (job_.quantity == Quantity::value_weighted) {
            for (Index key = keys.begin; key < keys.end; ++key)
                folded[key - keys.begin] += std::log(job_.value_norms[static_cast<size_t>(key)]);
        }
        for (Index key = keys.begin, column = job_.column_of(key); key < keys.end; ++column) {
            const Index last = std::min(keys.end, job_.key_begin(column + 1));
            float largest = into_[cell(row, column)];
            for (; key < last; ++key)
                largest = larger(folded[key - keys.begin], largest);
            into_[cell(row, column)] = largest;
        }
    }

    void pool_sum(Index row, AttentionMask::Range keys) {
        const float* folded = folded_.data();
        const bool weighted = job_.quantity == Quantity::value_weighted;
        for (Index key = keys.begin, column = job_.column_of(key); key < keys.end; ++column) {
            const Index last = std::min(keys.end, job_.key_begin(column + 1));
            double sum = 0;
            Index seen = 0;
            for (; key < last; ++key) {
                const auto at = static_cast<size_t>(key - keys.begin);
                const float norm = weighted ? job_.value_norms[static_cast<size_t>(key)] : 1.0f;
                sum += double{folded[at]} * norm;
                if (counts_visible()) seen += seen_[at];
            }
            sums_[cell(row, column)] += sum;
            if (counts_visible()) counts_[cell(row, column)] += seen;
        }
    }

    void finish() {
        for (Index row = row_begin_; row < row_end_; ++row) {
            const Index queries = job_.query_begin(row + 1) - job_.query_begin(row);
            for (Index column = 0; column < job_.columns; ++column) {
                const size_t at = cell(row, column);
                if (job_.pooling == Pooling::largest) {
                    if (job_.of_weights()) into_[at] = weight_of(into_[at]);
                    continue;
                }
                const Index keys = job_.key_begin(column + 1) - job_.key_begin(column);
                const Index count = counts_visible() ? counts_[at] : queries * keys;
                into_[at] = count == 0 ? nothing
                                       : static_cast<float>(sums_[at] / static_cast<double>(count));
                if (job_.of_weights() && into_[at] < smallest_mean) into_[at] = 0;
            }
        }
    }

    static float weight_of(float log_weight) {
        return log_weight <= smallest_log_weight ? 0.0f : std::exp(log_weight);
    }

    const PoolingTask& job_;
    RowBlock block_;
    float inverse_temperature_;
    Index row_begin_, row_end_;
    float* into_;                // [row_end - row_begin, columns]
    std::vector<float> logits_;  // [block_queries, block_keys]
    std::vector<float> folded_;  // [block_keys], largest or sum over the queries of one row
    std::vector<int> seen_;      // [block_keys], visible queries, where they are counted
    std::vector<double> sums_;   // [row_end - row_begin, columns], of mean pooling
    std::vector<Index> counts_;  // [row_end - row_begin, columns], visible cells
};

}  // namespace

Tensor pooled_head_map(const LayerTrace& layer, Index head, Quantity quantity,
                       const MapRegion& region, Index rows, Index columns, Pooling pooling,
                       std::span<const float> value_norms, const CancelToken& cancel) {
    rows = std::min(rows, region.rows());
    columns = std::min(columns, region.columns());
    if (rows == region.rows() && columns == region.columns())
        return head_map(layer, head, quantity, region, value_norms);
    Tensor map = Tensor::uninitialised({rows, columns});
    if (map.empty()) return map;
    const PoolingTask job{layer,   head,    quantity,    region, rows,
                          columns, pooling, value_norms, cancel};
    const Index band = std::max<Index>(1, block_queries * rows / region.rows());
    parallel_for((rows + band - 1) / band, [&](Index b) {
        const Index begin = b * band;
        Band(job, begin, std::min(begin + band, rows), map.data() + begin * columns).make();
    });
    return map;
}

}  // namespace fovea
