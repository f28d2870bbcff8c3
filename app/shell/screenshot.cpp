#include "app/shell/screenshot.h"

#include <cairo.h>
#include <epoxy/gl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/files.h"

namespace fovea::app {

Result<OffscreenPicture> OffscreenPicture::create(int width, int height) {
    GLint largest = 0;
    glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
    if (width < 1 || height < 1 || width > largest || height > largest)
        return fail("--size {}x{}: this driver draws pictures of 1x1 to {}x{}", width, height,
                    largest, largest);
    OffscreenPicture picture(width, height);
    picture.framebuffer_ = gpu::Framebuffer::make();
    picture.colour_ = gpu::Renderbuffer::make();
    glBindRenderbuffer(GL_RENDERBUFFER, picture.colour_.name());
    glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
    glBindFramebuffer(GL_FRAMEBUFFER, picture.framebuffer_.name());
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                              picture.colour_.name());
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
        return fail("the graphics driver cannot draw a picture of {}x{}", width, height);
    return picture;
}

void OffscreenPicture::bind() const {
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.name());
}

void OffscreenPicture::copy_to_window() const {
    glDisable(GL_SCISSOR_TEST);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_.name());
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
    glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT,
                      GL_NEAREST);
}

Status OffscreenPicture::save(const std::filesystem::path& file) const {
    const auto width = static_cast<size_t>(width_), height = static_cast<size_t>(height_);
    std::vector<std::uint8_t> pixels(width * height * 4);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_.name());
    glPixelStorei(GL_PACK_ALIGNMENT, 4);
    glReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    if (glGetError() != GL_NO_ERROR)
        return fail("the graphics driver did not give the picture back");

    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_, height_);
    std::uint8_t* rows = cairo_image_surface_get_data(surface);
    const auto stride = static_cast<size_t>(cairo_image_surface_get_stride(surface));
    if (!rows) {
        cairo_surface_destroy(surface);
        return fail("{}: out of memory", file.string());
    }
    for (size_t y = 0; y < height; ++y) {
        const std::uint8_t* from = pixels.data() + (height - 1 - y) * width * 4;
        auto* to = reinterpret_cast<std::uint32_t*>(rows + y * stride);
        for (size_t x = 0; x < width; ++x, from += 4)
            to[x] = 0xff000000u | static_cast<std::uint32_t>(from[0]) << 16 |
                    static_cast<std::uint32_t>(from[1]) << 8 | from[2];
    }
    cairo_surface_mark_dirty(surface);
    std::string png;
    const auto append = [](void* to, const unsigned char* bytes, unsigned count) {
        static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
        return CAIRO_STATUS_SUCCESS;
    };
    const cairo_status_t made = cairo_surface_write_to_png_stream(surface, append, &png);
    cairo_surface_destroy(surface);
    if (made != CAIRO_STATUS_SUCCESS)
        return fail("{}: could not be written: {}", file.string(), cairo_status_to_string(made));
    return write_file_atomically(file, png);
}

}  // namespace fovea::app
