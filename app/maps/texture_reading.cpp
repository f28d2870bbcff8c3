#include "app/maps/texture_reading.h"

#include <algorithm>

#include "engine/gpu/gl.h"

namespace fovea::app {
namespace {

constexpr const char* reading_map = "reading a map back from the GPU";

}  // namespace

Result<TextureReading> TextureReading::begin(const MapTexture& texture) {
    gpu::drop_gl_errors();
    TextureReading reading;
    reading.texture_ = texture;
    reading.buffer_ = gpu::Buffer::make();
    const auto bytes = static_cast<GLsizeiptr>(texture.rows * texture.columns) *
                       static_cast<GLsizeiptr>(sizeof(float));
    glBindBuffer(GL_PIXEL_PACK_BUFFER, reading.buffer_.name());
    glBufferData(GL_PIXEL_PACK_BUFFER, bytes, nullptr, GL_STREAM_READ);
    glBindTexture(GL_TEXTURE_2D, texture.name);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, nullptr);
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    reading.there_ = gpu::make_fence();
    FOVEA_CHECK(gpu::check_gl(reading_map));
    return reading;
}

Result<std::shared_ptr<const CellGrid>> TextureReading::take() {
    gpu::drop_gl_errors();
    const GLenum state = glClientWaitSync(there_.get(), GL_SYNC_FLUSH_COMMANDS_BIT, 0);
    if (state == GL_TIMEOUT_EXPIRED) return std::shared_ptr<const CellGrid>();
    auto cells = std::make_shared<CellGrid>();
    cells->region = texture_.region;
    cells->values = Tensor::uninitialised({texture_.rows, texture_.columns});
    glBindBuffer(GL_PIXEL_PACK_BUFFER, buffer_.name());
    glGetBufferSubData(
        GL_PIXEL_PACK_BUFFER, 0,
        static_cast<GLsizeiptr>(cells->values.size()) * static_cast<GLsizeiptr>(sizeof(float)),
        cells->values.data());
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    FOVEA_CHECK(gpu::check_gl(reading_map));
    for (float& value : cells->values.values())
        if (value < texture_.hidden_below) value = hidden_cell;
    const auto range = range_of(*cells, cells->region).value_or(ValueRange{0, 1});
    cells->low = range.low;
    cells->high = range.high;
    return std::shared_ptr<const CellGrid>(std::move(cells));
}

}  // namespace fovea::app
