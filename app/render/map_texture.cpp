#include "app/render/map_texture.h"

#include <epoxy/gl.h>

#include "engine/gpu/gl.h"

namespace fovea::app {

unsigned make_map_texture(Index rows, Index columns, const float* values) {
    gpu::drop_gl_errors();
    GLuint name = 0;
    glGenTextures(1, &name);
    glBindTexture(GL_TEXTURE_2D, name);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, static_cast<GLsizei>(columns),
                 static_cast<GLsizei>(rows), 0, GL_RED, GL_FLOAT, values);
    if (glGetError() == GL_NO_ERROR) return name;
    glDeleteTextures(1, &name);
    return 0;
}

}  // namespace fovea::app
