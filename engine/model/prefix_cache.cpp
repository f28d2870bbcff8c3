#include "engine/model/prefix_cache.h"

#include <algorithm>

#include "engine/arch/arch_spec.h"
#include "engine/trace/score.h"

namespace fovea {

PrefixCache::PrefixCache(const StackRequest& request, const Trace* previous)
    : request_(request),
      config_(*request.model.stack(request.part).config),
      previous_(fits(previous) ? previous : nullptr),
      count_(previous_ ? common_tokens() : 0) {}

bool PrefixCache::fits(const Trace* previous) const {
    if (!previous || previous->picture_only || previous->part != request_.part) return false;
    if (!request_.encoder) return true;
    // The encoder's own last state, not an equal one: what was reused is the same object.
    return previous->encoder && previous->cross &&
           previous->encoder->hidden_states.back() == request_.encoder->hidden_states.back();
}

bool PrefixCache::same_sentence() const {
    return previous_->ids == request_.ids && previous_->token_types == request_.token_types;
}

Index PrefixCache::common_tokens() const {
    const auto& ids = request_.ids;
    if (same_sentence()) return static_cast<Index>(ids.size());
    const RotarySettings& rotary = config_.rotary.front();
    const auto longest = static_cast<float>(std::max(ids.size(), previous_->ids.size()));
    // Beyond the trained length every position turns anew with each token.
    if (rotary.scaling == RotaryScaling::dynamic && longest > rotary.trained_positions) return 0;
    const Index same_ids = std::ranges::mismatch(previous_->ids, ids).in2 - ids.begin();
    const auto type = [](const std::vector<std::int32_t>& types, Index token) {
        return types.empty() ? 0 : types[static_cast<size_t>(token)];
    };
    Index same = 0;
    while (same < same_ids &&
           type(previous_->token_types, same) == type(request_.token_types, same))
        ++same;
    return same;
}

template <class Test>
bool PrefixCache::both_families(Index layer, Test&& test) const {
    const auto at = static_cast<size_t>(layer);
    return test(*previous_, *previous_->layers[at]) &&
           (!previous_->cross || test(*previous_->cross, *previous_->cross->layers[at]));
}

bool PrefixCache::take_embeddings(Trace& trace) const {
    if (!previous_ || !same_sentence()) return false;
    trace.hidden_states.push_back(previous_->hidden_states.front());
    if (previous_->first_non_finite_layer == -1) trace.first_non_finite_layer = -1;
    return true;
}

bool PrefixCache::whole_layer(Index layer) const {
    if (count_ == 0 || !same_sentence()) return false;
    return both_families(layer, [&](const Trace& family, const LayerTrace& before) {
        return before.edits ==
               edits_of_heads(request_.edits, *before.projections, layer, family.part);
    });
}

bool PrefixCache::hold_in(Index layer) const {
    if (whole_layer(layer)) return true;
    return both_families(layer, [&](const Trace& family, const LayerTrace& before) {
        const bool cross = family.part == Part::cross;
        Projections shape;
        shape.heads = config_.heads;
        shape.mask = before.projections->mask;
        shape.queries = static_cast<Index>(request_.ids.size());
        shape.keys = cross ? before.projections->keys : shape.queries;
        const auto now = edits_of_heads(request_.edits, shape, layer, family.part);
        return std::ranges::equal(
            before.edits, now, [&](const HeadEdits& then, const HeadEdits& edits) {
                return agree_on_rows(then, edits, count_, /*other_keys=*/cross);
            });
    });
}

void PrefixCache::take_layer(Index layer, Trace& trace, Trace* cross) const {
    const auto at = static_cast<size_t>(layer);
    trace.layers.push_back(previous_->layers[at]);
    if (cross) cross->layers.push_back(previous_->cross->layers[at]);
    trace.hidden_states.push_back(previous_->hidden_states[at + 1]);
    if (previous_->first_non_finite_layer == layer && !trace.first_non_finite_layer)
        trace.first_non_finite_layer = layer;
}

Tensor PrefixCache::with_state(Index layer, const Tensor& state) const {
    if (count_ == 0) {
        Tensor whole = Tensor::with_room(state.shape());
        std::copy_n(state.data(), state.size(), whole.data());
        return whole;
    }
    const Tensor& before = *previous_->hidden_states[static_cast<size_t>(layer) + 1];
    Tensor whole = Tensor::grown(before, count_, state.extent(0));
    std::copy_n(state.data(), state.size(), whole.slice(count_));
    return whole;
}

bool PrefixCache::finite_after(Index layer) const {
    return count_ == 0 || !previous_->first_non_finite_layer ||
           *previous_->first_non_finite_layer > layer;
}

const LayerTrace* PrefixCache::layer(Index layer, Part part) const {
    return count_ == 0 ? nullptr : previous_->of(part).layers[static_cast<size_t>(layer)].get();
}

void PrefixCache::prepend(Index layer, Part part, Projections& projections) const {
    if (count_ == 0) return;
    const Projections& before = previous_->of(part).projections(layer);
    const auto join = [&](const Tensor& cached, Tensor& rows) {
        const Index added = rows.extent(1), d = rows.extent(2);
        Tensor whole = Tensor::grown(cached, count_, added);
        for (Index h = 0; h < rows.extent(0); ++h)
            std::copy_n(rows.slice(h), added * d, whole.slice(h) + count_ * d);
        rows = std::move(whole);
    };
    join(before.query, projections.query);
    if (part == Part::cross) return;  // the source's keys are whole
    join(before.key, projections.key);
    join(before.value, projections.value);
}

}  // namespace fovea
