#include "engine/nn/linear.h"

#include <Eigen/Core>
#include <algorithm>

#include "engine/core/task_pool.h"
#include "engine/nn/narrow_product.h"

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

void piece(const LinearTask& task, Index rows, Index begin, Index end) {
    const Linear& linear = task.linear;
    const Eigen::OuterStride<> output_stride(linear.outputs);
    const Eigen::OuterStride<> weight_stride(linear.stride);
    Strided y(task.output + begin, rows, end - begin, output_stride);
    const Eigen::Map<const RowMajor> x(task.input, rows, linear.inputs);
    if (linear.input_major) {
        y.noalias() =
            x * ConstStrided(linear.weight + begin, linear.inputs, end - begin, weight_stride);
    } else if (rows <= narrow_product_rows) {
        narrow_product({linear.weight, linear.stride, task.input, linear.inputs, rows, task.output,
                        linear.outputs},
                       begin, end);
    } else {
        y.noalias() = x * ConstStrided(linear.weight + begin * linear.stride, end - begin,
                                       linear.inputs, weight_stride)
                              .transpose();
    }
    finish(task, rows, begin, end);
}

}  // namespace

void apply_linear(std::span<const LinearTask> tasks, Index rows) {
    Index total = 0;
    for (const auto& task : tasks)
        total += task.linear.outputs;
    // Narrow products come in many small pieces, so that no core waits for the other; wide ones in
    // as few as there are cores, since Eigen packs the input anew for each.
    const bool narrow = rows <= narrow_product_rows;
    const Index pieces = std::max<Index>(1, thread_count() * (narrow ? 4 : 1));
    const Index size = std::max<Index>(16, ((total + pieces - 1) / pieces + 15) / 16 * 16);
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
