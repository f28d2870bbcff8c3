#include "engine/model/forward.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/arch/arch_spec.h"
#include "engine/core/task_pool.h"
#include "engine/model/weights.h"
#include "engine/nn/rotary.h"
#include "engine/trace/score.h"

namespace fovea {
namespace {

using Array = Eigen::Map<Eigen::ArrayXf>;
using ConstArray = Eigen::Map<const Eigen::ArrayXf>;

bool all_finite(const Tensor& tensor) {
    // A product with zero keeps NaN and turns infinity into NaN; sums keep it.
    return !std::isnan((ConstArray(tensor.data(), tensor.size()) * 0.0f).sum());
}

/// One pass over one sentence. Holds the buffers that the layers share.
class Pass {
  public:
    Pass(const Model& model, const ForwardRequest& request, const CancelToken& cancel)
        : model_(model),
          arch_(model.arch()),
          config_(model.config()),
          request_(request),
          cancel_(cancel),
          n_(static_cast<Index>(request.ids.size())),
          normed_(Tensor::uninitialised({n_, config_.width})),
          heads_side_by_side_(Tensor::uninitialised({n_, config_.query_width()})),
          query_(Tensor::uninitialised({n_, config_.query_width()})),
          key_(Tensor::uninitialised({n_, config_.key_width()})),
          value_(Tensor::uninitialised({n_, config_.key_width()})),
          inner_(Tensor::uninitialised({n_, config_.feed_forward})),
          gate_(Tensor::uninitialised({arch_.gated ? n_ : 0, config_.feed_forward})),
          step_(Tensor::uninitialised({n_, config_.width})) {
        if (arch_.position == PositionKind::rotary)
            rotary_.emplace(Rotary::frequencies(config_.head_dim, config_.rope_theta), n_);
    }

    std::shared_ptr<const Trace> run(const Trace* previous) {
        auto trace = std::make_shared<Trace>();
        trace->ids = request_.ids;
        trace->edits = request_.edits;
        const Index reused = reusable_layers(previous);
        Tensor state;  // [n, width], the residual stream
        if (previous && previous->ids == request_.ids && !previous->picture_only) {
            trace->layers.assign(previous->layers.begin(), previous->layers.begin() + reused);
            // The state after the last layer has the final norm in it: no layer starts from that.
            trace->hidden_states.assign(previous->hidden_states.begin(),
                                        previous->hidden_states.begin() + reused + 1);
            trace->first_non_finite_layer = previous->first_non_finite_layer;
            if (trace->first_non_finite_layer && *trace->first_non_finite_layer >= reused)
                trace->first_non_finite_layer.reset();
            state = trace->hidden_states.back()->clone();
        } else {
            state = embed();
            keep(state, -1, *trace);
        }
        for (Index l = reused; l < config_.layers; ++l) {
            if (cancel_.cancelled()) return nullptr;
            auto layer = std::make_shared<LayerTrace>();
            run_layer(l, state, *layer);
            trace->layers.push_back(std::move(layer));
            if (l + 1 == config_.layers && arch_.final_norm)
                apply_norm(model_.weights().model.norm(arch_.norm, Role::final_norm_gain,
                                                       Role::final_norm_bias, config_.norm_epsilon),
                           state.data(), n_, config_.width, state.data());
            keep(state, l, *trace);
        }
        if (cancel_.cancelled()) return nullptr;
        return trace;
    }

  private:
    /// Layers of `previous` that this request would compute again.
    Index reusable_layers(const Trace* previous) const {
        if (!previous || previous->ids != request_.ids || previous->picture_only) return 0;
        Index l = 0;
        for (; l < config_.layers; ++l)
            if (edits_of_layer(l) != previous->layers[static_cast<size_t>(l)]->edits) break;
        // The last layer cannot be reused alone: its input is known, its output is under the norm.
        return l;
    }

    std::vector<HeadEdits> edits_of_layer(Index l) const {
        std::vector<HeadEdits> edits;
        for (Index h = 0; h < config_.heads; ++h)
            edits.push_back(edits_of_head(request_.edits, model_.mask(l), l, h, n_, n_));
        return edits;
    }

