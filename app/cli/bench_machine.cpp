#include "app/cli/bench_machine.h"

#include <Eigen/Core>
#include <cstdint>
#include <numeric>

#include "engine/core/task_pool.h"

namespace fovea::app {

namespace {

constexpr Index copied_words = (Index{512} << 20) / Index{sizeof(std::uint64_t)};
constexpr Index rows = 768, inner = 768, columns = 512;

}  // namespace

struct MachineProbe::State {
    std::vector<std::uint64_t> memory =
        std::vector<std::uint64_t>(static_cast<size_t>(copied_words), 1);
    std::uint64_t sum = 0;  // kept, so that it is made
    Eigen::MatrixXf left = Eigen::MatrixXf::Random(rows, inner);
    Eigen::MatrixXf right = Eigen::MatrixXf::Random(inner, columns);
    Eigen::MatrixXf product = Eigen::MatrixXf(rows, columns);
};

MachineProbe::MachineProbe() : state_(std::make_unique<State>()) {}
MachineProbe::~MachineProbe() = default;

void MachineProbe::read() {
    const Index pieces = 4 * thread_count();
    std::vector<std::uint64_t> sums(static_cast<size_t>(pieces));
    parallel_for(pieces, [&](Index piece) {
        const std::uint64_t* begin = state_->memory.data() + copied_words * piece / pieces;
        const std::uint64_t* end = state_->memory.data() + copied_words * (piece + 1) / pieces;
        // Integers, so that the compiler may sum in vectors.
        sums[static_cast<size_t>(piece)] = std::accumulate(begin, end, std::uint64_t{0});
    });
    state_->sum += std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

void MachineProbe::multiply() {
    const Index pieces = thread_count();
    parallel_for(pieces, [&](Index piece) {
        const Index begin = columns * piece / pieces;
        const Index width = columns * (piece + 1) / pieces - begin;
        state_->product.middleCols(begin, width).noalias() =
            state_->left * state_->right.middleCols(begin, width);
    });
}

MachineLimits MachineProbe::limits(double read_ms, double multiply_ms) const {
    const double bytes = static_cast<double>(copied_words) * sizeof(std::uint64_t);
    return {thread_count(), state_->sum == 0 ? 0 : bytes / read_ms / 1e6,
            2.0 * rows * inner * columns / multiply_ms / 1e6};
}

}  // namespace fovea::app
