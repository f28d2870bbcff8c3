#pragma once

#include <imgui.h>

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/core/result.h"
#include "engine/gpu/gl_names.h"

namespace fovea::app {

/// A linked OpenGL program. Setting a uniform that its shaders have no use for does nothing.
class GlProgram {
  public:
    /// Sources without their #version line, which is 330 core.
    static Result<GlProgram> build(std::string_view name,
                                   std::span<const std::string_view> vertex_sources,
                                   std::span<const std::string_view> fragment_sources);

    void use() const;
    void set(const char* name, int value);
    void set(const char* name, float value);
    void set(const char* name, int x, int y);
    void set(const char* name, float x, float y);
    void set(const char* name, float x, float y, float z, float w);
    void set_colour(const char* name, ImU32 colour);

  private:
    int location(const char* name);
    gpu::Program program_;
    std::unordered_map<std::string_view, int> locations_;
};

}  // namespace fovea::app