    void keep(const Tensor& state, Index layer, Trace& trace) const {
        trace.hidden_states.push_back(std::make_shared<const Tensor>(state.clone()));
        if (!trace.first_non_finite_layer && !all_finite(state))
            trace.first_non_finite_layer = layer;
    }

    Tensor embed() const {
        const BoundTensors& w = model_.weights().model;
        Tensor state = Tensor::uninitialised({n_, config_.width});
        Tensor summand = Tensor::uninitialised({config_.width});
        for (Index t = 0; t < n_; ++t) {
            Array row(state.data() + t * config_.width, config_.width);
            w[Role::token_embedding].unpack_row(request_.ids[static_cast<size_t>(t)], row.data());
            const auto add = [&](Role role, Index index) {
                if (!w.has(role)) return;
                w[role].unpack_row(index, summand.data());
                row += ConstArray(summand.data(), config_.width);
            };
            add(Role::position_embedding, t);
            add(Role::type_embedding, 0);  // one sentence: every token is of the first type
        }
        if (w.has(Role::embedding_norm_gain))
            apply_norm(w.norm(arch_.norm, Role::embedding_norm_gain, Role::embedding_norm_bias,
                              config_.norm_epsilon),
                       state.data(), n_, config_.width, state.data());
        return state;
    }

    void norm_rows(const Norm& norm, const Tensor& input, Tensor& output) const {
        const Index width = config_.width;
        parallel_ranges(n_, 16, [&](Index begin, Index end) {
            apply_norm(norm, input.data() + begin * width, end - begin, width,
                       output.data() + begin * width);
        });
    }

    void run_layer(Index l, Tensor& state, LayerTrace& trace) {
        const BoundTensors& w = model_.weights().layers[static_cast<size_t>(l)];
        const Norm attention_norm = w.norm(arch_.norm, Role::attention_norm_gain,
                                           Role::attention_norm_bias, config_.norm_epsilon);
        const Norm feed_forward_norm = w.norm(arch_.norm, Role::feed_forward_norm_gain,
                                              Role::feed_forward_norm_bias, config_.norm_epsilon);
        const bool before = arch_.norm_place == NormPlace::before;

        if (before) norm_rows(attention_norm, state, normed_);
        attend(l, before ? normed_ : state, trace);
        add_step(state);
        if (!before) norm_rows(attention_norm, state, state);

        if (before) norm_rows(feed_forward_norm, state, normed_);
        feed_forward(w, before ? normed_ : state);
        add_step(state);
        if (!before) norm_rows(feed_forward_norm, state, state);
    }

    void add_step(Tensor& state) const {
        Array(state.data(), state.size()) += ConstArray(step_.data(), step_.size());
    }

    /// Attention of one layer from `input` into step_; leaves the trace.
    void attend(Index l, const Tensor& input, LayerTrace& trace) {
        const BoundTensors& w = model_.weights().layers[static_cast<size_t>(l)];
        const LinearTask projections[] = {
            {w.linear(Role::query_weight, Role::query_bias), input.data(), query_.data()},
            {w.linear(Role::key_weight, Role::key_bias), input.data(), key_.data()},
            {w.linear(Role::value_weight, Role::value_bias), input.data(), value_.data()}};
        apply_linear(projections, n_);

        auto p = std::make_shared<Projections>();
        p->heads = config_.heads;
        p->key_heads = config_.key_heads;
        p->queries = p->keys = n_;
        p->head_dim = config_.head_dim;
        p->scale = 1 / std::sqrt(static_cast<float>(config_.head_dim));
        p->mask = model_.mask(l);
        p->query = split_heads(query_, config_.heads, true);
        p->key = split_heads(key_, config_.key_heads, true);
        p->value = split_heads(value_, config_.key_heads, false);
        trace.edits = edits_of_layer(l);
        auto scores = std::make_shared<const HeadScores>(score_heads(*p, trace.edits, cancel_));
        join_heads(scores->output);
        trace.projections = std::move(p);
        trace.scores = std::move(scores);
        const LinearTask output[] = {{w.linear(Role::output_weight, Role::output_bias),
                                      heads_side_by_side_.data(), step_.data()}};
        apply_linear(output, n_);
    }

