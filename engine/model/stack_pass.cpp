#include "engine/model/stack_pass.h"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "engine/arch/arch_spec.h"
#include "engine/core/task_pool.h"
#include "engine/model/embedding.h"
#include "engine/model/head_layout.h"
#include "engine/model/position.h"
#include "engine/model/prefix_cache.h"
#include "engine/model/product_turns.h"
#include "engine/model/weights.h"
#include "engine/trace/score.h"

namespace fovea {
namespace {

using Array = Eigen::Map<Eigen::ArrayXf>;
using ConstArray = Eigen::Map<const Eigen::ArrayXf>;

bool all_finite(const Tensor& tensor) {
    // A product with zero keeps NaN and turns infinity into NaN; sums keep it.
    return !std::isnan((ConstArray(tensor.data(), tensor.size()) * 0.0f).sum());
}

/// The tensors of an attention, the stack's own or the one across.
struct AttentionRoles {
    Role query, query_bias, key, key_bias, value, value_bias, output, output_bias;
};
constexpr AttentionRoles own_roles = {Role::query_weight,  Role::query_bias,   Role::key_weight,
                                      Role::key_bias,      Role::value_weight, Role::value_bias,
                                      Role::output_weight, Role::output_bias};
constexpr AttentionRoles cross_roles = {Role::cross_query_weight,  Role::cross_query_bias,
                                        Role::cross_key_weight,    Role::cross_key_bias,
                                        Role::cross_value_weight,  Role::cross_value_bias,
                                        Role::cross_output_weight, Role::cross_output_bias};

/// Rows of [n, width] floats and how many.
struct Rows {
    const float* data;
    Index count;
};

class StackPass {
  public:
    StackPass(const StackRequest& request, const Trace* previous)
        : request_(request),
          stack_(request.model.stack(request.part)),
          arch_(*stack_.arch),
          config_(*stack_.config),
          n_(static_cast<Index>(request.ids.size())),
          prefix_(request, previous) {
        if (arch_.position == PositionKind::rotary)
            for (const LayerKind kind : config_.layer_kinds)
                if (auto& rotary = rotary_[static_cast<size_t>(kind)]; !rotary)
                    rotary.emplace(config_.rotary[static_cast<size_t>(kind)], n_);
        if (arch_.position == PositionKind::alibi) bias_ = alibi_bias(config_.heads, n_, n_);
        if (arch_.position == PositionKind::relative_bias)
            bias_ = relative_bias(stack_.weights->model[Role::relative_bias], config_, arch_.causal,
                                  n_, n_);
    }

    std::shared_ptr<const Trace> run() {
        auto trace = std::make_shared<Trace>();
        trace->part = request_.part;
        trace->ids = trace->key_ids = request_.ids;
        trace->token_types = request_.token_types;
        trace->edits = request_.edits;
        std::shared_ptr<Trace> cross;
        if (request_.encoder) {
            trace->encoder = request_.encoder;
            cross = std::make_shared<Trace>(*trace);
            cross->part = Part::cross;
            cross->key_ids = request_.encoder->ids;
            cross->encoder = nullptr;
        }
        if (!prefix_.take_embeddings(*trace)) {
            Tensor embedded = embed(stack_, request_.ids, request_.token_types);
            const bool finite = all_finite(embedded);
            keep(std::move(embedded), finite, -1, *trace);
        }
        if (request_.taps.any()) {
            tapped_ = std::make_shared<TappedStages>();
            tapped_->layers.resize(static_cast<size_t>(config_.layers));
            trace->taps = tapped_;
        }
        // [rows, width], the residual stream of the rows that are not cached
        Tensor state = rows_from(*trace->hidden_states.front(), prefix_.count());
        make_buffers();
        for (Index l = 0; l < config_.layers; ++l) {
            if (request_.cancel.cancelled()) return nullptr;
            request_.cancel.tell(
                {static_cast<std::int32_t>(l + 1), static_cast<std::int32_t>(config_.layers)});
            if (prefix_.count() > 0 && !prefix_.hold_in(l)) {
                prefix_.forget();
                state = trace->hidden_states[static_cast<size_t>(l)]->clone();
                make_buffers();
            }
            if (prefix_.whole_layer(l)) {
                prefix_.take_layer(l, *trace, cross.get());
                continue;
            }
            run_layer(l, state, *trace, cross.get());
            if (l + 1 == config_.layers) {
                if (request_.taps.final_residual) tapped_->final_residual = state.clone();
                finish(state);
            }
            Tensor whole = prefix_.with_state(l, state);
            const bool finite = all_finite(prefix_.finite_after(l) ? state : whole);
            keep(std::move(whole), finite, l, *trace);
        }
        if (request_.cancel.cancelled()) return nullptr;
        request_.cancel.pass_done();
        if (cross) {
            cross->hidden_states = trace->hidden_states;
            cross->first_non_finite_layer = trace->first_non_finite_layer;
            trace->cross = std::move(cross);
        }
        return trace;
    }

