#include "app/gl/box_painter.h"

#include <epoxy/gl.h>

#include "draw_shaders_files.h"

namespace fovea::app {
namespace {

constexpr size_t floats_per_box = 8;

}  // namespace

BoxPainter::Batch BoxPainter::batch(std::span<const Box> boxes, float rounding) {
    Batch batch{.instances = {}, .rounding = rounding};
    batch.instances.reserve(boxes.size() * floats_per_box);
    for (const Box& box : boxes) {
        const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(box.colour);
        batch.instances.insert(batch.instances.end(), {box.min.x, box.min.y, box.max.x, box.max.y,
                                                       colour.x, colour.y, colour.z, colour.w});
    }
    return batch;
}

Status BoxPainter::start() {
    FOVEA_TRY(program_, GlProgram::build("boxes", {{draw_shaders::boxes_vert}},
                                         {{draw_shaders::boxes_frag}}));
    array_ = gpu::VertexArray::make();
    instances_ = gpu::Buffer::make();
    glBindVertexArray(array_.name());
    glBindBuffer(GL_ARRAY_BUFFER, instances_.name());
    for (GLuint i = 0; i < 2; ++i) {
        glEnableVertexAttribArray(i);
        glVertexAttribPointer(i, 4, GL_FLOAT, GL_FALSE, floats_per_box * sizeof(float),
                              reinterpret_cast<const void*>(i * 4 * sizeof(float)));
        glVertexAttribDivisor(i, 1);
    }
    glBindVertexArray(0);
    return {};
}

void BoxPainter::draw(const Batch& batch, const ImDrawData& data) {
    program_.use();
    program_.set("display", data.DisplayPos.x, data.DisplayPos.y, data.DisplaySize.x,
                 data.DisplaySize.y);
    program_.set("rounding", batch.rounding);
    program_.set("fringe", 0.5f / data.FramebufferScale.x);
    glBindVertexArray(array_.name());
    glBindBuffer(GL_ARRAY_BUFFER, instances_.name());
    glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(batch.instances.size() * sizeof(float)),
                 batch.instances.data(), GL_STREAM_DRAW);
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4,
                          static_cast<GLsizei>(batch.instances.size() / floats_per_box));
}

}  // namespace fovea::app
