#include "engine/model/product_turns.h"

#include <algorithm>
#include <vector>

namespace fovea {

void apply_in_turns(std::span<const LinearTask> tasks, Index rows, const CancelToken& cancel) {
    if (cancel.cancelled()) return;
    constexpr double multiplications = 4e9;  // of a turn: some fifty milliseconds
    constexpr Index fewest = 512;            // rows, which the kernels like
    double of_row = 0;
    for (const LinearTask& task : tasks)
        of_row +=
            static_cast<double>(task.linear.inputs) * static_cast<double>(task.linear.outputs);
    const Index most =
        std::max(fewest, static_cast<Index>(multiplications / std::max(of_row, 1.0)));
    if (rows <= most) return apply_linear(tasks, rows);
    std::vector<LinearTask> turn(tasks.begin(), tasks.end());
    for (Index begin = 0; begin < rows && !cancel.cancelled(); begin += most) {
        for (size_t i = 0; i < turn.size(); ++i) {
            turn[i].input = tasks[i].input + begin * turn[i].linear.inputs;
            turn[i].output = tasks[i].output + begin * turn[i].linear.outputs;
        }
        apply_linear(turn, std::min(most, rows - begin));
    }
}

}  // namespace fovea
