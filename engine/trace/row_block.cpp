#include "engine/trace/row_block.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/nn/product.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr float hidden = -std::numeric_limits<float>::infinity();

}  // namespace

RowBlock::RowBlock(const Projections& projections, Index head, const HeadEdits& edits)
    : projections_(projections), edits_(edits), head_(head) {}

Index RowBlock::rows_for(Index keys) {
    // Of a long sentence keys and values no longer fit into the cache: they pass by once for each
    // block, so that few rows would wait for them.
    constexpr Index floats = 64 * 1024, fewest = 32;
    return std::clamp<Index>(floats / std::max<Index>(keys, 1), fewest, 128);
}

AttentionMask::Range RowBlock::key_range(Index begin, Index end) const {
    AttentionMask::Range range{projections_.keys, 0};
    for (Index i = begin; i < end; ++i) {
        const auto row = edits_.mask.visible_range(i, projections_.keys);
        if (row.begin >= row.end) continue;
        range.begin = std::min(range.begin, row.begin);
        range.end = std::max(range.end, row.end);
    }
    if (range.begin >= range.end) return {0, 0};
    return range;
}

bool RowBlock::precise() const {
    // A low temperature magnifies the rounding of the dot product, twenty times at 0.05; and
    // logits that are not scaled down (T5, GPT-Neo) are large. Distances with vectors of their own
    // are seldom enough to be made there only.
    constexpr float low_temperature = 0.25f;
    return edits_.temperature < low_temperature || projections_.scale == 1 ||
           !projections_.distance.empty();
}

/// Logits of queries [begin, end) and keys [key_begin, key_end) in double precision.
RowBlock::Doubles RowBlock::double_logits(Index begin, Index end, Index key_begin,
                                          Index key_end) const {
    const Index rows = end - begin, columns = key_end - key_begin, d = projections_.head_dim;
    const Eigen::Map<const RowMajor> query(projections_.query_of(head_) + begin * d, rows, d);
    const Eigen::Map<const RowMajor> key(projections_.key_of(head_) + key_begin * d, columns, d);
    Doubles logits =
        double{projections_.scale} * query.cast<double>() * key.cast<double>().transpose();
    if (const float* bias = projections_.bias_of(head_))
        for (Index i = begin; i < end; ++i)
            logits.row(i - begin) += Eigen::Map<const Eigen::RowVectorXf>(
                                         bias + key_begin - i + projections_.queries - 1, columns)
                                         .cast<double>();
    if (!projections_.distance.empty())
        for (Index i = begin; i < end; ++i) {
            const Eigen::Map<const RowMajor> distances(
                projections_.distance.slice(key_begin - i + projections_.queries - 1), columns, d);
            Eigen::VectorXd sum =
                distances.cast<double>() * query.row(i - begin).cast<double>().transpose();
            if (projections_.keys_know_distance)
                sum += key.cast<double>().cwiseProduct(distances.cast<double>()).rowwise().sum();
            logits.row(i - begin) += double{projections_.scale} * sum.transpose();
        }
    return logits;
}

void RowBlock::raw_logits(Index begin, Index end, Index key_begin, Index key_end,
                          float* into) const {
    const Index rows = end - begin, columns = key_end - key_begin, d = projections_.head_dim;
    Eigen::Map<RowMajor> logits(into, rows, columns);
    if (precise()) {
        logits = double_logits(begin, end, key_begin, key_end).cast<float>();
        return;
    }
    thread_local std::vector<float> scaled;
    scaled.resize(static_cast<size_t>(rows * d));
    Eigen::Map<Eigen::ArrayXf>(scaled.data(), rows * d) =
        projections_.scale *
        Eigen::Map<const Eigen::ArrayXf>(projections_.query_of(head_) + begin * d, rows * d);
    multiply(
        {.weight = reinterpret_cast<const std::byte*>(projections_.key_of(head_) + key_begin * d),
         .row_bytes = static_cast<size_t>(d) * sizeof(float),
         .input = scaled.data(),
         .inputs = d,
         .rows = rows,
         .output = into,
         .output_stride = columns},
        0, columns);
    if (const float* bias = projections_.bias_of(head_)) {
        for (Index i = begin; i < end; ++i) {
            const float* by_distance = bias + key_begin - i + projections_.queries - 1;
            logits.row(i - begin) += Eigen::Map<const Eigen::RowVectorXf>(by_distance, columns);
        }
    }
}

void RowBlock::logits_below(Index begin, Index end, Index key_begin, Index key_end,
                            const float* largest_logits, float* into) const {
    if (!precise()) return raw_logits(begin, end, key_begin, key_end, into);
    const Doubles logits = double_logits(begin, end, key_begin, key_end);
    Eigen::Map<RowMajor> below(into, logits.rows(), logits.cols());
    for (Index i = 0; i < logits.rows(); ++i)
        below.row(i) = (logits.row(i).array() - double{largest_logits[i]}).cast<float>();
}

void RowBlock::logits_below_largest(Index begin, Index end, Index key_begin, Index key_end,
                                    float* largest_logits, float* into) const {
    if (!precise()) {
        std::fill_n(largest_logits, end - begin, 0.0f);
        return raw_logits(begin, end, key_begin, key_end, into);
    }
    const Doubles logits = double_logits(begin, end, key_begin, key_end);
    Eigen::Map<RowMajor> below(into, logits.rows(), logits.cols());
    for (Index i = 0; i < logits.rows(); ++i) {
        below.row(i) = logits.row(i).cast<float>();
        float* row = into + i * logits.cols();
        mask_row(begin + i, key_begin, key_end, row);
        const float largest = below.row(i).maxCoeff();
        largest_logits[i] = largest;
        if (largest == hidden) continue;
        for (Index j = 0; j < logits.cols(); ++j)
            if (row[j] != hidden) row[j] = static_cast<float>(logits(i, j) - double{largest});
    }
}

Index RowBlock::mask_row(Index query, Index key_begin, Index key_end, float* row) const {
    const AttentionMask& mask = edits_.mask;
    auto range = mask.visible_range(query, projections_.keys);
    range.begin = std::clamp(range.begin, key_begin, key_end);
    range.end = std::clamp(range.end, range.begin, key_end);
    std::fill(row, row + (range.begin - key_begin), hidden);
    std::fill(row + (range.end - key_begin), row + (key_end - key_begin), hidden);
    if (!mask.blocked_keys.empty()) {
        for (Index j = range.begin; j < range.end; ++j)
            if (mask.blocked_keys[static_cast<size_t>(j)]) row[j - key_begin] = hidden;
    }
    for (const Cell& cell : mask.cells_of(query))
        if (cell.key >= range.begin && cell.key < range.end) row[cell.key - key_begin] = hidden;
    if (mask.blocked_keys.empty() && mask.blocked_cells.empty()) return range.end - range.begin;
    return std::count_if(row + (range.begin - key_begin), row + (range.end - key_begin),
                         [](float logit) { return logit != hidden; });
}

}  // namespace fovea
