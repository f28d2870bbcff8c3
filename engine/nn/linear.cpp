#include "engine/nn/linear.h"

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#include "engine/core/task_pool.h"
#include "engine/nn/product.h"

namespace fovea {
namespace {

/// Rows of all tasks' inputs.
struct Rows {
    Index begin = 0, count = 0;
};

/// Bias and activation for outputs [begin, end).
void finish(const LinearTask& task, const Rows& rows, Index begin, Index end) {
    const Index count = end - begin;
    for (Index t = rows.begin; t < rows.begin + rows.count; ++t) {
        float* y = task.output + t * task.linear.outputs + begin;
        if (task.linear.bias)
            Eigen::Map<Eigen::ArrayXf>(y, count) +=
                Eigen::Map<const Eigen::ArrayXf>(task.linear.bias + begin, count);
        activate(task.activation, {y, static_cast<size_t>(count)});
    }
}

/// Calls f(task, begin, end) for the parts of the tasks that outputs [begin, end) of all of them,
/// side by side, consist of; both begin at the task's own first output.
template <class F>
void for_outputs(std::span<const LinearTask> tasks, Index begin, Index end, F&& f) {
    for (const auto& task : tasks) {
        const Index first = std::max<Index>(begin, 0), last = std::min(end, task.linear.outputs);
        if (first < last) f(task, first, last);
        begin -= task.linear.outputs;
        end -= task.linear.outputs;
    }
}

Product product_of(const LinearTask& task, const Rows& rows) {
    const Linear& linear = task.linear;
    return {.weight = linear.weight,
            .dtype = linear.dtype,
            .row_bytes = linear.row_bytes,
            .input_major = linear.input_major,
            .input = task.input + rows.begin * linear.inputs,
            .inputs = linear.inputs,
            .rows = rows.count,
            .output = task.output + rows.begin * linear.outputs,
            .output_stride = linear.outputs};
}

/// b's weights go on where a's rows end, as those of queries, keys and values do in one matrix.
bool side_by_side(const LinearTask& a, const LinearTask& b) {
    const Linear &x = a.linear, &y = b.linear;
    return a.input == b.input && x.inputs == y.inputs && x.dtype == y.dtype &&
           x.row_bytes == y.row_bytes && x.input_major && y.input_major &&
           y.weight == x.weight + dtype_bytes(x.dtype, x.outputs);
}

/// Each core takes some inputs of all outputs, so that it reads whole rows: the processor runs
/// ahead of a stream and, were it cut, would fetch what belongs to another core.
void apply_by_inputs(std::span<const LinearTask> tasks, Index rows, Index total) {
    // More cores than that would rather have shorter rows than more sums to add.
    const Index parts = std::min<Index>(thread_count(), 8);
    const Index slices = (thread_count() + parts - 1) / parts;
    const Index grain = std::max<Index>(32, ((total + slices - 1) / slices + 31) / 32 * 32);
    Tensor sums = Tensor::uninitialised({parts, rows, total});
    parallel_for(parts * slices, [&](Index i) {
        const Index part = i / slices;
        const Index begin = i % slices * grain;
        const Index end = std::min(total, begin + grain);
        Index offset = 0;  // the task's first output among all
        for (size_t task = 0; task < tasks.size() && offset < end;) {
            Product product = product_of(tasks[task], {0, rows});
            Index outputs = tasks[task].linear.outputs;
            while (++task < tasks.size() && side_by_side(tasks[task - 1], tasks[task]))
                outputs += tasks[task].linear.outputs;
            const Index first = product.inputs * part / parts / 32 * 32;
            const Index last =
                part + 1 < parts ? product.inputs * (part + 1) / parts / 32 * 32 : product.inputs;
            product.weight += static_cast<size_t>(first) * product.row_bytes;
            product.input += first;
            product.input_stride = product.inputs;
            product.inputs = last - first;
            product.output = sums.data() + part * rows * total + offset;
            product.output_stride = total;
            const Index from = std::max<Index>(begin - offset, 0);
            const Index to = std::min(end - offset, outputs);
            if (from < to) multiply(product, from, to);
            offset += outputs;
        }
    });
    parallel_ranges(total, 256, [&](Index begin, Index end) {
        Index at = begin;
        for_outputs(tasks, begin, end, [&](const LinearTask& task, Index first, Index last) {
            for (Index t = 0; t < rows; ++t) {
                Eigen::Map<Eigen::ArrayXf> y(task.output + t * task.linear.outputs + first,
                                             last - first);
                const auto sum = [&](Index part) {
                    return Eigen::Map<const Eigen::ArrayXf>(
                        sums.data() + (part * rows + t) * total + at, last - first);
                };
                y = sum(0);
                for (Index part = 1; part < parts; ++part)
                    y += sum(part);
            }
            finish(task, {0, rows}, first, last);
            at += last - first;
        });
    });
}

/// The tasks' inputs as the kernels like them, each packed once, by all cores.
class PackedInputs {
  public:
    PackedInputs(std::span<const LinearTask> tasks, const Rows& rows) {
        size_t lines = 0;
        for (const auto& task : tasks) {
            const Product product = product_of(task, rows);
            const size_t bytes = packed_bytes(product);
            if (bytes == 0 || find(product)) continue;
            inputs_.push_back({product, lines});
            lines += (bytes + sizeof(Line) - 1) / sizeof(Line);
        }
        if (inputs_.empty()) return;
        // Kept, so that its pages need not be made anew for each layer.
        thread_local std::vector<Line> memory;
        memory.resize(std::max(memory.size(), lines));
        memory_ = memory.data();
        const Index pieces = (rows.count + packed_rows - 1) / packed_rows;
        parallel_ranges(pieces, 1, [&](Index begin, Index end) {
            for (const Input& input : inputs_)
                pack(input.product, begin * packed_rows, std::min(end * packed_rows, rows.count),
                     memory_[input.line].bytes);
        });
    }

