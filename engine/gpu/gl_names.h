#pragma once

#include <epoxy/gl.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace fovea::gpu {

/// The name of an OpenGL object of some kind, or none. It is deleted with its owner, whose context
/// is current then. Nothing else in the program makes or deletes names.
template <class Kind>
class Handle {
  public:
    Handle() = default;
    template <class... Arguments>
    static Handle make(Arguments... arguments) {
        Handle handle;
        handle.name_ = Kind::make(arguments...);
        return handle;
    }
    ~Handle() { reset(); }
    Handle(Handle&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            reset();
            name_ = std::exchange(other.name_, 0);
        }
        return *this;
    }

    GLuint name() const { return name_; }
    explicit operator bool() const { return name_ != 0; }

  private:
    void reset() {
        if (name_ != 0) Kind::free(name_);
        name_ = 0;
    }
    GLuint name_ = 0;
};

namespace kinds {

struct Buffer {
    static GLuint make() {
        GLuint name = 0;
        glGenBuffers(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteBuffers(1, &name); }
};
struct Texture {
    static GLuint make() {
        GLuint name = 0;
        glGenTextures(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteTextures(1, &name); }
};
struct Query {
    static GLuint make() {
        GLuint name = 0;
        glGenQueries(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteQueries(1, &name); }
};
struct VertexArray {
    static GLuint make() {
        GLuint name = 0;
        glGenVertexArrays(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteVertexArrays(1, &name); }
};
struct Framebuffer {
    static GLuint make() {
        GLuint name = 0;
        glGenFramebuffers(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteFramebuffers(1, &name); }
};
struct Renderbuffer {
    static GLuint make() {
        GLuint name = 0;
        glGenRenderbuffers(1, &name);
        return name;
    }
    static void free(GLuint name) { glDeleteRenderbuffers(1, &name); }
};
struct Shader {
    static GLuint make(GLenum stage) { return glCreateShader(stage); }
    static void free(GLuint name) { glDeleteShader(name); }
};
struct Program {
    static GLuint make() { return glCreateProgram(); }
    static void free(GLuint name) { glDeleteProgram(name); }
};
struct DeleteFence {
    void operator()(GLsync fence) const { glDeleteSync(fence); }
};

}  // namespace kinds

using Buffer = Handle<kinds::Buffer>;
using Texture = Handle<kinds::Texture>;
using Query = Handle<kinds::Query>;
using VertexArray = Handle<kinds::VertexArray>;
using Framebuffer = Handle<kinds::Framebuffer>;
using Renderbuffer = Handle<kinds::Renderbuffer>;
using Shader = Handle<kinds::Shader>;  ///< make(GL_VERTEX_SHADER)
using Program = Handle<kinds::Program>;

/// Signalled when all that was queued before it is done.
using Fence = std::unique_ptr<std::remove_pointer_t<GLsync>, kinds::DeleteFence>;
inline Fence make_fence() {
    return Fence(glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0));
}

}  // namespace fovea::gpu
