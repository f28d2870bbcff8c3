// Attention of one layer: streamed scores with every metric, and maps made on demand.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "engine/nn/softmax.h"
#include "engine/trace/head_map.h"
#include "engine/trace/score.h"
#include "random_tensor.h"

namespace fovea {
namespace {

constexpr Index heads = 12, head_dim = 32;

std::shared_ptr<const LayerTrace> layer_of(Index tokens) {
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = heads;
    projections->queries = projections->keys = tokens;
    projections->head_dim = head_dim;
    projections->query = test::random_tensor({heads, tokens, head_dim});
    projections->key = test::random_tensor({heads, tokens, head_dim});
    projections->value = test::random_tensor({heads, tokens, head_dim});
    projections->scale = 0.17677669f;
    auto layer = std::make_shared<LayerTrace>();
    layer->edits.resize(static_cast<size_t>(heads));
    layer->scores =
        std::make_shared<HeadScores>(score_heads({*projections, layer->edits}, CancelToken()));
    layer->projections = std::move(projections);
    return layer;
}

/// One row of so many keys. It is done in place, so that the copy of the logits counts too.
void softmax(benchmark::State& state) {
    const Index keys = state.range(0);
    const Tensor logits = test::random_tensor({keys}, 3);
    std::vector<float> row(static_cast<size_t>(keys));
    for (auto _ : state) {
        std::copy_n(logits.data(), keys, row.data());
        benchmark::DoNotOptimize(softmax_row(row));
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * keys);
}
BENCHMARK(softmax)->Name("softmax_row")->Arg(12)->Arg(128)->Arg(1024);

/// Softmax of every row with its metrics and thumbnails; range 1: with the outputs or without.
void scores(benchmark::State& state) {
    const auto layer = layer_of(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(
            score_heads({*layer->projections, layer->edits, state.range(1) != 0}, CancelToken()));
    state.SetItemsProcessed(state.iterations() * heads * state.range(0) * state.range(0));
}
BENCHMARK(scores)
    ->Name("score_heads")
    ->ArgNames({"tokens", "outputs"})
    ->Args({12, 1})
    ->Args({128, 1})
    ->Args({128, 0})
    ->Args({512, 1})
    ->Args({4096, 1})
    ->UseRealTime();

void map(benchmark::State& state, Quantity quantity) {
    const auto layer = layer_of(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(head_map(*layer, 3, quantity, whole_map(*layer)));
    state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(0));
}
BENCHMARK_CAPTURE(map, weights, Quantity::weights)->Arg(12)->Arg(128)->Arg(512);
BENCHMARK_CAPTURE(map, logits, Quantity::logits)->Arg(128);

// A long map on a screen.
void pooled_map(benchmark::State& state, Pooling pooling) {
    const Index n = state.range(0);
    const auto layer = layer_of(n);
    for (auto _ : state)
        benchmark::DoNotOptimize(
            pooled_head_map(*layer, 3, Quantity::weights, whole_map(*layer), 700, 700, pooling));
    state.SetItemsProcessed(state.iterations() * n * n);
}
BENCHMARK_CAPTURE(pooled_map, largest, Pooling::largest)->Arg(1024)->Arg(8192)->UseRealTime();
BENCHMARK_CAPTURE(pooled_map, mean, Pooling::mean)->Arg(8192)->UseRealTime();

}  // namespace
}  // namespace fovea
