#include "engine/trace/score.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/task_pool.h"
#include "engine/metrics/row_metric.h"
#include "engine/nn/product.h"
#include "engine/trace/row_block.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Scores one head, block by block of its queries.
class HeadScorer {
  public:
    HeadScorer(const Projections& projections, Index head, const HeadEdits& edits,
               HeadScores& scores)
        : p_(projections), head_(head), edits_(edits), scores_(scores), block_(p_, head, edits) {
        std::fill_n(thumbnail(), thumbnail_rows() * thumbnail_columns(), 0.0f);
    }

    void run(const CancelToken& cancel, bool outputs) {
        const Index rows = RowBlock::rows_for(p_.keys);
        weights_ = Tensor::uninitialised({rows, p_.keys});
        logs_ = Tensor::uninitialised({p_.keys});
        for (Index begin = 0; begin < p_.queries && !cancel.cancelled(); begin += rows)
            score_block(begin, std::min(begin + rows, p_.queries), outputs);
        if (outputs && edits_.ablation) ablate();
    }

  private:
    Index thumbnail_rows() const { return scores_.thumbnails.extent(1); }
    Index thumbnail_columns() const { return scores_.thumbnails.extent(2); }
    float* thumbnail() { return scores_.thumbnails.slice(head_); }
    float* output(Index query) { return scores_.output.slice(head_) + query * p_.head_dim; }

    void score_block(Index begin, Index end, bool outputs) {
        const auto keys = block_.key_range(begin, end);
        const Index columns = keys.end - keys.begin;
        block_.raw_logits(begin, end, keys.begin, keys.end, weights_.data());
        for (Index i = begin; i < end; ++i)
            score_row(i, keys, weights_.data() + (i - begin) * columns);
        if (!outputs) return;
        const float* values = p_.value_of(head_) + keys.begin * p_.head_dim;
        multiply({.weight = reinterpret_cast<const std::byte*>(values),
                  .row_bytes = static_cast<size_t>(p_.head_dim) * sizeof(float),
                  .input_major = true,
                  .input = weights_.data(),
                  .inputs = columns,
                  .rows = end - begin,
                  .output = output(begin),
                  .output_stride = p_.head_dim},
                 0, p_.head_dim);
    }

    /// From raw logits to weights in place, and all that is kept of the row.
    void score_row(Index query, AttentionMask::Range keys, float* row) {
        const auto size = static_cast<size_t>(keys.end - keys.begin);
        const Index visible = block_.mask_row(query, keys.begin, keys.end, row);
        AttentionRow attention{{row, size}, {logs_.data(), size}, keys.begin, query, p_.keys,
                               visible};
        scores_.log_sum_exp.at(head_, query) = softmax_row({row, size}, {logs_.data(), size});
        attention.entropy = entropy_of(attention.weights, attention.log_weights);
        const auto metrics = row_metrics();
        for (size_t m = 0; m < metrics.size(); ++m)
            scores_.metrics.slice(static_cast<Index>(m))[head_ * p_.queries + query] =
                visible > 0 ? metrics[m].compute(attention)
                            : std::numeric_limits<float>::quiet_NaN();
        pool_row(query, keys, row);
    }

    /// Largest weight of each cell of the thumbnail: a lone peak stays visible at any length.
    void pool_row(Index query, AttentionMask::Range keys, const float* row) {
        const Index columns = thumbnail_columns();
        float* cells = thumbnail() + query * thumbnail_rows() / p_.queries * columns;
        if (columns == p_.keys) {
            float* first = cells + keys.begin;
            for (Index j = 0; j < keys.end - keys.begin; ++j)
                first[j] = std::max(first[j], row[j]);
            return;
        }
        for (Index c = 0; c < columns; ++c) {
            const Index begin = std::max(keys.begin, (c * p_.keys + columns - 1) / columns);
            const Index end = std::min(keys.end, ((c + 1) * p_.keys + columns - 1) / columns);
            if (begin >= end) continue;
            const float largest =
                Eigen::Map<const Eigen::ArrayXf>(row + begin - keys.begin, end - begin).maxCoeff();
            cells[c] = std::max(cells[c], largest);
        }
    }

    void ablate() {
        Eigen::Map<RowMajor> all(output(0), p_.queries, p_.head_dim);
        if (*edits_.ablation == AblationTarget::zero) {
            all.setZero();
        } else {
            const Eigen::RowVectorXf mean = all.colwise().mean();
            all.rowwise() = mean;
        }
    }

    const Projections& p_;
    Index head_;
    const HeadEdits& edits_;
    HeadScores& scores_;
    RowBlock block_;
    Tensor weights_;  // [rows of a block, keys]
    Tensor logs_;     // [keys]
};

}  // namespace

HeadScores score_heads(const Projections& p, const std::vector<HeadEdits>& edits,
                       const CancelToken& cancel, bool outputs) {
    HeadScores scores;
    scores.log_sum_exp = Tensor::uninitialised({p.heads, p.queries});
    const auto metrics = static_cast<Index>(row_metrics().size());
    scores.metrics = Tensor::uninitialised({metrics, p.heads, p.queries});
    scores.thumbnails = Tensor::uninitialised(
        {p.heads, std::min(p.queries, thumbnail_extent), std::min(p.keys, thumbnail_extent)});
    if (outputs) scores.output = Tensor::uninitialised({p.heads, p.queries, p.head_dim});
    parallel_for(p.heads, [&](Index head) {
        HeadScorer(p, head, edits[static_cast<size_t>(head)], scores).run(cancel, outputs);
    });
    return scores;
}

std::shared_ptr<const Trace> rescore(const Trace& original, const Edits& edits,
                                     const CancelToken& cancel) {
    auto trace = std::make_shared<Trace>(original);
    trace->edits = edits;
    trace->picture_only = true;
    if (original.encoder) trace->encoder = rescore(*original.encoder, edits, cancel);
    if (original.cross) trace->cross = rescore(*original.cross, edits, cancel);
    for (size_t l = 0; l < original.layers.size(); ++l) {
        const LayerTrace& own = *original.layers[l];
        const Projections& p = *own.projections;
        std::vector<HeadEdits> of_heads =
            edits_of_heads(edits, p, static_cast<Index>(l), original.part);
        if (of_heads == own.edits) continue;
        auto layer = std::make_shared<LayerTrace>();
        layer->projections = own.projections;
        layer->scores =
            std::make_shared<const HeadScores>(score_heads(p, of_heads, cancel, /*outputs=*/false));
        layer->edits = std::move(of_heads);
        trace->layers[l] = std::move(layer);
    }
    return trace;
}

std::vector<HeadEdits> edits_of_heads(const Edits& edits, const Projections& p, Index layer,
                                      Part part) {
    std::vector<HeadEdits> of_heads;
    for (Index h = 0; h < p.heads; ++h)
        of_heads.push_back(edits_of_head(edits, p.mask, {layer, h, p.queries, p.keys, part}));
    return of_heads;
}

}  // namespace fovea
