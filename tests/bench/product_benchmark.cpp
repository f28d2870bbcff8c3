// Matrix products, norms and activations at MiniLM's sizes.
#include <benchmark/benchmark.h>

#include "engine/nn/activation.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"
#include "random_tensor.h"

namespace fovea {
namespace {

constexpr Index width = 384, inner = 1536;

/// Range 0: rows (tokens). The narrow kernel does few, Eigen many.
void linear(benchmark::State& state) {
    const Index rows = state.range(0);
    const Tensor weight = test::random_tensor({inner, width});
    const Tensor bias = test::random_tensor({inner});
    const Tensor input = test::random_tensor({rows, width});
    Tensor output = Tensor::uninitialised({rows, inner});
    const LinearTask task{Linear::of_floats(weight.data(), width, inner, false, bias.data()),
                          input.data(), output.data(), Activation::identity};
    for (auto _ : state) {
        apply_linear({&task, 1}, rows);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * 2 * rows * width * inner);
    state.SetBytesProcessed(state.iterations() * weight.size() * Index{sizeof(float)});
}
BENCHMARK(linear)->Name("linear/narrow")->Arg(1)->Arg(3)->Arg(12)->UseRealTime();
BENCHMARK(linear)->Name("linear/wide")->Arg(64)->Arg(128)->Arg(512)->UseRealTime();

void norm(benchmark::State& state) {
    const Index rows = state.range(0);
    const Tensor gain = test::random_tensor({width});
    const Tensor bias = test::random_tensor({width});
    const Tensor input = test::random_tensor({rows, width});
    Tensor output = Tensor::uninitialised({rows, width});
    const Norm layer_norm{NormKind::layer, gain.data(), bias.data(), 1e-12f};
    for (auto _ : state) {
        apply_norm(layer_norm, input.data(), rows, width, output.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * input.size());
}
BENCHMARK(norm)->Arg(12)->Arg(128);

void activation(benchmark::State& state, Activation kind) {
    const Tensor input = test::random_tensor({128, inner});
    Tensor values = input.clone();
    for (auto _ : state) {
        std::copy_n(input.data(), input.size(), values.data());
        activate(kind, values.values());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * input.size());
}
BENCHMARK_CAPTURE(activation, gelu, Activation::gelu);
BENCHMARK_CAPTURE(activation, gelu_tanh, Activation::gelu_tanh);
BENCHMARK_CAPTURE(activation, silu, Activation::silu);

}  // namespace
}  // namespace fovea
