#pragma once

#include <epoxy/gl.h>

#include <string>
#include <utility>

#include "engine/core/result.h"

namespace fovea::gpu {

/// The name of an OpenGL buffer, texture or query, which is deleted with its owner (whose context
/// is current then).
template <void (*Generate)(GLsizei, GLuint*), void (*Delete)(GLsizei, const GLuint*)>
class Handle {
  public:
    Handle() = default;
    static Handle make() {
        Handle handle;
        Generate(1, &handle.name_);
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
        if (name_ != 0) Delete(1, &name_);
        name_ = 0;
    }
    GLuint name_ = 0;
};

inline void generate_buffers(GLsizei count, GLuint* names) {
    glGenBuffers(count, names);
}
inline void delete_buffers(GLsizei count, const GLuint* names) {
    glDeleteBuffers(count, names);
}
inline void generate_textures(GLsizei count, GLuint* names) {
    glGenTextures(count, names);
}
inline void delete_textures(GLsizei count, const GLuint* names) {
    glDeleteTextures(count, names);
}
inline void generate_queries(GLsizei count, GLuint* names) {
    glGenQueries(count, names);
}
inline void delete_queries(GLsizei count, const GLuint* names) {
    glDeleteQueries(count, names);
}
using Buffer = Handle<generate_buffers, delete_buffers>;
using Texture = Handle<generate_textures, delete_textures>;
using Query = Handle<generate_queries, delete_queries>;

/// Forgets errors that earlier calls of others left behind.
void drop_gl_errors();

/// What OpenGL has to complain about since the last call, as a sentence: "scoring attention: OpenGL
/// is out of memory".
Status check_gl(const char* doing);

}  // namespace fovea::gpu
