#include "app/render/scoring_choice.h"

#include <epoxy/gl.h>

#include <chrono>
#include <cmath>

#include "engine/trace/head_map.h"
#include "engine/trace/score.h"

namespace fovea::app {
namespace {

// The largest map that is made in one go on either side; smaller ones are quick everywhere.
constexpr Index tokens = 384;
constexpr Index head_dim = 64;
constexpr int rounds = 3;

Tensor wave(std::vector<Index> shape, float step) {
    Tensor tensor = Tensor::uninitialised(std::move(shape));
    for (Index i = 0; i < tensor.size(); ++i)
        tensor.data()[i] = std::sin(step * static_cast<float>(i));
    return tensor;
}

LayerTrace made_up_layer() {
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = 1;
    projections->queries = projections->keys = tokens;
    projections->head_dim = head_dim;
    projections->query = wave({1, tokens, head_dim}, 0.37f);
    projections->key = wave({1, tokens, head_dim}, 0.53f);
    projections->value = wave({1, tokens, head_dim}, 0.71f);
    projections->scale = 0.125f;
    LayerTrace layer;
    layer.edits.resize(1);
    layer.scores =
        std::make_shared<HeadScores>(score_heads(*projections, layer.edits, CancelToken{}, false));
    layer.projections = std::move(projections);
    return layer;
}

/// The best of a few runs, in seconds; negative where one failed.
template <class Work>
double best_time(const Work& work) {
    double best = -1;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        if (!work()) return -1;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        if (best < 0 || elapsed.count() < best) best = elapsed.count();
    }
    return best;
}

GLuint make_texture(const float* values) {
    GLuint texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, tokens, tokens, 0, GL_RED, GL_FLOAT, values);
    return texture;
}

}  // namespace

ScoringChoice choose_scoring() {
    auto scorer = gpu::Scorer::create();
    if (!scorer) {
        // What is missing matters; the driver's words on why do not fit the status line.
        const bool too_old = epoxy_gl_version() < 43;
        return {nullptr, too_old ? "CPU (OpenGL 4.3 is missing)" : "CPU (no compute shader)"};
    }
    const LayerTrace layer = made_up_layer();
    const GLuint texture = make_texture(nullptr);
    gpu::HeadJob job;
    job.layer = &layer;
    job.target.texture = texture;
    const double gpu_time = best_time([&] {
        const bool done = (*scorer)->score({&job, 1}).ok();
        glFinish();
        return done;
    });
    const double cpu_time = best_time([&] {
        const Tensor map = head_map(layer, 0, Quantity::weights, whole_map(layer));
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, tokens, tokens, GL_RED, GL_FLOAT, map.data());
        glFinish();
        return true;
    });
    glDeleteTextures(1, &texture);
    const std::string& device = (*scorer)->device_name();
    const std::string name = device.substr(0, device.find(" ("));
    if (gpu_time < 0) return {nullptr, fmt::format("CPU ({} refused)", name)};
    if (gpu_time > cpu_time) return {nullptr, fmt::format("CPU ({} is slower)", name)};
    return {*std::move(scorer), fmt::format("GPU {}", name)};
}

}  // namespace fovea::app
