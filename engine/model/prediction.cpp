#include "engine/model/prediction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fovea {
namespace {

/// ln Σ exp(logit).
double log_sum_exp(std::span<const float> logits) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(logit - largest);
    return largest + std::log(sum);
}

/// The order of the list: best first.
class Order {
  public:
    explicit Order(std::span<const float> logits) : logits_(logits) {}

    // NaN would break the order that sorts rely on.
    float value(std::int32_t id) const {
        const float logit = logits_[static_cast<size_t>(id)];
        return std::isnan(logit) ? -std::numeric_limits<float>::infinity() : logit;
    }
    bool operator()(std::int32_t a, std::int32_t b) const {
        const float x = value(a), y = value(b);
        return x != y ? x > y : a < b;
    }

  private:
    std::span<const float> logits_;
};

/// [ids], from 1. One walk over the vocabulary for all of them.
std::vector<Index> ranks_of(std::span<const float> logits, std::span<const std::int32_t> ids) {
    const Order before(logits);
    std::vector<std::int32_t> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end(), before);
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    // [sorted]: so many stand between it and the one in front of it.
    std::vector<Index> between(sorted.size(), 0);
    const auto count = static_cast<std::int32_t>(logits.size());
    for (std::int32_t id = 0; id < count && !sorted.empty(); ++id) {
        if (!before(id, sorted.back())) continue;
        const auto behind = std::partition_point(
            sorted.begin(), sorted.end(), [&](std::int32_t wanted) { return !before(id, wanted); });
        ++between[static_cast<size_t>(behind - sorted.begin())];
    }
    std::partial_sum(between.begin(), between.end(), between.begin());
    std::vector<Index> ranks;
    for (const std::int32_t id : ids) {
        const auto at = std::lower_bound(sorted.begin(), sorted.end(), id, before);
        ranks.push_back(1 + between[static_cast<size_t>(at - sorted.begin())]);
    }
    return ranks;
}

}  // namespace

std::vector<Standing> standings_of(std::span<const float> logits,
                                   std::span<const std::int32_t> ids) {
    if (ids.empty()) return {};
    const double normaliser = log_sum_exp(logits);
    const std::vector<Index> ranks = ranks_of(logits, ids);
    std::vector<Standing> result;
    for (size_t i = 0; i < ids.size(); ++i) {
        const float logit = logits[static_cast<size_t>(ids[i])];
        const double log_probability = logit - normaliser;
        result.push_back({logit, static_cast<float>(log_probability),
                          static_cast<float>(std::exp(log_probability)), ranks[i]});
    }
    return result;
}

std::vector<std::int32_t> top_ids(std::span<const float> logits, Index count) {
    const Order before(logits);
    const auto all = static_cast<std::int32_t>(logits.size());
    const auto wanted = std::min(static_cast<std::int32_t>(count), all);
    if (wanted <= 0) return {};
    // The last of those found so far stands in front: few of a vocabulary come before it.
    std::vector<std::int32_t> best(static_cast<size_t>(wanted));
    std::iota(best.begin(), best.end(), 0);
    std::make_heap(best.begin(), best.end(), before);
    float least = before.value(best.front());
    for (std::int32_t id = wanted; id < all; ++id) {
        // Of equal ones the smaller id stands before; NaN is never larger.
        if (!(logits[static_cast<size_t>(id)] > least)) continue;
        std::pop_heap(best.begin(), best.end(), before);
        best.back() = id;
        std::push_heap(best.begin(), best.end(), before);
        least = before.value(best.front());
    }
    std::sort_heap(best.begin(), best.end(), before);
    return best;
}

}  // namespace fovea
