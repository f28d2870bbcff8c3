#include "engine/gpu/head_description.h"

#include <epoxy/gl.h>

#include <cmath>
#include <limits>

#include "engine/gpu/gl.h"

namespace fovea::gpu {

namespace {

constexpr const char* making = "attention on the GPU";

struct TextureBinding {
    GLenum target;
    GLenum query;
};

}  // namespace

Status check_target(const Target& target, Index rows, Index columns) {
    if (target.texture == 0) return fail("{}: no texture to write to", making);
    const bool layered = target.layer >= 0;
    const TextureBinding binding =
        layered ? TextureBinding{GL_TEXTURE_2D_ARRAY, GL_TEXTURE_BINDING_2D_ARRAY}
                : TextureBinding{GL_TEXTURE_2D, GL_TEXTURE_BINDING_2D};
    GLint before = 0;
    glGetIntegerv(binding.query, &before);
    glBindTexture(binding.target, target.texture);
    GLint width = 0, height = 0, layers = 0, format = 0;
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_WIDTH, &width);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_HEIGHT, &height);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_DEPTH, &layers);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_INTERNAL_FORMAT, &format);
    glBindTexture(binding.target, static_cast<GLuint>(before));
    FOVEA_CHECK(check_gl("looking at the texture to write to"));
    if (format != GL_R32F) return fail("{}: the texture's format is not R32F", making);
    if (width < columns || height < rows) {
        return fail("{}: the texture has {} x {} texels, the map {} x {}", making, height, width,
                    rows, columns);
    }
    if (layered && target.layer >= layers) {
        return fail("{}: layer {} of a texture of {} layers", making, target.layer, layers);
    }
    return {};
}

Result<ScoreJob> describe_head(const LayerTrace* layer, Index head, float temperature) {
    if (layer == nullptr || layer->projections == nullptr) {
        return fail("{}: a head without its queries and keys", making);
    }
    const Projections& projections = *layer->projections;
    if (!projections.distance.empty()) {
        return fail("{}: distances with vectors of their own are the CPU's work", making);
    }
    if (head < 0 || head >= projections.heads) {
        return fail("{}: head {} of {}", making, head, projections.heads);
    }
    if (projections.queries > (1 << 24) || projections.keys > (1 << 24)) {
        return fail("{}: {} queries by {} keys are too many", making, projections.queries,
                    projections.keys);
    }
    if (!(temperature > 0) || !std::isfinite(temperature)) {
        return fail("{}: the temperature is {}, it must be above zero", making, temperature);
    }

    const Index words = words_of(projections.head_dim);
    ScoreJob described;
    described.queries = static_cast<int>(projections.queries);
    described.keys = static_cast<int>(projections.keys);
    described.head_dim = static_cast<int>(projections.head_dim);
    described.query_offset = static_cast<int>(head * projections.queries * words);
    described.key_offset = static_cast<int>(projections.key_head(head) * projections.keys * words);
    described.bias_offset =
        projections.bias.empty()
            ? -1
            : static_cast<int>(head * (projections.queries + projections.keys - 1));
    described.scale = projections.scale;
    described.inverse_temperature = std::min(1 / temperature, std::numeric_limits<float>::max());
    return described;
}

}  // namespace fovea::gpu