    /// The product with its input packed, where its kernel wants that.
    Product with(Product product) const {
        const Input* input = packed_bytes(product) > 0 ? find(product) : nullptr;
        if (input) product.packed = memory_[input->line].bytes;
        return product;
    }

  private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    struct Input {
        Product product;
        size_t line;
    };

    const Input* find(const Product& product) const {
        const auto same = [&](const Input& other) {
            return other.product.input == product.input &&
                   other.product.input_major == product.input_major;
        };
        const auto found = std::ranges::find_if(inputs_, same);
        return found == inputs_.end() ? nullptr : &*found;
    }

    std::vector<Input> inputs_;
    Line* memory_ = nullptr;
};

/// Each core takes some outputs.
void apply_by_outputs(std::span<const LinearTask> tasks, const Rows& rows, Index total,
                      bool freely) {
    const PackedInputs inputs(tasks, rows);
    // Many small pieces, so that no core waits for the other, where they cost nothing.
    // Whole panels of 32 outputs, and of those as many for the one core as for the other.
    const Index panels = (total + 31) / 32;
    const Index pieces =
        std::min<Index>(std::max<Index>(panels, 1), thread_count() * (freely ? 4 : 1));
    parallel_for(pieces, [&](Index i) {
        const Index begin = panels * i / pieces * 32;
        const Index end = std::min(total, panels * (i + 1) / pieces * 32);
        for_outputs(tasks, begin, end, [&](const LinearTask& task, Index first, Index last) {
            multiply(inputs.with(product_of(task, rows)), first, last);
            finish(task, rows, first, last);
        });
    });
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
    fovea::unpack_outputs(product_of({*this}, {}), begin, end, to);
}

void apply_linear(std::span<const LinearTask> tasks, Index rows) {
    Index total = 0;
    for (const auto& task : tasks)
        total += task.linear.outputs;
    const auto all = [&](bool (*fits)(const Product&)) {
        return std::ranges::all_of(tasks, [&](const LinearTask& task) {
            return fits(product_of(task, {0, rows}));
        });
    };
    if (thread_count() > 1 && all(divides_by_inputs)) return apply_by_inputs(tasks, rows, total);
    // Of packed rows so many at a time that they stay in the caches; others need no copy.
    constexpr Index most_rows = 512;
    const bool packs = std::ranges::any_of(tasks, [&](const LinearTask& task) {
        return packed_bytes(product_of(task, {0, rows})) > 0;
    });
    const Index turns = packs ? (rows + most_rows - 1) / most_rows : 1;
    for (Index turn = 0; turn < turns; ++turn) {
        const Index begin = rows * turn / turns, end = rows * (turn + 1) / turns;
        apply_by_outputs(tasks, {begin, end - begin}, total, all(divides_freely));
    }
}

}  // namespace fovea
