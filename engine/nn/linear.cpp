#include "engine/nn/linear.h"

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/core/task_pool.h"
#include "engine/nn/product_kernels.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<RowMajor, 0, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>>;

void finish(const LinearTask& task, Index rows, Index begin, Index end) {
    const Index count = end - begin;
    for (Index t = 0; t < rows; ++t) {
        float* y = task.output + t * task.linear.outputs + begin;
        if (task.linear.bias)
            Eigen::Map<Eigen::ArrayXf>(y, count) +=
                Eigen::Map<const Eigen::ArrayXf>(task.linear.bias + begin, count);
        activate(task.activation, {y, static_cast<size_t>(count)});
    }
}

/// The fastest of this processor; nullptr: Eigen does all.
const ProductKernels* kernels() {
    const auto all = product_kernels();
    return all.empty() ? nullptr : &all.front();
}

/// Whether a product with so few rows is bound by reading the weights.
bool is_narrow(DType dtype, bool input_major, Index rows) {
    return kernels() && rows <= kernels()->narrow_rows(dtype, input_major);
}

Product product_of(const LinearTask& task, Index rows) {
    const Linear& linear = task.linear;
    return {linear.weight, linear.dtype, linear.row_bytes, linear.input_major, task.input,
            linear.inputs, rows,         task.output,      linear.outputs};
}

/// Outputs [begin, end) of a task over weights that are floats: `stride` from row to row.
void product_of_floats(const LinearTask& task, const float* weights, Index stride, Index rows,
                       Index begin, Index end) {
    const Linear& linear = task.linear;
    if (is_narrow(DType::f32, linear.input_major, rows)) {
        Product product = product_of(task, rows);
        product.weight = reinterpret_cast<const std::byte*>(weights);
        product.dtype = DType::f32;
        product.row_bytes = dtype_bytes(DType::f32, stride);
        product.output += begin;
        kernels()->narrow(product, 0, end - begin);
        return;
    }
    const Eigen::OuterStride<> output_stride(linear.outputs);
    const Eigen::OuterStride<> weight_stride(stride);
    Strided y(task.output + begin, rows, end - begin, output_stride);
    const Eigen::Map<const RowMajor> x(task.input, rows, linear.inputs);
    if (linear.input_major) {
        y.noalias() = x * ConstStrided(weights, linear.inputs, end - begin, weight_stride);
    } else {
        y.noalias() =
            x * ConstStrided(weights, end - begin, linear.inputs, weight_stride).transpose();
    }
}

void product_through_cache(const LinearTask& task, Index rows, Index begin, Index end) {
    const Linear& linear = task.linear;
    // Few rows: weights go from memory to the first cache and are used up there. Many: Eigen packs
    // the input anew for each product, so as few products as the outer cache allows.
    const bool few = is_narrow(DType::f32, linear.input_major, rows);
    const Index bytes = few ? 64 << 10 : 4 << 20;
    const Index wanted = bytes / static_cast<Index>(sizeof(float)) / linear.inputs;
    // Short pieces of long rows cost more to fetch than to unpack: a few cache lines at least.
    const Index step = std::max<Index>(linear.input_major ? 64 : 4, wanted / 4 * 4);
    thread_local std::vector<float> unpacked;
    for (Index first = begin; first < end; first += step) {
        const Index last = std::min(first + step, end);
        unpacked.resize(static_cast<size_t>((last - first) * linear.inputs));
        linear.unpack_outputs(first, last, unpacked.data());
        product_of_floats(task, unpacked.data(), linear.input_major ? last - first : linear.inputs,
                          rows, first, last);
    }
}

void piece(const LinearTask& task, Index rows, Index begin, Index end) {
    const Linear& linear = task.linear;
    if (is_narrow(linear.dtype, linear.input_major, rows)) {
        kernels()->narrow(product_of(task, rows), begin, end);
    } else if (!is_narrow(DType::f32, linear.input_major, rows) && kernels() && kernels()->wide) {
        kernels()->wide(product_of(task, rows), begin, end);
    } else if (linear.plain_floats()) {
        const auto* floats = reinterpret_cast<const float*>(linear.weight);
        const auto stride = static_cast<Index>(linear.row_bytes / sizeof(float));
        product_of_floats(task, floats + begin * (linear.input_major ? 1 : stride), stride, rows,
                          begin, end);
    } else {
        product_through_cache(task, rows, begin, end);
    }
    finish(task, rows, begin, end);
}

}  // namespace

Linear Linear::of_floats(const float* weight, Index inputs, Index outputs, bool input_major,
                         const float* bias) {
    const Index columns = input_major ? outputs : inputs;
    return {reinterpret_cast<const std::byte*>(weight),
            DType::f32,
            dtype_bytes(DType::f32, columns),
            inputs,
            outputs,
            input_major,
            bias};
}

bool Linear::plain_floats() const {
    return dtype == DType::f32 && reinterpret_cast<std::uintptr_t>(weight) % alignof(float) == 0 &&
           row_bytes % sizeof(float) == 0;
}

void Linear::unpack_outputs(Index begin, Index end, float* to) const {
    if (input_major) {
        for (Index i = 0; i < inputs; ++i)
            unpack(dtype, weight + static_cast<size_t>(i) * row_bytes + dtype_bytes(dtype, begin),
                   end - begin, to + i * (end - begin));
    } else {
        for (Index o = begin; o < end; ++o)
            unpack(dtype, weight + static_cast<size_t>(o) * row_bytes, inputs,
                   to + (o - begin) * inputs);
    }
}

void apply_linear(std::span<const LinearTask> tasks, Index rows) {
    Index total = 0;
    for (const auto& task : tasks)
        total += task.linear.outputs;
    // Many small pieces, so that no core waits for the other; but as few as there are cores where
    // Eigen packs the input anew for each.
    const bool own = kernels() && (kernels()->wide || is_narrow(DType::f32, false, rows));
    const Index pieces = std::max<Index>(1, thread_count() * (own ? 4 : 1));
    const Index size = std::max<Index>(16, ((total + pieces - 1) / pieces + 31) / 32 * 32);
    parallel_for((total + size - 1) / size, [&](Index i) {
        Index begin = i * size;
        Index end = std::min(total, begin + size);
        for (const auto& task : tasks) {
            const Index outputs = task.linear.outputs;
            if (begin < outputs && end > 0)
                piece(task, rows, std::max<Index>(begin, 0), std::min(end, outputs));
            begin -= outputs;
            end -= outputs;
        }
    });
}

}  // namespace fovea
