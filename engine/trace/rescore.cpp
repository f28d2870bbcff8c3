#include "engine/trace/rescore.h"

#include "engine/trace/score.h"

namespace fovea {
namespace {

/// Layers under other edits. Those that nobody has yet are gathered and scored together: a frame
/// of a dragged slider is short, and each time the cores wait for one another costs a part of it.
class Rescoring {
  public:
    /// A layer of `own` under other edits: itself where they are the same, or that of `previous`.
    std::shared_ptr<const LayerTrace> layer(const std::shared_ptr<const LayerTrace>& own,
                                            const std::shared_ptr<const LayerTrace>& previous,
                                            std::vector<HeadEdits> edits) {
        if (edits == own->edits) return own;
        const bool reusable = previous && previous->projections == own->projections;
        if (reusable && edits == previous->edits) return previous;
        auto layer = std::make_shared<LayerTrace>();
        layer->projections = own->projections;
        layer->edits = std::move(edits);
        ScoreRequest request{*layer->projections, layer->edits, /*outputs=*/false};
        for (size_t h = 0; h < layer->edits.size(); ++h) {
            const LayerTrace* cached = nullptr;
            if (layer->edits[h] == own->edits[h])
                cached = own.get();
            else if (reusable && layer->edits[h] == previous->edits[h])
                cached = previous.get();
            request.cached_heads.push_back(cached);
        }
        requests_.push_back(std::move(request));
        layers_.push_back(layer);
        return layer;
    }

    void score(const CancelToken& cancel) {
        std::vector<HeadScores> scores = score_layers(requests_, cancel);
        for (size_t i = 0; i < layers_.size(); ++i)
            layers_[i]->scores = std::make_shared<const HeadScores>(std::move(scores[i]));
    }

  private:
    std::vector<ScoreRequest> requests_;
    std::vector<std::shared_ptr<LayerTrace>> layers_;  // what becomes of them
};

}  // namespace

std::shared_ptr<const Trace> rescore(const Trace& original, const Edits& edits,
                                     const Trace* previous, const CancelToken& cancel) {
    auto trace = std::make_shared<Trace>(original);
    trace->edits = edits;
    trace->picture_only = true;
    if (original.encoder)
        trace->encoder =
            rescore(*original.encoder, edits, previous ? previous->encoder.get() : nullptr, cancel);
    if (original.cross)
        trace->cross =
            rescore(*original.cross, edits, previous ? previous->cross.get() : nullptr, cancel);
    Rescoring rescoring;
    for (size_t l = 0; l < original.layers.size(); ++l) {
        const auto& own = original.layers[l];
        trace->layers[l] = rescoring.layer(
            own, previous ? previous->layers[l] : nullptr,
            edits_of_heads(edits, *own->projections, static_cast<Index>(l), original.part));
    }
    rescoring.score(cancel);
    return trace;
}

}  // namespace fovea
