#include "engine/trace/score.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/task_pool.h"
#include "engine/metrics/row_metric.h"
#include "engine/nn/product.h"
#include "engine/nn/softmax.h"
#include "engine/trace/row_block.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How many of the cached rows can be taken over: a cell of a thumbnail that holds one
/// which has gone as well cannot, nor can a cell be cut.
Index rows_to_take(const ScoreRequest& request) {
    if (!request.cached) return 0;
    const Projections& before = *request.cached->projections;
    const Projections& p = request.projections;
    const Index cell = thumbnail_cell(p.queries);
    if (thumbnail_cell(before.queries) > cell ||
        thumbnail_cell(before.keys) > thumbnail_cell(p.keys))
        return 0;
    return request.cached_rows == before.queries ? request.cached_rows
                                                 : request.cached_rows / cell * cell;
}

/// Scores one head, block by block of its queries.
class HeadScorer {
  public:
    HeadScorer(const ScoreRequest& request, Index head, HeadScores& scores)
        : p_(request.projections),
          head_(head),
          edits_(request.edits[static_cast<size_t>(head)]),
          outputs_(request.outputs),
          scores_(scores),
          query_cell_(thumbnail_cell(p_.queries)),
          key_cell_(thumbnail_cell(p_.keys)),
          block_(p_, head, edits_) {
        std::fill_n(thumbnail(), thumbnail_rows() * thumbnail_columns(), 0.0f);
    }

    /// Rows before `first` are those of `cached`.
    void run(const LayerTrace* cached, Index first, const CancelToken& cancel) {
        if (first > 0) take_over(*cached, first);
        const Index rows = std::min(rows_of_block(), p_.queries - first);
        weights_ = Tensor::uninitialised({rows, p_.keys});
        halves_ = Tensor::uninitialised({p_.keys});
        for (Index begin = first; begin < p_.queries && !cancel.cancelled(); begin += rows)
            score_block(begin, std::min(begin + rows, p_.queries));
        if (outputs_ && edits_.ablation) ablate(first);
    }

  private:
    Index thumbnail_rows() const { return scores_.thumbnails.extent(1); }
    Index thumbnail_columns() const { return scores_.thumbnails.extent(2); }
    float* thumbnail() { return scores_.thumbnails.slice(head_); }
    float* output(Index query) { return scores_.output.slice(head_) + query * p_.head_dim; }

    Index rows_of_block() const {
        const Index rows = RowBlock::rows_for(p_.keys);
        // Rows that see more and more keys share a block with the longest: a few blocks at least.
        constexpr Index fewest = 32, blocks = 4;
        return edits_.mask.causal ? std::min(rows, std::max(p_.queries / blocks, fewest)) : rows;
    }

    void take_over(const LayerTrace& cached, Index rows) {
        const HeadScores& before = *cached.scores;
        std::copy_n(before.largest_logit.slice(head_), rows, scores_.largest_logit.slice(head_));
        std::copy_n(before.log_sum.slice(head_), rows, scores_.log_sum.slice(head_));
        for (Index m = 0; m < scores_.metrics.extent(0); ++m)
            std::copy_n(before.metrics.slice(m) + head_ * before.metrics.extent(2), rows,
                        scores_.metrics.slice(m) + head_ * p_.queries);
        const Index query_cell = thumbnail_cell(cached.projections->queries);
        const Index key_cell = thumbnail_cell(cached.projections->keys);
        const Index keys = std::min(cached.projections->keys, p_.keys);
        for (Index query = 0; query < rows; query += query_cell) {
            const float* from =
                before.thumbnails.slice(head_) + query / query_cell * before.thumbnails.extent(2);
            float* to = thumbnail() + query / query_cell_ * thumbnail_columns();
            for (Index key = 0; key < keys; key += key_cell)
                to[key / key_cell_] = std::max(to[key / key_cell_], from[key / key_cell]);
        }
    }

