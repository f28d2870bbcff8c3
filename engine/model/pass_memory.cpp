#include "engine/model/pass_memory.h"

#include <algorithm>

#include "engine/arch/arch_spec.h"
#include "engine/core/task_pool.h"
#include "engine/metrics/row_metric.h"
#include "engine/trace/row_block.h"

namespace fovea {
namespace {

constexpr double float_bytes = sizeof(float);

double floats(Index count) {
    return static_cast<double>(count);
}

double roomy(Index rows) {
    return floats(rows + std::min<Index>(rows / 4, 256) + 32);
}

/// What the trace of one layer's attention keeps, in floats.
double attention_floats(const ModelConfig& config, bool biased, Index queries, Index keys) {
    // Rows have room for more where a sentence may be typed on (see RowMemory).
    const double n = roomy(queries), m = roomy(keys), heads = floats(config.heads);
    const double rows = 2 + floats(static_cast<Index>(row_metrics().size()));
    const double cells = floats(thumbnail_cells(queries)) * floats(thumbnail_cells(keys));
    return n * 2 * floats(config.query_width()) + m * 2 * floats(config.key_width()) +
           heads * (n * rows + cells + (biased ? n + m : 0));
}

/// What a layer needs beside it while it is at work, in floats a token.
double working_floats(const ModelConfig& config) {
    const double width = floats(config.width);
    const double projections = 2 * floats(config.query_width()) + 2 * floats(config.key_width());
    const double inner = floats(config.feed_forward) * (config.gated ? 2 : 1);
    return 4 * width + inner + projections;
}

/// The blocks of logits that every core holds.
double block_bytes(Index keys) {
    return floats(thread_count()) * floats(RowBlock::rows_for(keys)) * floats(keys) *
           (float_bytes + sizeof(double));
}

PassMemory of_stack(const Stack& stack, Index tokens) {
    const ModelConfig& config = *stack.config;
    const PositionKind position = stack.arch->position;
    const bool biased = position == PositionKind::alibi || position == PositionKind::relative_bias;
    const double layers = floats(config.layers), n = floats(tokens), width = floats(config.width);
    PassMemory memory;
    memory.kept = float_bytes * (layers * attention_floats(config, biased, tokens, tokens) +
                                 (layers + 1) * roomy(tokens) * width);
    double working = n * working_floats(config);
    if (position == PositionKind::rotary) working += n * floats(config.head_dim);
    // Twice: what one layer has let go, the allocator has not yet, when the next one asks.
    memory.working = 2 * float_bytes * working + block_bytes(tokens);
    return memory;
}

}  // namespace

PassMemory pass_memory(const Model& model, Index tokens, Index target_tokens) {
    if (!model.encoder()) return of_stack(model.main(), tokens);
    const PassMemory encoder = of_stack(*model.encoder(), tokens);
    PassMemory decoder = of_stack(model.main(), target_tokens);
    const ModelConfig& config = model.config();
    decoder.kept += float_bytes * floats(config.layers) *
                    attention_floats(config, false, target_tokens, tokens);
    decoder.working += block_bytes(tokens);
    return {encoder.kept + decoder.kept, std::max(encoder.working, decoder.working)};
}

}  // namespace fovea
