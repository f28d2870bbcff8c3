#include "app/cli/bench_machine.h"

#include <Eigen/Core>
#include <cstdint>
#include <numeric>
#include <vector>

#include "app/cli/bench_clock.h"
#include "engine/core/task_pool.h"

namespace fovea::app {

namespace {

double measure_read_gb_s() {
    constexpr Index count = (Index{512} << 20) / Index{sizeof(std::uint64_t)};
    std::vector<std::uint64_t> memory(static_cast<size_t>(count), 1);
    const Index pieces = 4 * thread_count();
    std::vector<std::uint64_t> sums(static_cast<size_t>(pieces));
    const double ms = median_ms([&] {
        parallel_for(pieces, [&](Index piece) {
            const std::uint64_t* begin = memory.data() + count * piece / pieces;
            const std::uint64_t* end = memory.data() + count * (piece + 1) / pieces;
            // Integers, so that the compiler may sum in vectors.
            sums[static_cast<size_t>(piece)] = std::accumulate(begin, end, std::uint64_t{0});
        });
    });
    const std::uint64_t sum = std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
    // The sum is used, so that it is made.
    return sum == 0 ? 0 : static_cast<double>(count) * sizeof(std::uint64_t) / ms / 1e6;
}

double measure_gemm_gflop_s() {
    constexpr Index rows = 768, inner = 768, columns = 512;
    const Eigen::MatrixXf left = Eigen::MatrixXf::Random(rows, inner);
    const Eigen::MatrixXf right = Eigen::MatrixXf::Random(inner, columns);
    Eigen::MatrixXf product(rows, columns);
    const Index pieces = thread_count();
    const double ms = median_ms([&] {
        parallel_for(pieces, [&](Index piece) {
            const Index begin = columns * piece / pieces;
            const Index width = columns * (piece + 1) / pieces - begin;
            product.middleCols(begin, width).noalias() = left * right.middleCols(begin, width);
        });
    });
    return 2.0 * rows * inner * columns / ms / 1e6;
}

}  // namespace

MachineLimits measure_machine() {
    return {thread_count(), measure_read_gb_s(), measure_gemm_gflop_s()};
}

}  // namespace fovea::app
