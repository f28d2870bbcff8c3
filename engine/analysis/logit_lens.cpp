#include "engine/analysis/logit_lens.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

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

}  // namespace

Tensor lens_log_probabilities(const Model& model, const Trace& trace, Index state, Index begin,
                              Index end) {
    const Tensor& hidden = *trace.hidden_states[static_cast<size_t>(state)];
    const Index width = hidden.extent(1);
    Tensor rows = Tensor::uninitialised({end - begin, width});
    std::copy_n(hidden.data() + begin * width, rows.size(), rows.data());
    const BoundTensors& w = model.weights().model;
    const bool last = state + 1 == static_cast<Index>(trace.hidden_states.size());
    // The last one is kept as the final norm left it.
    if (!last && w.has(Role::final_norm_gain))
        apply_norm(
            w.norm(norm_settings(model.main()), Role::final_norm_gain, Role::final_norm_bias),
            rows.data(), rows.extent(0), width, rows.data());
    Tensor result = head_logits(model, std::move(rows));
    for (Index i = 0; i < result.extent(0); ++i)
        to_log_probabilities(Eigen::Map<Eigen::ArrayXf>(result.slice(i), result.extent(1)));
    return result;
}

}  // namespace fovea
