#include "engine/figure/scene_cairo.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/memory_shortage.h"
#include "engine/figure/pango_text.h"

namespace fovea {
namespace {

struct CairoDestroy {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};

class Painter {
  public:
    explicit Painter(cairo_surface_t* surface) : cairo_(cairo_create(surface)) {}
    cairo_t* cairo() const { return cairo_.get(); }

    void operator()(const SceneRectangle& box) {
        set_colour(box.colour, box.opacity);
        if (box.radius > 0) {
            rounded(box);
            return;
        }
        // Cells meet their neighbours without a seam.
        cairo_set_antialias(cairo(), CAIRO_ANTIALIAS_NONE);
        cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
        cairo_fill(cairo());
        cairo_set_antialias(cairo(), CAIRO_ANTIALIAS_DEFAULT);
    }

    void operator()(const SceneLine& line) {
        set_colour(line.colour, 1);
        cairo_set_line_width(cairo(), line.width);
        cairo_move_to(cairo(), line.x1, line.y1);
        cairo_line_to(cairo(), line.x2, line.y2);
        stroke(line.dashed);
    }

    void operator()(const ScenePath& path) {
        set_colour(path.colour, 1);
        cairo_set_line_width(cairo(), path.width);
        cairo_set_line_join(cairo(), CAIRO_LINE_JOIN_ROUND);
        cairo_new_path(cairo());  // text leaves a point behind
        for (const ScenePoint& point : path.points)
            cairo_line_to(cairo(), point.x, point.y);
        stroke(path.dashed);
    }

    void operator()(const SceneCircle& circle) {
        set_colour(circle.colour, 1);
        cairo_new_sub_path(cairo());
        cairo_arc(cairo(), circle.x, circle.y, circle.radius, 0, 2 * std::numbers::pi);
        cairo_fill(cairo());
    }

    void operator()(const SceneImage& image) {
        const CairoSurface pixels = image_surface(image);
        cairo_save(cairo());
        cairo_translate(cairo(), image.x, image.y);
        const int columns = cairo_image_surface_get_width(pixels.get());
        const int rows = cairo_image_surface_get_height(pixels.get());
        cairo_scale(cairo(), image.width / columns, image.height / rows);
        cairo_set_source_surface(cairo(), pixels.get(), 0, 0);
        cairo_pattern_set_filter(cairo_get_source(cairo()), CAIRO_FILTER_NEAREST);
        cairo_pattern_set_extend(cairo_get_source(cairo()), CAIRO_EXTEND_PAD);
        cairo_set_antialias(cairo(), CAIRO_ANTIALIAS_NONE);
        cairo_rectangle(cairo(), 0, 0, columns, rows);
        cairo_fill(cairo());
        cairo_restore(cairo());
    }

    void operator()(const SceneText& item) {
        const PangoLayoutHandle layout = make_layout(context_.get(), item.text, item.style);
        PangoRectangle logical;
        pango_layout_get_extents(layout.get(), nullptr, &logical);
        const double width = static_cast<double>(logical.width) / PANGO_SCALE;
        const double before = item.anchor == Anchor::start    ? 0
                              : item.anchor == Anchor::middle ? width / 2
                                                              : width;
        cairo_save(cairo());
        cairo_translate(cairo(), item.x, item.y);
        cairo_rotate(cairo(), -item.angle * std::numbers::pi / 180);
        cairo_move_to(cairo(), -before,
                      -static_cast<double>(pango_layout_get_baseline(layout.get())) / PANGO_SCALE);
        set_colour(item.style.colour, 1);
        pango_cairo_show_layout(cairo(), layout.get());
        cairo_restore(cairo());
    }

