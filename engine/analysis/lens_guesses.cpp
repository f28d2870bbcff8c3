#include "engine/analysis/lens_guesses.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/logit_lens.h"
#include "engine/core/task_pool.h"
#include "engine/model/prediction.h"

namespace fovea {
namespace {

/// Numbers of floats that one product may leave: 32 MB.
constexpr Index most_at_once = Index{1} << 23;

Index rank_of(Eigen::Ref<const Eigen::ArrayXf> row, std::int32_t id) {
    const float own = row[id];
    // Of equal ones the smaller id stands before.
    return 1 + (row > own).count() + (row.head(id) == own).count();
}

/// Of logits x: with m the largest, ln Σ exp(x - m) and the entropy Σ p ln(1/p).
struct Spread {
    float largest = 0;
    double log_sum = 0, entropy = 0;
    Eigen::ArrayXf shares;  ///< exp(x - m)
};

Spread spread_of(const Eigen::Map<const Eigen::ArrayXf>& row) {
    Spread spread;
    spread.largest = row.maxCoeff();
    spread.shares = (row - spread.largest).exp();
    const double sum = spread.shares.cast<double>().sum();
    spread.log_sum = std::log(sum);
    // Where a share is zero its logit may be -infinity: 0 ln 0 is 0.
    const double weighed = (spread.shares > 0)
                               .select(spread.shares * (row - spread.largest), 0.0f)
                               .cast<double>()
                               .sum();
    spread.entropy = spread.log_sum - weighed / sum;
    return spread;
}

}  // namespace

/// What the model says in the end, and its entropy: KL(P ‖ Q) = Σ P ln P - Σ P ln Q.
struct Lens::Final {
    Eigen::ArrayXf probabilities;
    double entropy = 0;

    explicit Final(const Row& row) {
        Spread spread = spread_of(row);
        probabilities = spread.shares / static_cast<float>(std::exp(spread.log_sum));
        entropy = spread.entropy;
    }
};

Index Lens::tokens_at_once() const {
    return std::max<Index>(1, most_at_once / (states() * model_.vocabulary()));
}

std::vector<Guess> Lens::guesses(Index begin, Index end) const {
    const Tensor rows = lens_logits(model_, trace_, begin, end);
    const auto row = [&](Index i) { return Row(rows.slice(i), rows.extent(1)); };
    std::vector<Guess> all(static_cast<size_t>(rows.extent(0)));
    parallel_for(end - begin, [&](Index token) {
        const Index first = token * states(), last = first + states() - 1;
        const Final final(row(last));
        for (Index i = first; i <= last; ++i)
            all[static_cast<size_t>(i)] = guess(row(i), final, i == last);
    });
    return all;
}

std::vector<std::int32_t> Lens::best(Index begin, Index end, Index first) const {
    const Tensor rows = lens_logits(model_, trace_, begin, end, first);
    std::vector<std::int32_t> all(static_cast<size_t>(rows.extent(0)));
    parallel_for(rows.extent(0), [&](Index i) {
        Eigen::Index at = 0;
        Row(rows.slice(i), rows.extent(1)).maxCoeff(&at);
        all[static_cast<size_t>(i)] = static_cast<std::int32_t>(at);
    });
    return all;
}

Guess Lens::guess(const Row& row, const Final& final, bool is_last) const {
    Guess guess;
    const Spread spread = spread_of(row);
    guess.log_probability = static_cast<float>(-spread.log_sum);
    guess.entropy = static_cast<float>(spread.entropy);
    if (!is_last) {
        const double mean = (final.probabilities > 0)
                                .select(final.probabilities * (row - spread.largest), 0.0f)
                                .cast<double>()
                                .sum();
        guess.divergence = static_cast<float>(std::max(0.0, spread.log_sum - mean - final.entropy));
    }
    guess.target_rank = rank_of(row, target_);
    if (versus_) guess.versus_rank = rank_of(row, *versus_);
    guess.top = top_ids({row.data(), static_cast<size_t>(row.size())}, most_named);
    const auto sum = static_cast<float>(std::exp(spread.log_sum));
    for (const std::int32_t id : guess.top)
        guess.probabilities.push_back(spread.shares[id] / sum);
    return guess;
}

}  // namespace fovea
