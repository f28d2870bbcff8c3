#include "engine/model/forward.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "engine/arch/arch_spec.h"
#include "engine/model/stack_pass.h"
#include "engine/model/weights.h"

namespace fovea {
namespace {

Status check_ids(const Model& model, const std::vector<std::int32_t>& ids, const char* what,
                 Index context) {
    const auto n = static_cast<Index>(ids.size());
    if (n == 0) return fail("the {} is empty", what);
    if (n > context)
        return fail("the {} has {} tokens, the context of {} holds {}", what, n, model.name(),
                    context);
    for (const std::int32_t id : ids)
        if (id < 0 || id >= model.vocabulary())
            return fail("token id {} is out of range: the vocabulary has {} entries", id,
                        model.vocabulary());
    return {};
}

Status check_token_types(const Model& model, const ForwardRequest& request) {
    const auto& types = request.token_types;
    if (types.empty()) return {};
    if (model.token_types() == 0) return fail("{} has no token types", model.name());
    if (types.size() != request.ids.size())
        return fail("{} token types for {} tokens", types.size(), request.ids.size());
    for (const std::int32_t type : types)
        if (type < 0 || type >= model.token_types())
            return fail("token type {} is out of range: {} has {}", type, model.name(),
                        model.token_types());
    return {};
}

/// All of the first type is how a sentence of no types is read.
std::vector<std::int32_t> without_first_type(const std::vector<std::int32_t>& types) {
    const bool plain = std::ranges::all_of(types, [](std::int32_t type) { return type == 0; });
    return plain ? std::vector<std::int32_t>() : types;
}

}  // namespace

Result<std::shared_ptr<const Trace>> run(const Model& model, const ForwardRequest& request,
                                         const Trace* previous, const CancelToken& cancel) {
    FOVEA_CHECK(check_ids(model, request.ids, "sentence", model.context()));
    if (model.encoder()) {
        FOVEA_CHECK(check_ids(model, request.decoder_ids, "target", model.target_context()));
    } else if (!request.decoder_ids.empty()) {
        return fail("{} has no decoder beside an encoder, so it takes no target", model.name());
    }
    FOVEA_CHECK(check_token_types(model, request));
    FOVEA_CHECK(check_edits(request.edits,
                            model.edit_limits(static_cast<Index>(request.ids.size()),
                                              static_cast<Index>(request.decoder_ids.size()))));
    const std::vector<std::int32_t> types = without_first_type(request.token_types), none;
    std::shared_ptr<const Trace> trace;
    if (request.taps.any()) previous = nullptr;
    if (model.encoder()) {
        const Trace* before = previous ? previous->encoder.get() : nullptr;
        const auto encoder = run_stack({model, Part::encoder, request.ids, types, request.edits,
                                        nullptr, cancel, request.taps},
                                       before);
        if (encoder)
            trace = run_stack({model, Part::decoder, request.decoder_ids, none, request.edits,
                               encoder, cancel, request.taps},
                              previous);
    } else {
        trace = run_stack(
            {model, Part::self, request.ids, types, request.edits, nullptr, cancel, request.taps},
            previous);
    }
    if (!trace) return Error{std::string(cancelled_message)};
    return trace;
}

Tensor logits(const Model& model, const Trace& trace, Index begin, Index end) {
    const Index width = model.config().width;
    const Tensor& last = *trace.hidden_states.back();
    Tensor states = Tensor::uninitialised({end - begin, width});
    std::copy_n(last.data() + begin * width, states.size(), states.data());
    return head_logits(model, std::move(states));
}

Tensor head_logits(const Model& model, Tensor state) {
    const BoundTensors& w = model.weights().model;
    const ModelConfig& config = model.config();
    const Index rows = state.extent(0);
    if (config.scaled_output)
        Eigen::Map<Eigen::ArrayXf>(state.data(), state.size()) /=
            std::sqrt(static_cast<float>(config.width));
    if (w.has(Role::head_transform_weight)) {
        const Linear transform = w.linear(Role::head_transform_weight, Role::head_transform_bias);
        Tensor transformed = Tensor::uninitialised({rows, transform.outputs});
        const LinearTask task[] = {
            {transform, state.data(), transformed.data(), config.head_activation}};
        apply_linear(task, rows);
        if (w.has(Role::head_norm_gain))
            apply_norm(
                w.norm(norm_settings(model.main()), Role::head_norm_gain, Role::head_norm_bias),
                transformed.data(), rows, transform.outputs, transformed.data());
        state = std::move(transformed);
    }
    Tensor result = Tensor::uninitialised({rows, config.vocabulary});
    const LinearTask task[] = {
        {w.linear(Role::head_weight, Role::head_bias), state.data(), result.data()}};
    apply_linear(task, rows);
    return result;
}

}  // namespace fovea
