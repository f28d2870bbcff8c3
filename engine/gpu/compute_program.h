#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace fovea::gpu {

/// A compiled compute shader. All of its inputs come through buffers and images with fixed
/// bindings: one that asks for a loose uniform, which somebody could forget to set, is refused.
class ComputeProgram {
  public:
    /// `name` is the file's under shaders/; `embedded` is its text as built in, which gives way to
    /// $FOVEA_SHADER_DIR/name where that is set. `prologue` comes before the text.
    static Result<ComputeProgram> compile(const char* name, std::string_view prologue,
                                          std::string_view embedded);
    ComputeProgram() = default;
    ~ComputeProgram();
    ComputeProgram(ComputeProgram&& other) noexcept;
    ComputeProgram& operator=(ComputeProgram&& other) noexcept;

    unsigned name() const { return program_; }

  private:
    unsigned program_ = 0;
};

}  // namespace fovea::gpu
