#include "app/maps/map_texture.h"

#include <epoxy/gl.h>

#include "engine/gpu/gl.h"

namespace fovea::app {

gpu::Texture make_map_texture(MapTexture& texture, const float* values) {
    static std::uint64_t serials = 0;
    gpu::drop_gl_errors();
    gpu::Texture made = gpu::Texture::make();
    glBindTexture(GL_TEXTURE_2D, made.name());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, static_cast<GLsizei>(texture.columns),
                 static_cast<GLsizei>(texture.rows), 0, GL_RED, GL_FLOAT, values);
    if (glGetError() != GL_NO_ERROR) return {};
    texture.name = made.name();
    texture.serial = ++serials;
    return made;
}

}  // namespace fovea::app
