#include "engine/nn/linear.h"

#include <Eigen/Core>
#include <algorithm>

#include "engine/core/task_pool.h"
#include "engine/nn/product.h"

namespace fovea {
namespace {

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

Product product_of(const LinearTask& task, Index rows) {
    const Linear& linear = task.linear;
    return {linear.weight, linear.dtype, linear.row_bytes, linear.input_major, task.input,
            linear.inputs, rows,         task.output,      linear.outputs};
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

void Linear::unpack_outputs(Index begin, Index end, float* to) const {
    fovea::unpack_outputs(product_of({*this}, 0), begin, end, to);
}

void apply_linear(std::span<const LinearTask> tasks, Index rows) {
    Index total = 0;
    for (const auto& task : tasks)
        total += task.linear.outputs;
    // Many small pieces, so that no core waits for the other, where they cost nothing.
    const bool freely = std::ranges::all_of(
        tasks, [&](const LinearTask& task) { return divides_freely(product_of(task, rows)); });
    const Index pieces = std::max<Index>(1, thread_count() * (freely ? 4 : 1));
    const Index size = std::max<Index>(16, ((total + pieces - 1) / pieces + 31) / 32 * 32);
    parallel_for((total + size - 1) / size, [&](Index i) {
        Index begin = i * size;
        Index end = std::min(total, begin + size);
        for (const auto& task : tasks) {
            const Index outputs = task.linear.outputs;
            const Index first = std::max<Index>(begin, 0), last = std::min(end, outputs);
            if (first < last) {
                multiply(product_of(task, rows), first, last);
                finish(task, rows, first, last);
            }
            begin -= outputs;
            end -= outputs;
        }
    });
}

}  // namespace fovea