  private:
    void apply(std::span<const LinearTask> tasks, Index rows) const {
        apply_in_turns(tasks, rows, request_.cancel);
    }

    void make_buffers() {
        const Index rows = prefix_.rest();
        normed_ = Tensor::uninitialised({rows, config_.width});
        inner_ = Tensor::uninitialised({rows, config_.feed_forward});
        gate_ = Tensor::uninitialised({config_.gated ? rows : 0, config_.feed_forward});
        step_ = Tensor::uninitialised({rows, config_.width});
    }

    static Tensor rows_from(const Tensor& whole, Index first) {
        const Index width = whole.extent(1);
        Tensor rows = Tensor::uninitialised({whole.extent(0) - first, width});
        std::copy_n(whole.data() + first * width, rows.size(), rows.data());
        return rows;
    }

    const BoundTensors& layer_weights(Index l) const {
        return stack_.weights->layers[static_cast<size_t>(l)];
    }

    static void keep(Tensor state, bool finite, Index layer, Trace& trace) {
        if (!trace.first_non_finite_layer && !finite) trace.first_non_finite_layer = layer;
        trace.hidden_states.push_back(std::make_shared<const Tensor>(std::move(state)));
    }

    void finish(Tensor& state) const {
        const BoundTensors& w = stack_.weights->model;
        if (w.has(Role::final_norm_gain))
            norm_rows(w.norm(norm_settings(stack_), Role::final_norm_gain, Role::final_norm_bias),
                      state, state);
    }

    void norm_rows(const Norm& norm, const Tensor& input, Tensor& output) const {
        const Index width = config_.width;
        parallel_ranges(prefix_.rest(), 16, [&](Index begin, Index end) {
            apply_norm(norm, input.data() + begin * width, end - begin, width,
                       output.data() + begin * width);
        });
    }

    /// The state under a norm of the layer, or itself where the layer has none.
    const Tensor& normed(const BoundTensors& w, Role gain, Role bias, const Tensor& state) {
        if (!w.has(gain)) return state;
        norm_rows(w.norm(norm_settings(stack_), gain, bias), state, normed_);
        return normed_;
    }

    void add_step(Tensor& state) const {
        Array(state.data(), state.size()) += ConstArray(step_.data(), step_.size());
    }

    /// Keeps a stage of layer l, where the request asks for it.
    void tap(bool wanted, Index l, Tensor LayerTaps::*stage, const Tensor& values) const {
        if (wanted) tapped_->layers[static_cast<size_t>(l)].*stage = values.clone();
    }

    struct SublayerNorms {
        Role gain, bias;
        Role output_gain;  ///< of what is added; count: none
    };
    struct SublayerTap {
        bool wanted;
        Index layer;
        Tensor LayerTaps::*stage;
    };

    /// state + f(norm(state)), or norm(state + f(state)): f leaves its result in step_.
    template <class Sublayer>
    void add_sublayer(const BoundTensors& w, const SublayerNorms& norms, const SublayerTap& tapped,
                      Tensor& state, Sublayer&& sublayer) {
        sublayer(config_.norm_before ? normed(w, norms.gain, norms.bias, state) : state);
        if (norms.output_gain != Role::count && w.has(norms.output_gain))
            norm_rows(w.norm(norm_settings(stack_), norms.output_gain, Role::count), step_, step_);
        tap(tapped.wanted, tapped.layer, tapped.stage, step_);
        add_step(state);
        if (!config_.norm_before)
            norm_rows(w.norm(norm_settings(stack_), norms.gain, norms.bias), state, state);
    }

