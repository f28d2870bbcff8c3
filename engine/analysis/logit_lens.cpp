#include "engine/analysis/logit_lens.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "engine/core/task_pool.h"
#include "engine/model/forward.h"
#include "engine/model/weights.h"

namespace fovea {
namespace {

/// ln softmax in place; the largest first, so that nothing overflows.
void to_log_probabilities(Eigen::Ref<Eigen::ArrayXf> logits) {
    const float largest = logits.maxCoeff();
    const double sum = (logits - largest).cast<double>().exp().sum();
    logits -= largest;
    logits -= static_cast<float>(std::log(sum));
}

/// [rows, width] under the final norm. The last state is kept as that norm left it.
void finish_rows(const Model& model, const Trace& trace, Index state, float* rows, Index count) {
    const BoundTensors& w = model.weights().model;
    const bool last = state + 1 == static_cast<Index>(trace.hidden_states.size());
    if (last || !w.has(Role::final_norm_gain)) return;
    apply_norm(w.norm(norm_settings(model.main()), Role::final_norm_gain, Role::final_norm_bias),
               rows, count, model.config().width, rows);
}

Tensor log_probabilities_of(const Model& model, Tensor rows) {
    Tensor result = head_logits(model, std::move(rows));
    parallel_for(result.extent(0), [&](Index i) {
        to_log_probabilities(Eigen::Map<Eigen::ArrayXf>(result.slice(i), result.extent(1)));
    });
    return result;
}

}  // namespace

Tensor lens_log_probabilities(const Model& model, const Trace& trace, Index state, Index begin,
                              Index end) {
    const Tensor& hidden = *trace.hidden_states[static_cast<size_t>(state)];
    const Index width = hidden.extent(1);
    Tensor rows = Tensor::uninitialised({end - begin, width});
    std::copy_n(hidden.data() + begin * width, rows.size(), rows.data());
    finish_rows(model, trace, state, rows.data(), end - begin);
    return log_probabilities_of(model, std::move(rows));
}

Tensor lens_logits(const Model& model, const Trace& trace, Index begin, Index end, Index first) {
    const auto all = static_cast<Index>(trace.hidden_states.size());
    const Index states = all - first, width = model.config().width;
    Tensor rows = Tensor::uninitialised({(end - begin) * states, width});
    for (Index token = begin; token < end; ++token)
        for (Index state = first; state < all; ++state) {
            float* row = rows.slice((token - begin) * states + state - first);
            std::copy_n(trace.hidden_states[static_cast<size_t>(state)]->slice(token), width, row);
            finish_rows(model, trace, state, row, 1);
        }
    return head_logits(model, std::move(rows));
}

}  // namespace fovea