  private:
    void stroke(bool dashed) {
        if (dashed) cairo_set_dash(cairo(), &dash_length, 1, 0);
        cairo_stroke(cairo());
        if (dashed) cairo_set_dash(cairo(), nullptr, 0, 0);
    }
    void rounded(const SceneRectangle& box) {
        constexpr double quarter = std::numbers::pi / 2;
        const double r = std::min({box.radius, box.width / 2, box.height / 2});
        const double left = box.x + r, right = box.x + box.width - r;
        const double top = box.y + r, bottom = box.y + box.height - r;
        cairo_new_sub_path(cairo());
        cairo_arc(cairo(), right, top, r, -quarter, 0);
        cairo_arc(cairo(), right, bottom, r, 0, quarter);
        cairo_arc(cairo(), left, bottom, r, quarter, 2 * quarter);
        cairo_arc(cairo(), left, top, r, 2 * quarter, 3 * quarter);
        cairo_close_path(cairo());
        cairo_fill(cairo());
    }
    void set_colour(const Colour& colour, double opacity) {
        cairo_set_source_rgba(cairo(), colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0,
                              opacity);
    }
    std::unique_ptr<cairo_t, CairoDestroy> cairo_;
    PangoContextHandle context_ = make_pango_context();
};

Error cairo_error(cairo_status_t status) {
    return Error{cairo_status_to_string(status)};
}

}  // namespace

CairoSurface image_surface(const SceneImage& image) {
    const Index repeat = std::clamp<Index>(256 / std::max(image.rows, image.columns), 1, 16);
    CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                    static_cast<int>(image.columns * repeat),
                                                    static_cast<int>(image.rows * repeat)));
    unsigned char* data = cairo_image_surface_get_data(surface.get());
    if (!data) return surface;
    const Index stride = cairo_image_surface_get_stride(surface.get());
    for (Index row = 0; row < image.rows * repeat; ++row) {
        auto* pixel = reinterpret_cast<std::uint32_t*>(data + row * stride);
        const Colour* colours = image.pixels.data() + row / repeat * image.columns;
        for (Index column = 0; column < image.columns * repeat; ++column) {
            const Colour& colour = colours[column / repeat];
            pixel[column] = static_cast<std::uint32_t>(colour[0]) << 16 |
                            static_cast<std::uint32_t>(colour[1]) << 8 | colour[2];
        }
    }
    cairo_surface_mark_dirty(surface.get());
    return surface;
}

Status draw_scene(const Scene& scene, cairo_surface_t* surface, double scale) {
    Painter painter(surface);
    cairo_scale(painter.cairo(), scale, scale);
    painter(SceneRectangle{0, 0, scene.width, scene.height, scene.background});
    for (const SceneItem& item : scene.items)
        std::visit(painter, item);
    cairo_surface_flush(surface);
    if (const auto status = cairo_status(painter.cairo()); status != CAIRO_STATUS_SUCCESS)
        return cairo_error(status);
    if (const auto status = cairo_surface_status(surface); status != CAIRO_STATUS_SUCCESS)
        return cairo_error(status);
    return {};
}

Result<CairoSurface> raster_scene(const Scene& scene, double scale) {
    const double width = std::ceil(scene.width * scale);
    const double height = std::ceil(scene.height * scale);
    constexpr double largest = 32767;  // cairo's coordinates
    if (!(scale > 0) || width > largest || height > largest)
        return fail(
            "the picture would be {:.0f} x {:.0f} pixels; at most {:.0f} each way can be "
            "drawn",
            width, height, largest);
    const double need = 2 * 4 * width * height;  // the pixels, and the file that is made of them
    if (const auto shortage = memory_shortage(need))
        return fail("a picture of {:.0f} x {:.0f} pixels needs about {} of memory, and {}", width,
                    height, size_in_words(need), *shortage);
    CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                                    static_cast<int>(height)));
    FOVEA_CHECK(draw_scene(scene, surface.get(), scale));
    return surface;
}

Result<std::string> png_bytes(cairo_surface_t* surface) {
    std::string bytes;
    const auto append = [](void* target, const unsigned char* data, unsigned length) {
        static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), length);
        return CAIRO_STATUS_SUCCESS;
    };
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, &bytes);
    if (status != CAIRO_STATUS_SUCCESS) return cairo_error(status);
    return bytes;
}

}  // namespace fovea
