// A forward pass of the model in $FOVEA_BENCH_MODEL, and nothing else: for a profiler.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "engine/model/forward.h"
#include "engine/session/reading.h"
#include "engine/trace/rescore.h"

namespace fovea {
namespace {

/// Range 0: tokens. Appended: the last of them, typed after the others were read.
void forward(benchmark::State& state, bool appended) {
    const char* folder = std::getenv("FOVEA_BENCH_MODEL");
    if (folder == nullptr) return state.SkipWithError("FOVEA_BENCH_MODEL names no model's folder");
    const auto loaded = load_folder(folder);
    if (!loaded) return state.SkipWithError(loaded.message().c_str());
    const Model& model = *(*loaded)->model;
    ForwardRequest request;
    for (Index i = 0; i < state.range(0); ++i)
        request.ids.push_back(static_cast<std::int32_t>(i * 7 % 256));
    std::shared_ptr<const Trace> before;
    if (appended) {
        ForwardRequest shorter = request;
        shorter.ids.pop_back();
        const auto trace = run(model, shorter, nullptr, CancelToken());
        if (!trace) return state.SkipWithError(trace.message().c_str());
        before = *trace;
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(run(model, request, before.get(), CancelToken()).ok());
}
BENCHMARK_CAPTURE(forward, whole, false)
    ->Name("forward")
    ->ArgName("tokens")
    ->Arg(1)
    ->Arg(12)
    ->Arg(128)
    ->Arg(512)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(forward, appended, true)
    ->Name("append")
    ->ArgName("tokens")
    ->Arg(128)
    ->Arg(512)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Every head at another temperature, for the picture alone: what a dragged slider asks for.
void rescored(benchmark::State& state) {
    const char* folder = std::getenv("FOVEA_BENCH_MODEL");
    if (folder == nullptr) return state.SkipWithError("FOVEA_BENCH_MODEL names no model's folder");
    const auto loaded = load_folder(folder);
    if (!loaded) return state.SkipWithError(loaded.message().c_str());
    ForwardRequest request;
    for (Index i = 0; i < state.range(0); ++i)
        request.ids.push_back(static_cast<std::int32_t>(i * 7 % 256));
    const auto trace = run(*(*loaded)->model, request, nullptr, CancelToken());
    if (!trace) return state.SkipWithError(trace.message().c_str());
    Edits edits;
    edits.temperatures = {{{}, 1.0f}};
    for (auto _ : state) {
        float& temperature = edits.temperatures.front().value;
        temperature = temperature > 2 ? 1.01f : temperature * 1.01f;
        benchmark::DoNotOptimize(rescore(**trace, edits, nullptr, CancelToken()));
    }
}
BENCHMARK(rescored)
    ->Name("rescore")
    ->ArgName("tokens")
    ->Arg(12)
    ->Arg(128)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fovea