    void run_layer(Index l, Tensor& state, Trace& trace, Trace* cross) {
        const BoundTensors& w = layer_weights(l);
        const Taps& taps = request_.taps;
        const auto attend_self = [&](const Tensor& input) {
            tap(taps.normed_input, l, &LayerTaps::normed_input, input);
            const Rows rows{input.data(), prefix_.rest()};
            trace.layers.push_back(attend(l, request_.part, rows, rows));
        };
        const auto transform = [&](const Tensor& input) { feed_forward(w, input); };
        if (config_.parallel_block) {
            // Both halves read the same state; Phi's share one norm as well.
            const Tensor& input =
                normed(w, Role::attention_norm_gain, Role::attention_norm_bias, state);
            attend_self(input);
            tap(taps.attention_output, l, &LayerTaps::attention_output, step_);
            Tensor sum = state.clone();
            add_step(sum);
            transform(
                w.has(Role::feed_forward_norm_gain)
                    ? normed(w, Role::feed_forward_norm_gain, Role::feed_forward_norm_bias, state)
                    : input);
            tap(taps.mlp_output, l, &LayerTaps::mlp_output, step_);
            add_step(sum);
            state = std::move(sum);
            return;
        }
        add_sublayer(w,
                     {Role::attention_norm_gain, Role::attention_norm_bias,
                      Role::attention_output_norm_gain},
                     {taps.attention_output, l, &LayerTaps::attention_output}, state, attend_self);
        if (cross) {
            const Tensor& source = *request_.encoder->hidden_states.back();
            add_sublayer(
                w, {Role::cross_norm_gain, Role::cross_norm_bias, Role::count},
                {taps.attention_output, l, &LayerTaps::cross_output}, state,
                [&](const Tensor& input) {
                    cross->layers.push_back(attend(l, Part::cross, {input.data(), prefix_.rest()},
                                                   {source.data(), source.extent(0)}));
                });
        }
        add_sublayer(w,
                     {Role::feed_forward_norm_gain, Role::feed_forward_norm_bias,
                      Role::feed_forward_output_norm_gain},
                     {taps.mlp_output, l, &LayerTaps::mlp_output}, state, transform);
    }

    /// One attention into step_; returns its trace.
    std::shared_ptr<const LayerTrace> attend(Index l, Part part, Rows from, Rows to) {
        const BoundTensors& w = layer_weights(l);
        const AttentionRoles& roles = part == Part::cross ? cross_roles : own_roles;
        auto p = std::make_shared<Projections>();
        p->heads = config_.heads;
        p->key_heads = config_.key_heads;
        p->queries = n_;
        p->keys = part == Part::cross ? to.count : n_;
        p->head_dim = config_.head_dim;
        const float scalar =
            config_.query_scalar > 0 ? config_.query_scalar : static_cast<float>(config_.head_dim);
        p->scale = config_.scaled_attention ? 1 / std::sqrt(scalar) : 1;
        if (config_.scaled_by_layer) p->scale /= static_cast<float>(l + 1);
        p->mask = request_.model.mask(l, part);
        if (part != Part::cross && !bias_.empty()) p->bias = bias_.clone();
        if (w.has(Role::distance_embedding)) {
            p->distance = distance_rows(w[Role::distance_embedding], n_);
            p->keys_know_distance = config_.relative_keys == RelativeKeys::of_queries_and_keys;
        }
        const LayerTrace* cached = prefix_.layer(l, part);
        if (arch_.fused == FusedLayout::heads && part != Part::cross) {
            project_fused(l, from, *p);
        } else if (part == Part::cross && cached) {
            // The source is the same, and so is what it answers with.
            project_queries(w, roles, from, *p);
            p->key = Tensor::grown(cached->projections->key, p->keys, 0);
            p->value = Tensor::grown(cached->projections->value, p->keys, 0);
        } else {
            project(w, roles, from, to, *p);
            if (part != Part::cross) place_heads(l, *p);
        }

        prefix_.prepend(l, part, *p);

        auto layer = std::make_shared<LayerTrace>();
        layer->edits = edits_of_heads(request_.edits, *p, l, part);
        auto scores = std::make_shared<const HeadScores>(score_heads(
            {*p, layer->edits, /*outputs=*/true, cached, prefix_.count()}, request_.cancel));
        const Tensor joined = join_heads(scores->output, prefix_.count());
        const LinearTask output[] = {
            {w.linear(roles.output, roles.output_bias), joined.data(), step_.data()}};
        apply(output, prefix_.rest());
        layer->projections = std::move(p);
        layer->scores = std::move(scores);
        return layer;
    }

    void project(const BoundTensors& w, const AttentionRoles& roles, Rows from, Rows to,
                 Projections& p) const {
        Tensor query = Tensor::uninitialised({from.count, config_.query_width()});
        Tensor key = Tensor::uninitialised({to.count, config_.key_width()});
        Tensor value = Tensor::uninitialised({to.count, config_.key_width()});
        const LinearTask tasks[] = {
            {w.linear(roles.query, roles.query_bias), from.data, query.data()},
            {w.linear(roles.key, roles.key_bias), to.data, key.data()},
            {w.linear(roles.value, roles.value_bias), to.data, value.data()}};
        if (from.count == to.count) {
            apply(tasks, from.count);
        } else {
            apply({tasks, 1}, from.count);
            apply({tasks + 1, 2}, to.count);
        }
        const Index d = config_.head_dim;
        p.query = heads_of({query.data(), query.extent(1), d}, p.heads, from.count);
        p.key = heads_of({key.data(), key.extent(1), d}, p.key_heads, to.count);
        p.value = heads_of({value.data(), value.extent(1), d}, p.key_heads, to.count);
    }

