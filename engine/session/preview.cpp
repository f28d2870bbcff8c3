#include "engine/session/preview.h"

#include "engine/trace/score.h"

namespace fovea {
namespace {

bool changes(const Trace& trace, Index layer, const Edits& edits) {
    const LayerTrace& own = *trace.layers[static_cast<size_t>(layer)];
    return edits_of_heads(edits, *own.projections, layer, trace.part) != own.edits;
}

bool changes_any(const Trace& trace, Index end, const Edits& edits) {
    for (Index layer = 0; layer < end; ++layer)
        if (changes(trace, layer, edits)) return true;
    return false;
}

/// Nothing that goes into this layer's Q and K is another under `edits`.
bool inputs_stand(const Trace& whole, Part part, Index layer, const Edits& edits) {
    if (changes_any(whole.of(part), layer, edits)) return false;
    if (!whole.encoder || part == Part::encoder) return true;
    if (changes_any(*whole.encoder, static_cast<Index>(whole.encoder->layers.size()), edits))
        return false;
    // In each of the decoder's layers its own attention comes before the attention across.
    if (part == Part::cross) return !changes_any(whole, layer + 1, edits);
    return !whole.cross || !changes_any(*whole.cross, layer, edits);
}

std::shared_ptr<const LayerTrace> rescored(const LayerTrace& own, Index head, HeadEdits edits,
                                           const CancelToken& cancel) {
    auto layer = std::make_shared<LayerTrace>();
    layer->projections = own.projections;
    layer->edits = own.edits;
    layer->edits[static_cast<size_t>(head)] = std::move(edits);
    ScoreRequest request{*layer->projections, layer->edits, /*outputs=*/false};
    request.cached_heads.assign(own.edits.size(), &own);
    request.cached_heads[static_cast<size_t>(head)] = nullptr;
    layer->scores = std::make_shared<const HeadScores>(score_heads(request, cancel));
    return layer;
}

std::shared_ptr<Trace> with_layer(const Trace& trace, Index layer,
                                  std::shared_ptr<const LayerTrace> with) {
    auto changed = std::make_shared<Trace>(trace);
    changed->layers[static_cast<size_t>(layer)] = std::move(with);
    return changed;
}

}  // namespace

std::shared_ptr<const Reading> preview_head(const Reading& standing, const Edits& edits,
                                            const PreviewedHead& which, const CancelToken& cancel) {
    if (standing.request.picture_only || standing.picture_only()) return nullptr;
    const Trace& whole = standing.shown(true);
    const Trace& trace = whole.of(which.part);
    if (which.layer >= static_cast<Index>(trace.layers.size())) return nullptr;
    const Model& model = *standing.request.model->model;
    const Edits seen =
        clip_edits(edits, model.edit_limits(static_cast<Index>(standing.tokens.size()),
                                            static_cast<Index>(standing.target_tokens.size())));
    if (!inputs_stand(whole, which.part, which.layer, seen)) return nullptr;
    const LayerTrace& own = *trace.layers[static_cast<size_t>(which.layer)];
    auto heads = edits_of_heads(seen, *own.projections, which.layer, trace.part);
    if (which.head >= static_cast<Index>(heads.size())) return nullptr;
    HeadEdits& head = heads[static_cast<size_t>(which.head)];
    if (head == own.edits[static_cast<size_t>(which.head)]) return nullptr;

    auto layer = rescored(own, which.head, std::move(head), cancel);
    if (cancel.cancelled()) return nullptr;
    std::shared_ptr<Trace> changed;
    if (&trace == &whole) {
        changed = with_layer(whole, which.layer, std::move(layer));
    } else {
        changed = std::make_shared<Trace>(whole);
        auto& part = which.part == Part::encoder ? changed->encoder : changed->cross;
        part = with_layer(trace, which.layer, std::move(layer));
    }
    changed->edits = seen;
    auto reading = std::make_shared<Reading>(standing);
    reading->request.edits = edits;
    reading->edited = std::move(changed);
    return reading;
}

}  // namespace fovea
