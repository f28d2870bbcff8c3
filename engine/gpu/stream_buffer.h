#pragma once

#include <cstddef>

#include "engine/gpu/gl.h"
#include "engine/gpu/projection_cache.h"

namespace fovea::gpu {

/// A shader storage buffer that the CPU fills anew now and then.
class StreamBuffer {
  public:
    /// `data` null: room only.
    void fill(const void* data, std::ptrdiff_t size) {
        if (!buffer_) buffer_ = Buffer::make();
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer_.name());
        glBufferData(GL_SHADER_STORAGE_BUFFER, size, data, GL_STREAM_DRAW);
        size_ = size;
    }
    void bind(unsigned binding) const {
        glBindBufferRange(GL_SHADER_STORAGE_BUFFER, binding, buffer_.name(), 0, size_);
    }
    GLuint name() const { return buffer_.name(); }

  private:
    Buffer buffer_;
    std::ptrdiff_t size_ = 0;
};

}  // namespace fovea::gpu