    void project_queries(const BoundTensors& w, const AttentionRoles& roles, Rows from,
                         Projections& p) const {
        Tensor query = Tensor::uninitialised({from.count, config_.query_width()});
        const LinearTask task[] = {
            {w.linear(roles.query, roles.query_bias), from.data, query.data()}};
        apply(task, from.count);
        p.query = heads_of({query.data(), query.extent(1), config_.head_dim}, p.heads, from.count);
    }

    /// Query, key and value of each head stand side by side in one product.
    void project_fused(Index l, Rows from, Projections& p) const {
        const Linear linear =
            layer_weights(l).linear(Role::query_key_value_weight, Role::query_key_value_bias);
        Tensor rows = Tensor::uninitialised({from.count, linear.outputs});
        const LinearTask task[] = {{linear, from.data, rows.data()}};
        apply(task, from.count);
        const Index d = config_.head_dim;
        const auto part = [&](Index i) {
            return heads_of({rows.data() + i * d, linear.outputs, 3 * d}, p.heads, from.count);
        };
        p.query = part(0);
        p.key = part(1);
        p.value = part(2);
        place_heads(l, p);
    }

    Tensor heads_of(const HeadRows& rows, Index heads, Index tokens) const {
        const Index d = config_.head_dim;
        // A causal sentence is typed on: what stands there will be reused.
        const bool grows = config_.causal && prefix_.count() == 0;
        Tensor split = grows ? Tensor::with_room({heads, tokens, d})
                             : Tensor::uninitialised({heads, tokens, d});
        split_heads(rows, split);
        return split;
    }

    /// Query and key under their norms and turned by position, where the model does so.
    void place_heads(Index l, Projections& p) const {
        const BoundTensors& w = layer_weights(l);
        const auto& rotary = rotary_[static_cast<size_t>(config_.kind(l))];
        const auto place = [&](Tensor& heads, Role gain) {
            const Index tokens = heads.extent(1), d = config_.head_dim;
            for (Index h = 0; h < heads.extent(0); ++h) {
                float* rows = heads.slice(h);
                if (w.has(gain))
                    apply_norm(w.norm(norm_settings(stack_), gain, Role::count), rows, tokens, d,
                               rows);
                if (!rotary) continue;
                for (Index t = 0; t < tokens; ++t)
                    rotary->turn(rows + t * d, prefix_.count() + t);
            }
        };
        place(p.query, Role::query_norm_gain);
        place(p.key, Role::key_norm_gain);
    }

    void feed_forward(const BoundTensors& w, const Tensor& input) {
        if (config_.gated) {
            const LinearTask tasks[] = {
                {w.linear(Role::up_weight, Role::up_bias), input.data(), inner_.data()},
                {w.linear(Role::gate_weight, Role::gate_bias), input.data(), gate_.data(),
                 config_.activation}};
            apply(tasks, prefix_.rest());
            Array(inner_.data(), inner_.size()) *= ConstArray(gate_.data(), gate_.size());
        } else {
            const LinearTask tasks[] = {{w.linear(Role::up_weight, Role::up_bias), input.data(),
                                         inner_.data(), config_.activation}};
            apply(tasks, prefix_.rest());
        }
        const LinearTask down[] = {
            {w.linear(Role::down_weight, Role::down_bias), inner_.data(), step_.data()}};
        apply(down, prefix_.rest());
    }

    const StackRequest& request_;
    const Stack& stack_;
    const ArchSpec& arch_;
    const ModelConfig& config_;
    Index n_;
    PrefixCache prefix_;
    std::array<std::optional<Rotary>, layer_kind_count> rotary_;  // by LayerKind
    Tensor bias_;                                                 // [heads, 2 n - 1], or empty
    std::shared_ptr<TappedStages> tapped_;                        // null: nothing is kept
    // Of the rows that are not cached:
    Tensor normed_;        // [rows, width]
    Tensor inner_, gate_;  // [rows, feed_forward]
    Tensor step_;          // [rows, width], what a sublayer adds to the residual stream
};

}  // namespace

std::shared_ptr<const Trace> run_stack(const StackRequest& request, const Trace* previous) {
    return StackPass(request, previous).run();
}

}  // namespace fovea
