#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/gpu/gl_names.h"

namespace fovea::gpu {

/// A file under shaders/ and its text as built in, which gives way to $FOVEA_SHADER_DIR/name where
/// that is set.
struct ShaderFile {
    const char* name;
    std::string_view embedded;
};

/// A compiled compute shader. All of its inputs come through buffers and images with fixed
/// bindings: one that asks for a loose uniform, which somebody could forget to set, is refused.
class ComputeProgram {
  public:
    /// `prologue`, then the files one after the other; the last one's name is the shader's in
    /// messages, which count lines by file: "1:20" is line 20 of the second.
    static Result<ComputeProgram> compile(std::string_view prologue,
                                          std::span<const ShaderFile> files);

    GLuint name() const { return program_.name(); }

  private:
    Program program_;
};

}  // namespace fovea::gpu
