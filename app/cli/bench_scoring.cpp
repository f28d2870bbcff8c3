#include "app/cli/bench_scoring.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/cli/bench_clock.h"
#include "engine/core/cancel.h"
#include "engine/core/memory_shortage.h"
#include "engine/core/task_pool.h"
#include "engine/gpu/compute_device.h"
#include "engine/gpu/device_peak.h"
#include "engine/gpu/gl.h"
#include "engine/gpu/headless_context.h"
#include "engine/gpu/made_up_layer.h"
#include "engine/gpu/map_pooler.h"
#include "engine/trace/score.h"

namespace fovea::app {

namespace {

constexpr Index most_heads = 12;
constexpr Index texture_bytes = Index{256} << 20;
constexpr Index screen_cells = 512;
// Slices so long that they cost nothing and so short that no driver takes the GPU for hung.
constexpr double slice_ms = 50;

Result<gpu::Texture> texture_array(Index side, Index layers) {
    gpu::Texture texture = gpu::Texture::make();
    glBindTexture(GL_TEXTURE_2D_ARRAY, texture.name());
    glTexStorage3D(GL_TEXTURE_2D_ARRAY, 1, GL_R32F, static_cast<GLsizei>(side),
                   static_cast<GLsizei>(side), static_cast<GLsizei>(layers));
    glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    FOVEA_CHECK(gpu::check_gl("making room for the weights on the GPU"));
    return texture;
}

Status run_to_the_end(Result<std::unique_ptr<gpu::SlicedWork>> begun) {
    FOVEA_TRY(const auto work, std::move(begun));
    for (bool done = false; !done;) {
        FOVEA_TRY(done, work->step(slice_ms));
    }
    glFinish();
    return {};
}

/// Median time of work that may fail.
Result<double> measured_ms(const std::function<Status()>& work) {
    Status status;
    const double ms = median_ms([&] {
        if (status) status = work();
    });
    FOVEA_CHECK(status);
    return ms;
}

Result<ScoringTimes> measure_heads(gpu::Scorer& scorer, Index tokens, Index head_dim) {
    ScoringTimes times;
    times.tokens = tokens;
    times.head_dim = head_dim;
    times.heads = std::clamp<Index>(texture_bytes / (4 * tokens * tokens), 1, most_heads);
    times.pool_side = std::min(screen_cells, tokens);
    const auto heads = static_cast<double>(times.heads);
    // A driver that is a program has its textures in this machine's memory.
    const double texture = 4.0 * static_cast<double>(times.heads * tokens * tokens);
    if (const auto shortage = memory_shortage(texture);
        shortage && gpu::is_software(scorer.device_name()))
        return fail("{} tokens take {} of memory, and {}: give fewer --tokens", tokens,
                    size_in_words(texture), *shortage);
    LayerTrace layer = gpu::made_up_layer(times.heads, tokens, head_dim);
    const CancelToken never;
    HeadScores scores;
    times.cpu_ms = median_ms([&] {
                       scores = score_heads({*layer.projections, layer.edits, false}, never);
                   }) /
                   heads;
    layer.scores = std::make_shared<const HeadScores>(std::move(scores));

    {
        FOVEA_TRY(const auto texture, texture_array(tokens, times.heads));
        std::vector<gpu::HeadJob> jobs(static_cast<size_t>(times.heads));
        for (size_t head = 0; head < jobs.size(); ++head) {
            jobs[head].layer = &layer;
            jobs[head].head = static_cast<Index>(head);
            jobs[head].target = {texture.name(), static_cast<int>(head)};
        }
        FOVEA_TRY(const double ms, measured_ms([&] { return run_to_the_end(scorer.begin(jobs)); }));
        times.score_ms = ms / heads;
    }
    gpu::Texture screen = gpu::Texture::make();
    glBindTexture(GL_TEXTURE_2D, screen.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_R32F, static_cast<GLsizei>(times.pool_side),
                   static_cast<GLsizei>(times.pool_side));
    glBindTexture(GL_TEXTURE_2D, 0);
    gpu::MapPooler pooler(scorer.device());
    gpu::PoolJob job;
    job.layer = &layer;
    job.region = whole_map(layer);
    job.rows = job.columns = times.pool_side;
    job.texture = screen.name();
    FOVEA_TRY(times.pool_ms, measured_ms([&] { return run_to_the_end(pooler.begin(job)); }));

    const auto n = static_cast<double>(tokens), width = static_cast<double>(head_dim);
    times.pool_operations = 2 * n * n * width;
    times.score_operations = 2 * times.pool_operations;
    times.score_bytes = 4 * (2 * n * width + n * n + 2 * n);
    return times;
}

}  // namespace

Result<ScoringBench> measure_gpu_scoring(std::span<const std::int32_t> tokens,
                                         std::span<const std::int32_t> head_dims) {
    FOVEA_TRY(const auto context, gpu::HeadlessContext::create());
    FOVEA_TRY(const auto scorer, gpu::Scorer::create());
    GLint widest = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &widest);
    for (const std::int32_t length : tokens)
        if (length > widest)
            return fail("{} tokens: the textures of {} have {} texels at most", length,
                        scorer->device_name(), widest);
    ScoringBench bench;
    bench.device = scorer->device_name();
    bench.threads = static_cast<int>(thread_count());
    FOVEA_TRY(const auto peak, gpu::measure_device_peak());
    bench.peak_gflop_s = peak.gflop_s;
    bench.copy_gb_s = peak.copy_gb_s;
    for (const std::int32_t length : tokens) {
        for (const std::int32_t head_dim : head_dims) {
            FOVEA_TRY(const auto times, measure_heads(*scorer, length, head_dim));
            bench.runs.push_back(times);
        }
    }
    return bench;
}

}  // namespace fovea::app
