#include "app/cli/bench_gpu.h"

#include <epoxy/gl.h>

#include <vector>

#include "app/cli/bench_clock.h"
#include "engine/gpu/gl_names.h"
#include "engine/gpu/headless_context.h"
#include "engine/gpu/scorer.h"

namespace fovea::app {

namespace {

constexpr Index texture_budget_bytes = Index{1} << 30;

/// One R32F layer for each head of the trace.
class WeightTextures {
  public:
    WeightTextures(Index tokens, Index heads) {
        glBindTexture(GL_TEXTURE_2D_ARRAY, texture_.name());
        glTexStorage3D(GL_TEXTURE_2D_ARRAY, 1, GL_R32F, static_cast<GLsizei>(tokens),
                       static_cast<GLsizei>(tokens), static_cast<GLsizei>(heads));
    }
    GLuint name() const { return texture_.name(); }

  private:
    gpu::Texture texture_ = gpu::Texture::make();
};

}  // namespace

Result<GpuTime> measure_gpu_rescoring(const Trace& trace) {
    FOVEA_TRY(const auto context, gpu::HeadlessContext::create());
    FOVEA_TRY(const auto scorer, gpu::Scorer::create());

    Index heads = 0;
    for (const auto& layer : trace.layers)
        heads += layer->projections->heads;
    GLint deepest = 0, widest = 0;
    glGetIntegerv(GL_MAX_ARRAY_TEXTURE_LAYERS, &deepest);
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &widest);
    const Index n = trace.length();
    if (heads > deepest || n > widest || 4 * n * n * heads > texture_budget_bytes)
        return fail("the maps of all heads do not fit the textures of {}", scorer->device_name());

    const WeightTextures textures(n, heads);
    std::vector<gpu::HeadJob> jobs;
    for (const auto& layer : trace.layers) {
        for (Index head = 0; head < layer->projections->heads; ++head) {
            gpu::HeadJob job;
            job.layer = layer.get();
            job.head = head;
            job.edits = layer->edits[static_cast<size_t>(head)];
            job.target = {textures.name(), static_cast<int>(jobs.size())};
            jobs.push_back(std::move(job));
        }
    }
    Status status;
    float temperature = 1;
    const double milliseconds = median_ms([&] {
        temperature = temperature > 2 ? 1.01f : temperature * 1.01f;
        for (gpu::HeadJob& job : jobs)
            job.edits.temperature = temperature;
        if (Status done = scorer->score(jobs); !done) status = done;
        glFinish();
    });
    FOVEA_CHECK(status);
    if (const GLenum error = glGetError(); error != GL_NO_ERROR)
        return fail("{}: OpenGL error {:#x}", scorer->device_name(), error);
    return GpuTime{milliseconds, scorer->device_name()};
}

}  // namespace fovea::app
