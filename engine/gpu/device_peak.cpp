#include "engine/gpu/device_peak.h"

#include <algorithm>
#include <vector>

#include "compute_shaders_files.h"
#include "engine/gpu/compute_program.h"
#include "engine/gpu/gl.h"
#include "engine/gpu/score_layout.h"
#include "engine/gpu/slice_clock.h"

namespace fovea::gpu {

namespace {

constexpr int threads = 256, steps = 256, chains = 8;
constexpr int most_groups = 1 << 14;
constexpr double operations_of_thread = 2.0 * steps * chains * 4;
constexpr std::ptrdiff_t copied_bytes = std::ptrdiff_t{64} << 20;
// Long enough that starting and ending a run do not count.
constexpr double long_enough_ms = 20;
constexpr int runs = 3;

template <class Work>
double best_of_runs_ms(const Work& work) {
    double best = 0;
    for (int run = 0; run < runs; ++run) {
        const double start = now_ms();
        work();
        glFinish();
        const double taken = std::max(now_ms() - start, 1e-3);
        best = run == 0 ? taken : std::min(best, taken);
    }
    return best;
}

/// Doubles the amount of work until it takes long enough; units a millisecond.
template <class Work>
double rate(int most, const Work& work) {
    work(1);
    glFinish();
    for (int amount = 1;; amount *= 2) {
        const double ms = best_of_runs_ms([&] { work(amount); });
        if (ms >= long_enough_ms || 2 * amount > most) return amount / ms;
    }
}

Result<double> measure_gflop_s() {
    const std::string prologue = "#version 430 core\n" + definition("THREADS", threads) +
                                 definition("STEPS", steps) + definition("CHAINS", chains);
    const ShaderFile file{"peak.comp", compute_shaders::peak_comp};
    FOVEA_TRY(const auto program, ComputeProgram::compile(prologue, {&file, 1}));
    const std::vector<float> numbers(std::size_t{4} * threads * most_groups, 0.5f);
    const Buffer buffer = Buffer::make();
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer.name());
    glBufferData(GL_SHADER_STORAGE_BUFFER,
                 static_cast<std::ptrdiff_t>(numbers.size() * sizeof(float)), numbers.data(),
                 GL_STATIC_DRAW);
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer.name());
    glUseProgram(program.name());
    const double groups_a_ms = rate(most_groups, [](int groups) {
        glDispatchCompute(static_cast<GLuint>(groups), 1, 1);
        glMemoryBarrier(GL_SHADER_STORAGE_BARRIER_BIT);
    });
    glUseProgram(0);
    glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, 0);
    FOVEA_CHECK(check_gl("measuring the GPU's arithmetic"));
    return groups_a_ms * threads * operations_of_thread / 1e6;
}

Result<double> measure_copy_gb_s() {
    const Buffer from = Buffer::make(), to = Buffer::make();
    const std::vector<char> bytes(static_cast<std::size_t>(copied_bytes), 1);
    for (const Buffer* buffer : {&from, &to}) {
        glBindBuffer(GL_COPY_WRITE_BUFFER, buffer->name());
        glBufferData(GL_COPY_WRITE_BUFFER, copied_bytes, bytes.data(), GL_STATIC_COPY);
    }
    glBindBuffer(GL_COPY_READ_BUFFER, from.name());
    const double copies_a_ms = rate(256, [](int copies) {
        for (int i = 0; i < copies; ++i)
            glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, copied_bytes);
    });
    glBindBuffer(GL_COPY_READ_BUFFER, 0);
    glBindBuffer(GL_COPY_WRITE_BUFFER, 0);
    FOVEA_CHECK(check_gl("measuring the GPU's memory"));
    return copies_a_ms * 2 * static_cast<double>(copied_bytes) / 1e6;
}

}  // namespace

Result<DevicePeak> measure_device_peak() {
    drop_gl_errors();
    DevicePeak peak;
    FOVEA_TRY(peak.gflop_s, measure_gflop_s());
    FOVEA_TRY(peak.copy_gb_s, measure_copy_gb_s());
    return peak;
}

}  // namespace fovea::gpu