    /// [n, heads * head_dim] to [heads, n, head_dim], turned by position where the model does so.
    Tensor split_heads(const Tensor& rows, Index heads, bool turned) const {
        const Index d = config_.head_dim;
        Tensor split = Tensor::uninitialised({heads, n_, d});
        for (Index h = 0; h < heads; ++h) {
            float* head = split.slice(h);
            for (Index t = 0; t < n_; ++t) {
                std::copy_n(rows.data() + t * heads * d + h * d, d, head + t * d);
                if (turned && rotary_) rotary_->turn(head + t * d, t);
            }
        }
        return split;
    }

    void join_heads(const Tensor& outputs) {
        const Index d = config_.head_dim;
        for (Index h = 0; h < config_.heads; ++h)
            for (Index t = 0; t < n_; ++t)
                std::copy_n(outputs.slice(h) + t * d, d,
                            heads_side_by_side_.data() + (t * config_.heads + h) * d);
    }

    void feed_forward(const BoundTensors& w, const Tensor& input) {
        if (arch_.gated) {
            const LinearTask tasks[] = {
                {w.linear(Role::up_weight, Role::up_bias), input.data(), inner_.data()},
                {w.linear(Role::gate_weight, Role::gate_bias), input.data(), gate_.data(),
                 config_.activation}};
            apply_linear(tasks, n_);
            Array(inner_.data(), inner_.size()) *= ConstArray(gate_.data(), gate_.size());
        } else {
            const LinearTask tasks[] = {{w.linear(Role::up_weight, Role::up_bias), input.data(),
                                         inner_.data(), config_.activation}};
            apply_linear(tasks, n_);
        }
        const LinearTask down[] = {
            {w.linear(Role::down_weight, Role::down_bias), inner_.data(), step_.data()}};
        apply_linear(down, n_);
    }

    const Model& model_;
    const ArchSpec& arch_;
    const ModelConfig& config_;
    const ForwardRequest& request_;
    const CancelToken& cancel_;
    Index n_;
    std::optional<Rotary> rotary_;
    Tensor normed_;              // [n, width]
    Tensor heads_side_by_side_;  // [n, heads * head_dim]
    Tensor query_, key_,
        value_;            // [n, heads * head_dim], keys and values [n, key_heads * head_dim]
    Tensor inner_, gate_;  // [n, feed_forward]
    Tensor step_;          // [n, width], what a sublayer adds to the residual stream
};

}  // namespace

Result<std::shared_ptr<const Trace>> run(const Model& model, const ForwardRequest& request,
                                         const Trace* previous, const CancelToken& cancel) {
    const auto n = static_cast<Index>(request.ids.size());
    if (n == 0) return fail("the sentence is empty");
    if (n > model.context())
        return fail("the sentence has {} tokens, the context of {} holds {}", n, model.name(),
                    model.context());
    for (const std::int32_t id : request.ids)
        if (id < 0 || id >= model.vocabulary())
            return fail("token id {} is out of range: the vocabulary has {} entries", id,
                        model.vocabulary());
    FOVEA_CHECK(check_edits(request.edits, model.edit_limits(n)));
    auto trace = Pass(model, request, cancel).run(previous);
    if (!trace) return Error{std::string(cancelled_message)};
    return trace;
}

Tensor logits(const Model& model, const Trace& trace, Index begin, Index end) {
    const BoundTensors& w = model.weights().model;
    const ModelConfig& config = model.config();
    const Index rows = end - begin;
    const Tensor& last = *trace.hidden_states.back();
    const float* input = last.data() + begin * config.width;
    Tensor transformed;
    if (w.has(Role::head_transform_weight)) {
        transformed = Tensor::uninitialised({rows, config.width});
        const LinearTask transform[] = {
            {w.linear(Role::head_transform_weight, Role::head_transform_bias), input,
             transformed.data(), model.arch().head_activation}};
        apply_linear(transform, rows);
        if (w.has(Role::head_norm_gain))
            apply_norm(w.norm(model.arch().norm, Role::head_norm_gain, Role::head_norm_bias,
                              config.norm_epsilon),
                       transformed.data(), rows, config.width, transformed.data());
        input = transformed.data();
    }
    Tensor result = Tensor::uninitialised({rows, config.vocabulary});
    const LinearTask task[] = {
        {w.linear(Role::head_weight, Role::head_bias), input, result.data()}};
    apply_linear(task, rows);
    return result;
}

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
