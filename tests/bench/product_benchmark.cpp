// Matrix products, norms and activations at MiniLM's sizes; products of other types at GPT-2's.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <vector>

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

/// Random weights as a file of this type holds them. Scales stand in for real ones where 16 random
/// bits might be no number.
std::vector<std::byte> typed_weights(DType dtype, Index elements) {
    std::vector<std::byte> bytes(dtype_bytes(dtype, elements));
    std::mt19937 random(7);
    if (dtype == DType::q4_k) {
        const uint16_t scale = 0x1400;  // 2^-10 as a 16-bit float
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(random());
        for (size_t block = 0; block < bytes.size(); block += dtype_block_bytes(dtype)) {
            std::memcpy(&bytes[block], &scale, sizeof scale);
            std::memcpy(&bytes[block + sizeof scale], &scale, sizeof scale);
        }
        return bytes;
    }
    const Tensor values = test::random_tensor({elements});
    const size_t size = dtype_block_bytes(dtype);
    // The upper half of a float is a bfloat16: the last `size` of its four bytes.
    for (size_t i = 0; i < static_cast<size_t>(elements); ++i) {
        const auto* value = reinterpret_cast<const std::byte*>(values.data() + i);
        std::memcpy(&bytes[i * size], value + sizeof(float) - size, size);
    }
    return bytes;
}

/// Range 0: rows (tokens). Bytes are those of the file's own type, floats for comparison.
void typed_linear(benchmark::State& state, DType dtype) {
    constexpr Index inputs = 768, outputs = 3072;  // whole blocks of 256
    const Index rows = state.range(0);
    const std::vector<std::byte> weight = typed_weights(dtype, outputs * inputs);
    const Tensor input = test::random_tensor({rows, inputs});
    Tensor output = Tensor::uninitialised({rows, outputs});
    LinearTask task;
    task.linear.weight = weight.data();
    task.linear.dtype = dtype;
    task.linear.row_bytes = dtype_bytes(dtype, inputs);
    task.linear.inputs = inputs;
    task.linear.outputs = outputs;
    task.input = input.data();
    task.output = output.data();
    for (auto _ : state) {
        apply_linear({&task, 1}, rows);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * 2 * rows * inputs * outputs);
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(weight.size()));
}
BENCHMARK_CAPTURE(typed_linear, f32, DType::f32)->Arg(1)->Arg(12)->Arg(128)->UseRealTime();
BENCHMARK_CAPTURE(typed_linear, bf16, DType::bf16)->Arg(1)->Arg(12)->Arg(128)->UseRealTime();
BENCHMARK_CAPTURE(typed_linear, q4_k, DType::q4_k)->Arg(1)->Arg(12)->Arg(128)->UseRealTime();

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
