#pragma once

#include <imgui.h>

#include <span>
#include <vector>

#include "app/gl/gl_program.h"
#include "engine/core/result.h"

namespace fovea::app {

/// A filled box; all of a batch have the same rounded corners.
struct Box {
    ImVec2 min, max;
    ImU32 colour;
};

/// Many boxes in one call of the GPU, two triangles each and no texture: ImGui makes some eighty
/// triangles of one, which a software renderer takes four times as long for. UI thread with the
/// OpenGL context current.
class BoxPainter {
  public:
    struct Batch {
        std::vector<float> instances;  // [boxes, 8]: rectangle, colour
        float rounding = 0;
    };
    static Batch batch(std::span<const Box> boxes, float rounding);

    Status start();
    void draw(const Batch& batch, const ImDrawData& data);

  private:
    GlProgram program_;
    gpu::VertexArray array_;
    gpu::Buffer instances_;
};

}  // namespace fovea::app