    void score_block(Index begin, Index end) {
        const auto keys = block_.key_range(begin, end);
        const Index columns = keys.end - keys.begin;
        // Where they are taken off already, those of the rows; else zeros, until the softmax knows.
        block_.logits_below_largest(begin, end, keys.begin, keys.end,
                                    scores_.largest_logit.slice(head_) + begin, weights_.data());
        for (Index i = begin; i < end; ++i)
            score_row(i, keys, weights_.data() + (i - begin) * columns);
        if (!outputs_) return;
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
    void score_row(Index query, AttentionMask::Range block_keys, float* row) {
        // What the mask's rule hides, half of a causal map, needs no softmax to become zero.
        auto keys = block_.key_range(query, query + 1);
        keys.begin = std::clamp(keys.begin, block_keys.begin, block_keys.end);
        keys.end = std::clamp(keys.end, keys.begin, block_keys.end);
        std::fill(row, row + (keys.begin - block_keys.begin), 0.0f);
        std::fill(row + (keys.end - block_keys.begin), row + (block_keys.end - block_keys.begin),
                  0.0f);
        row += keys.begin - block_keys.begin;
        const auto size = static_cast<size_t>(keys.end - keys.begin);
        const Index visible = block_.mask_row(query, keys.begin, keys.end, row);
        const RowSoftmax softmax = softmax_row({row, size}, edits_.temperature);
        keep_sum(query, softmax);
        const AttentionRow attention{.weights = {row, size},
                                     .first_key = keys.begin,
                                     .query = query,
                                     .keys = p_.keys,
                                     .visible = visible,
                                     .entropy = softmax.entropy,
                                     .largest = softmax.largest};
        const auto metrics = row_metrics();
        for (size_t m = 0; m < metrics.size(); ++m)
            scores_.metrics.slice(static_cast<Index>(m))[head_ * p_.queries + query] =
                visible > 0 ? metrics[m].compute(attention)
                            : std::numeric_limits<float>::quiet_NaN();
        pool_row(query, keys, row);
    }

    void keep_sum(Index query, const RowSoftmax& softmax) {
        float& largest = scores_.largest_logit.at(head_, query);
        float& log_sum = scores_.log_sum.at(head_, query);
        log_sum = softmax.log_sum;
        if (std::isnan(softmax.log_sum))
            largest = softmax.log_sum;
        else if (!block_.precise() || std::isinf(softmax.largest_logit))
            largest = softmax.largest_logit;
        else  // what rounding the largest to a float has left of it
            log_sum += softmax.largest_logit / edits_.temperature;
    }

    /// Largest weight of each cell of the thumbnail: a lone peak stays visible at any length.
    void pool_row(Index query, AttentionMask::Range keys, const float* row) {
        float* cells = thumbnail() + query / query_cell_ * thumbnail_columns();
        const Index begin = (keys.begin + key_cell_ - 1) / key_cell_;  // the first whole cell
        const Index end = std::max(begin, keys.end / key_cell_);
        const auto one_by_one = [&](Index from, Index to) {
            for (Index key = from; key < to; ++key)
                cells[key / key_cell_] = std::max(cells[key / key_cell_], row[key - keys.begin]);
        };
        one_by_one(keys.begin, std::min(begin * key_cell_, keys.end));
        one_by_one(std::max(end * key_cell_, keys.begin), keys.end);
        // Pairs of keys, pairs of pairs, and so on until a pair is a cell: in vectors, since no
        // result lies where a later one is still to be read.
        const float* values = row + (begin * key_cell_ - keys.begin);
        float* halves = halves_.data();
        for (Index size = key_cell_; size > 1; size /= 2) {
            const Index pairs = (end - begin) * size / 2;
            for (Index i = 0; i < pairs; ++i)
                halves[i] = std::max(values[2 * i], values[2 * i + 1]);
            values = halves;
            halves += pairs;
        }
        for (Index cell = begin; cell < end; ++cell)
            cells[cell] = std::max(cells[cell], values[cell - begin]);
    }

    /// Rows before `first` are so already. Of a mean none are: it is that of the whole sentence.
    void ablate(Index first) {
        Eigen::Map<RowMajor> rows(output(first), p_.queries - first, p_.head_dim);
        if (*edits_.ablation == AblationTarget::zero) {
            rows.setZero();
        } else {
            const Eigen::RowVectorXf mean = rows.colwise().mean();
            rows.rowwise() = mean;
        }
    }

    const Projections& p_;
    Index head_;
    const HeadEdits& edits_;
    bool outputs_;
    HeadScores& scores_;
    Index query_cell_, key_cell_;  // tokens that a cell of the thumbnail stands for
    RowBlock block_;
    Tensor weights_;  // [rows of a block, keys]
    Tensor halves_;   // [keys]
};

/// Room for all that score_heads gives; cached outputs are in place.
HeadScores room_for_scores(const ScoreRequest& request) {
    const Projections& p = request.projections;
    HeadScores scores;
    scores.largest_logit = Tensor::uninitialised({p.heads, p.queries});
    scores.log_sum = Tensor::uninitialised({p.heads, p.queries});
    const auto metrics = static_cast<Index>(row_metrics().size());
    scores.metrics = Tensor::uninitialised({metrics, p.heads, p.queries});
    scores.thumbnails =
        Tensor::uninitialised({p.heads, thumbnail_cells(p.queries), thumbnail_cells(p.keys)});
    const Index first = rows_to_take(request);
    if (request.outputs && first > 0) {
        scores.output = Tensor::grown(request.cached->scores->output, first, p.queries - first);
    } else if (request.outputs) {
        // A causal sentence is typed on: what stands there will be reused.
        scores.output = p.mask.causal ? Tensor::with_room({p.heads, p.queries, p.head_dim})
                                      : Tensor::uninitialised({p.heads, p.queries, p.head_dim});
    }
    return scores;
}

void score_head(const ScoreRequest& request, Index head, HeadScores& scores,
                const CancelToken& cancel) {
    HeadScorer scorer(request, head, scores);
    if (!request.cached_heads.empty() && request.cached_heads[static_cast<size_t>(head)])
        scorer.run(request.cached_heads[static_cast<size_t>(head)], request.projections.queries,
                   cancel);
    else
        scorer.run(request.cached, rows_to_take(request), cancel);
}

}  // namespace

std::vector<HeadScores> score_layers(std::span<const ScoreRequest> layers,
                                     const CancelToken& cancel) {
    struct Place {
        size_t layer;
        Index head;
    };
    std::vector<HeadScores> scores;
    std::vector<Place> places;
    for (size_t l = 0; l < layers.size(); ++l) {
        scores.push_back(room_for_scores(layers[l]));
        for (Index head = 0; head < layers[l].projections.heads; ++head)
            places.push_back({l, head});
    }
    parallel_for(static_cast<Index>(places.size()), [&](Index i) {
        const auto [layer, head] = places[static_cast<size_t>(i)];
        score_head(layers[layer], head, scores[layer], cancel);
    });
    return scores;
}

HeadScores score_heads(const ScoreRequest& request, const CancelToken& cancel) {
    return std::move(score_layers({&request, 1}, cancel).front());
}

std::vector<HeadEdits> edits_of_heads(const Edits& edits, const Projections& p, Index layer,
                                      Part part) {
    std::vector<HeadEdits> of_heads;
    for (Index h = 0; h < p.heads; ++h)
        of_heads.push_back(edits_of_head(edits, p.mask, {layer, h, p.queries, p.keys, part}));
    return of_heads;
}

}  // namespace fovea
