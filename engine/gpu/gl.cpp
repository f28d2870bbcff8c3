#include "engine/gpu/gl.h"

#include "engine/gpu/gl_reports.h"

namespace fovea::gpu {

namespace {

// A lost context may report errors for ever.
constexpr int most_errors = 64;

const char* reset_status() {
    switch (gl_reports().reset_status()) {
        case GL_NO_ERROR:
            return nullptr;
        case GL_GUILTY_CONTEXT_RESET:
            return "the driver reset the GPU because of this program";
        case GL_INNOCENT_CONTEXT_RESET:
            return "the driver reset the GPU because of another program";
        default:
            return "the driver reset the GPU";
    }
}

const char* error_name(GLenum error) {
    switch (error) {
        case GL_OUT_OF_MEMORY:
            return "OpenGL is out of memory";
        case GL_INVALID_ENUM:
            return "OpenGL refused a constant (GL_INVALID_ENUM)";
        case GL_INVALID_VALUE:
            return "OpenGL refused a value (GL_INVALID_VALUE)";
        case GL_INVALID_OPERATION:
            return "OpenGL refused a call (GL_INVALID_OPERATION)";
        case GL_CONTEXT_LOST:
            return "the OpenGL context is lost";
        default:
            return "OpenGL reported an error";
    }
}

}  // namespace

void drop_gl_errors() {
    for (int i = 0; i < most_errors && gl_reports().error() != GL_NO_ERROR; ++i) {
    }
}

Status check_gl(const char* doing) {
    if (const char* reset = reset_status()) return fail("{}: {}", doing, reset);
    const GLenum error = gl_reports().error();
    if (error == GL_NO_ERROR) return {};
    drop_gl_errors();
    return fail("{}: {}", doing, error_name(error));
}

}  // namespace fovea::gpu
