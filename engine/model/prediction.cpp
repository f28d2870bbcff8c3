#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/model/forward.h"

namespace fovea {
namespace {

/// ln Σ exp(logit).
double log_sum_exp(std::span<const float> logits) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit - largest));
    return largest + std::log(sum);
}

}  // namespace

std::vector<float> probabilities_of(std::span<const float> logits,
                                    std::span<const std::int32_t> ids) {
    const double normaliser = log_sum_exp(logits);
    std::vector<float> result;
    for (const std::int32_t id : ids)
        result.push_back(
            static_cast<float>(std::exp(logits[static_cast<size_t>(id)] - normaliser)));
    return result;
}

std::vector<Prediction> top_predictions(std::span<const float> logits, Index count) {
    std::vector<std::int32_t> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    const auto best = ids.begin() + std::min<Index>(count, static_cast<Index>(ids.size()));
    // NaN would break the order that the sort relies on; it counts as the least likely.
    const auto value = [&](std::int32_t id) {
        const float logit = logits[static_cast<size_t>(id)];
        return std::isnan(logit) ? -std::numeric_limits<float>::infinity() : logit;
    };
    const auto larger = [&](std::int32_t a, std::int32_t b) {
        const float x = value(a), y = value(b);
        return x != y ? x > y : a < b;
    };
    std::partial_sort(ids.begin(), best, ids.end(), larger);
    ids.erase(best, ids.end());
    const auto probabilities = probabilities_of(logits, ids);
    std::vector<Prediction> result;
    for (size_t i = 0; i < ids.size(); ++i)
        result.push_back({ids[i], probabilities[i]});
    return result;
}

}  // namespace fovea
