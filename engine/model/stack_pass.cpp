#include "engine/model/stack_pass.h"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <optional>

#include "engine/arch/arch_spec.h"
#include "engine/core/task_pool.h"
#include "engine/model/embedding.h"
#include "engine/model/position.h"
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

/// Where the parts of a head lie in the rows that a projection gave.
struct HeadRows {
    const float* data;
    Index row;   ///< floats from token to token
    Index head;  ///< floats from head to head
};

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
          previous_(lends(previous) ? previous : nullptr) {
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
        trace->edits = request_.edits;
        std::shared_ptr<Trace> cross;
        if (request_.encoder) {
            trace->encoder = request_.encoder;
            cross = std::make_shared<Trace>(*trace);
            cross->part = Part::cross;
            cross->key_ids = request_.encoder->ids;
            cross->encoder = nullptr;
        }
        const bool same_sentence = previous_ && previous_->ids == request_.ids;
        set_known(previous_ ? common_tokens(*previous_) : 0);
        Tensor state = embed(stack_, request_.ids);  // [n, width], then the rows from known_ on
        keep(state, -1, *trace);
        state = rows_from(state, known_);
        for (Index l = 0; l < config_.layers; ++l) {
            if (request_.cancel.cancelled()) return nullptr;
            if (known_ > 0 && !keeps_rows(l)) state = recall(l, *trace);
            if (same_sentence && known_ == n_ && keeps_layer(l)) {
                trace->layers.push_back(previous_->layers[static_cast<size_t>(l)]);
                if (cross)
                    cross->layers.push_back(previous_->cross->layers[static_cast<size_t>(l)]);
                take_state(l, *trace);
                continue;
            }
            run_layer(l, state, *trace, cross.get());
            if (l + 1 == config_.layers) finish(state);
            keep(with_known_rows(l, state), l, *trace);
        }
        if (request_.cancel.cancelled()) return nullptr;
        if (cross) {
            cross->hidden_states = trace->hidden_states;
            cross->first_non_finite_layer = trace->first_non_finite_layer;
            trace->cross = std::move(cross);
        }
        return trace;
    }

  private:
    /// The previous trace is of the same stack, and of the same source where there is one.
    bool lends(const Trace* previous) const {
        if (!previous || previous->picture_only || previous->part != request_.part) return false;
        if (!request_.encoder) return true;
        // The encoder's own last state, not an equal one: what was reused is the same object.
        return previous->encoder && previous->cross &&
               previous->encoder->hidden_states.back() == request_.encoder->hidden_states.back();
    }

    /// Tokens at the start that both sentences share.
    Index common_tokens(const Trace& previous) const {
        const auto end = std::ranges::mismatch(previous.ids, request_.ids).in2;
        const auto common = static_cast<Index>(end - request_.ids.begin());
        const RotarySettings& rotary = config_.rotary.front();
        const bool stretched =
            arch_.position == PositionKind::rotary && rotary.scaling == RotaryScaling::dynamic &&
            static_cast<float>(std::max(n_, previous.length())) > rotary.trained_positions;
        // Beyond the trained length every position turns anew with each token.
        return stretched && previous.ids != request_.ids ? 0 : common;
    }

    /// From here on, rows below `known` are those of the previous trace.
    void set_known(Index known) {
        known_ = known;
        const Index rows = n_ - known;
        normed_ = Tensor::uninitialised({rows, config_.width});
        inner_ = Tensor::uninitialised({rows, config_.feed_forward});
        gate_ = Tensor::uninitialised({config_.gated ? rows : 0, config_.feed_forward});
        step_ = Tensor::uninitialised({rows, config_.width});
    }

    std::vector<HeadEdits> edits_now(Index l, const Projections& p, Part part) const {
        return edits_of_heads(request_.edits, p, l, part);
    }

    template <class Test>
    bool both_families(Index l, Test&& test) const {
        const auto at = static_cast<size_t>(l);
        return test(*previous_, *previous_->layers[at]) &&
               (!previous_->cross || test(*previous_->cross, *previous_->cross->layers[at]));
    }

    /// The same sentence under the same edits in this layer.
    bool keeps_layer(Index l) const {
        return both_families(l, [&](const Trace& family, const LayerTrace& layer) {
            return layer.edits == edits_now(l, *layer.projections, family.part);
        });
    }

    /// The first known_ rows of this layer come out as they did.
    bool keeps_rows(Index l) const {
        if (previous_->ids == request_.ids && keeps_layer(l)) return true;
        return both_families(l, [&](const Trace& family, const LayerTrace& layer) {
            Projections shape;
            shape.heads = config_.heads;
            shape.mask = layer.projections->mask;
            shape.queries = n_;
            shape.keys = family.part == Part::cross ? layer.projections->keys : n_;
            const auto now = edits_now(l, shape, family.part);
            for (size_t h = 0; h < now.size(); ++h)
                if (!agree_on_rows(layer.edits[h], now[h], known_, family.part == Part::cross))
                    return false;
            return true;
        });
    }

    /// The whole state in front of a layer: from here on no row is known.
    Tensor recall(Index l, const Trace& trace) {
        set_known(0);
        return trace.hidden_states[static_cast<size_t>(l)]->clone();
    }

    static Tensor rows_from(const Tensor& whole, Index first) {
        const Index width = whole.extent(1);
        Tensor rows = Tensor::uninitialised({whole.extent(0) - first, width});
        std::copy_n(whole.data() + first * width, rows.size(), rows.data());
        return rows;
    }

    /// The state after a layer: known rows from the previous trace, then the new ones.
    Tensor with_known_rows(Index l, const Tensor& state) const {
        if (known_ == 0) return state.clone();
        Tensor whole = Tensor::uninitialised({n_, config_.width});
        const Tensor& before = *previous_->hidden_states[static_cast<size_t>(l) + 1];
        std::copy_n(before.data(), known_ * config_.width, whole.data());
        std::copy_n(state.data(), state.size(), whole.data() + known_ * config_.width);
        return whole;
    }

    void take_state(Index l, Trace& trace) const {
        trace.hidden_states.push_back(previous_->hidden_states[static_cast<size_t>(l) + 1]);
        if (previous_->first_non_finite_layer == l && !trace.first_non_finite_layer)
            trace.first_non_finite_layer = l;
    }

    const BoundTensors& layer_weights(Index l) const {
        return stack_.weights->layers[static_cast<size_t>(l)];
    }

    void keep(const Tensor& state, Index layer, Trace& trace) const {
        keep(state.clone(), layer, trace);
    }
    void keep(Tensor&& state, Index layer, Trace& trace) const {
        if (!trace.first_non_finite_layer && !all_finite(state))
            trace.first_non_finite_layer = layer;
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
        parallel_ranges(n_ - known_, 16, [&](Index begin, Index end) {
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

    struct SublayerNorms {
        Role gain, bias;
        Role output_gain;  ///< of what is added; count: none
    };

    /// state + f(norm(state)), or norm(state + f(state)): f leaves its result in step_.
    template <class Sublayer>
    void add_sublayer(const BoundTensors& w, const SublayerNorms& norms, Tensor& state,
                      Sublayer&& sublayer) {
        sublayer(config_.norm_before ? normed(w, norms.gain, norms.bias, state) : state);
        if (norms.output_gain != Role::count && w.has(norms.output_gain))
            norm_rows(w.norm(norm_settings(stack_), norms.output_gain, Role::count), step_, step_);
        add_step(state);
        if (!config_.norm_before)
            norm_rows(w.norm(norm_settings(stack_), norms.gain, norms.bias), state, state);
    }

    void run_layer(Index l, Tensor& state, Trace& trace, Trace* cross) {
        const BoundTensors& w = layer_weights(l);
        const auto attend_self = [&](const Tensor& input) {
            const Rows rows{input.data(), n_ - known_};
            trace.layers.push_back(attend(l, request_.part, rows, rows));
        };
        const auto transform = [&](const Tensor& input) { feed_forward(w, input); };
        if (config_.parallel_block) {
            // Both halves read the same state; Phi's share one norm as well.
            const Tensor& input =
                normed(w, Role::attention_norm_gain, Role::attention_norm_bias, state);
            attend_self(input);
            Tensor sum = state.clone();
            add_step(sum);
            transform(
                w.has(Role::feed_forward_norm_gain)
                    ? normed(w, Role::feed_forward_norm_gain, Role::feed_forward_norm_bias, state)
                    : input);
            add_step(sum);
            state = std::move(sum);
            return;
        }
        add_sublayer(w,
                     {Role::attention_norm_gain, Role::attention_norm_bias,
                      Role::attention_output_norm_gain},
                     state, attend_self);
        if (cross) {
            const Tensor& source = *request_.encoder->hidden_states.back();
            add_sublayer(
                w, {Role::cross_norm_gain, Role::cross_norm_bias, Role::count}, state,
                [&](const Tensor& input) {
                    cross->layers.push_back(attend(l, Part::cross, {input.data(), n_ - known_},
                                                   {source.data(), source.extent(0)}));
                });
        }
        add_sublayer(w,
                     {Role::feed_forward_norm_gain, Role::feed_forward_norm_bias,
                      Role::feed_forward_output_norm_gain},
                     state, transform);
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
        p->scale = 1 / std::sqrt(scalar);
        p->mask = request_.model.mask(l, part);
        if (part != Part::cross && !bias_.empty()) p->bias = bias_.clone();
        if (arch_.fused == FusedLayout::heads && part != Part::cross) {
            project_fused(l, from, *p);
        } else {
            project(w, roles, from, to, *p);
            if (part != Part::cross) place_heads(l, *p);
        }

        if (known_ > 0) prepend_known_rows(l, part, *p);

        auto layer = std::make_shared<LayerTrace>();
        layer->edits = edits_now(l, *p, part);
        auto scores =
            std::make_shared<const HeadScores>(score_heads(*p, layer->edits, request_.cancel));
        const Tensor joined = join_heads(*p, scores->output);
        const LinearTask output[] = {
            {w.linear(roles.output, roles.output_bias), joined.data(), step_.data()}};
        apply_linear(output, n_ - known_);
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
            apply_linear(tasks, from.count);
        } else {
            apply_linear({tasks, 1}, from.count);
            apply_linear({tasks + 1, 2}, to.count);
        }
        const Index d = config_.head_dim;
        p.query = split_heads({query.data(), query.extent(1), d}, p.heads, from.count);
        p.key = split_heads({key.data(), key.extent(1), d}, p.key_heads, to.count);
        p.value = split_heads({value.data(), value.extent(1), d}, p.key_heads, to.count);
    }

    /// Query, key and value of each head stand side by side in one product.
    void project_fused(Index l, Rows from, Projections& p) const {
        const Linear linear =
            layer_weights(l).linear(Role::query_key_value_weight, Role::query_key_value_bias);
        Tensor rows = Tensor::uninitialised({from.count, linear.outputs});
        const LinearTask task[] = {{linear, from.data, rows.data()}};
        apply_linear(task, from.count);
        const Index d = config_.head_dim;
        const auto part = [&](Index i) {
            return split_heads({rows.data() + i * d, linear.outputs, 3 * d}, p.heads, from.count);
        };
        p.query = part(0);
        p.key = part(1);
        p.value = part(2);
        place_heads(l, p);
    }

    Tensor split_heads(HeadRows rows, Index heads, Index tokens) const {
        const Index d = config_.head_dim;
        Tensor split = Tensor::uninitialised({heads, tokens, d});
        for (Index h = 0; h < heads; ++h)
            for (Index t = 0; t < tokens; ++t)
                std::copy_n(rows.data + t * rows.row + h * rows.head, d, split.slice(h) + t * d);
        return split;
    }

    /// Query and key under their norms and turned by position, where the model does so.
    void place_heads(Index l, Projections& p) const {
        const BoundTensors& w = layer_weights(l);
        const auto& rotary = rotary_[static_cast<size_t>(config_.kind(l))];
        const auto place = [&](Tensor& heads, Role gain) {
            const Index rows = heads.size() / config_.head_dim;
            if (w.has(gain))
                apply_norm(w.norm(norm_settings(stack_), gain, Role::count), heads.data(), rows,
                           config_.head_dim, heads.data());
            if (!rotary) return;
            const Index tokens = n_ - known_;
            for (Index i = 0; i < rows; ++i)
                rotary->turn(heads.data() + i * config_.head_dim, known_ + i % tokens);
        };
        place(p.query, Role::query_norm_gain);
        place(p.key, Role::key_norm_gain);
    }

    /// Of the new rows, heads side by side.
    Tensor join_heads(const Projections& p, const Tensor& outputs) const {
        const Index rows = n_ - known_;
        Tensor joined = Tensor::uninitialised({rows, p.heads * p.head_dim});
        for (Index h = 0; h < p.heads; ++h)
            for (Index t = 0; t < rows; ++t)
                std::copy_n(outputs.slice(h) + (known_ + t) * p.head_dim, p.head_dim,
                            joined.data() + (t * p.heads + h) * p.head_dim);
        return joined;
    }

    void prepend_known_rows(Index l, Part part, Projections& p) const {
        const Projections& before = previous_->of(part).projections(l);
        const auto prepend = [&](const Tensor& older, Tensor& rows) {
            const Index heads = rows.extent(0), d = config_.head_dim, added = rows.extent(1);
            Tensor whole = Tensor::uninitialised({heads, known_ + added, d});
            for (Index h = 0; h < heads; ++h) {
                std::copy_n(older.slice(h), known_ * d, whole.slice(h));
                std::copy_n(rows.slice(h), added * d, whole.slice(h) + known_ * d);
            }
            rows = std::move(whole);
        };
        prepend(before.query, p.query);
        if (part == Part::cross) return;  // the source's keys are whole
        prepend(before.key, p.key);
        prepend(before.value, p.value);
    }

    void feed_forward(const BoundTensors& w, const Tensor& input) {
        if (config_.gated) {
            const LinearTask tasks[] = {
                {w.linear(Role::up_weight, Role::up_bias), input.data(), inner_.data()},
                {w.linear(Role::gate_weight, Role::gate_bias), input.data(), gate_.data(),
                 config_.activation}};
            apply_linear(tasks, n_ - known_);
            Array(inner_.data(), inner_.size()) *= ConstArray(gate_.data(), gate_.size());
        } else {
            const LinearTask tasks[] = {{w.linear(Role::up_weight, Role::up_bias), input.data(),
                                         inner_.data(), config_.activation}};
            apply_linear(tasks, n_ - known_);
        }
        const LinearTask down[] = {
            {w.linear(Role::down_weight, Role::down_bias), inner_.data(), step_.data()}};
        apply_linear(down, n_ - known_);
    }

    const StackRequest& request_;
    const Stack& stack_;
    const ArchSpec& arch_;
    const ModelConfig& config_;
    Index n_;
    const Trace* previous_;  ///< what lends; nullptr: nothing
    Index known_ = 0;        ///< rows at the start that come out as they did
    std::array<std::optional<Rotary>, layer_kind_count> rotary_;  // by LayerKind
    Tensor bias_;                                                 // [heads, 2 n - 1], or empty
    Tensor normed_;                                               // [n, width]
    Tensor inner_, gate_;                                         // [n, feed_forward]
    Tensor step_;  // [n, width], what a sublayer adds to the residual stream
};

}  // namespace

std::shared_ptr<const Trace> run_stack(const StackRequest& request, const Trace* previous) {
    return StackPass(request, previous).run();
}

}  // namespace fovea
