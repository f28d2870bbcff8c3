#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// Tokens that are named for every state.
inline constexpr Index most_named = 5;

/// What one state at one token would predict.
struct Guess {
    float log_probability = 0;  ///< of the best
    float entropy = 0;          ///< nats
    float divergence = 0;       ///< KL(last state's ‖ this one's), nats
    Index target_rank = 1, versus_rank = 1;
    std::vector<std::int32_t> top;     ///< the best few, the best first; never empty
    std::vector<float> probabilities;  ///< theirs
};

/// Looks through the logit lens (logit_lens.h) at states of tokens. It refers to the model and the
/// trace.
class Lens {
  public:
    Lens(const Model& model, const Trace& trace, std::int32_t target,
         std::optional<std::int32_t> versus)
        : model_(model), trace_(trace), target_(target), versus_(versus) {}

    Index states() const { return static_cast<Index>(trace_.hidden_states.size()); }
    /// As many tokens as go through the head together.
    Index tokens_at_once() const;

    /// [(end - begin) * states], a token's states one after another.
    std::vector<Guess> guesses(Index begin, Index end) const;
    /// Of states from `first` on of tokens [begin, end) what each holds for the best, in the same
    /// order.
    std::vector<std::int32_t> best(Index begin, Index end, Index first) const;

  private:
    using Row = Eigen::Map<const Eigen::ArrayXf>;
    struct Final;
    Guess guess(const Row& row, const Final& final, bool is_last) const;

    const Model& model_;
    const Trace& trace_;
    std::int32_t target_;
    std::optional<std::int32_t> versus_;
};

}  // namespace fovea
