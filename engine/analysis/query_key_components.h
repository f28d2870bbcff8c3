#pragma once

#include <vector>

#include "engine/analysis/referent.h"
#include "engine/analysis/stream_components.h"

namespace fovea {

/// An attention logit as a sum over pairs of writers (the QK circuit of Elhage et al. 2021; by
/// components: Kamath et al. 2025): products[a][b] = scale q_a . k_b, where q_a is what writer a
/// put into the query through the frozen norm in front of the layer, W_Q, the frozen query norm and
/// the rotary turn, and k_b likewise. The norm's shift times W and the projection's bias are the
/// writer `bias`, the last one, where there is any.
struct QueryKeyComponents {
    std::vector<Writer> query_writers, key_writers;  ///< the same but in cross-attention
    Tensor products;                                 // [query writers, key writers]
    double position = 0;  ///< what the distance of the two adds: ALiBi, T5's bias, learned vectors
    double sum = 0;       ///< of all products and `position`
    double logit = 0;     ///< what the pass had: scale q.k + position
};

/// Of a cell of a part's maps, which is there. `main` is the trace of the only stack, or the
/// decoder's with the others in it; its edits act on the model.
QueryKeyComponents query_key_components(const Model& model, const Trace& main, Part part,
                                        const HeadCell& cell);

}  // namespace fovea
