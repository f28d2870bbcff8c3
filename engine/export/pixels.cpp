#include "engine/export/pixels.h"

#include "engine/figure/heads_figure.h"
#include "engine/figure/scene_cairo.h"

namespace fovea {

Result<Picture> pixels_of(const Scene& scene, double scale) {
    FOVEA_TRY(const CairoSurface surface, raster_scene(scene, scale));
    Picture picture;
    picture.width = cairo_image_surface_get_width(surface.get());
    picture.height = cairo_image_surface_get_height(surface.get());
    picture.rgba.reserve(4 * static_cast<size_t>(picture.width) *
                         static_cast<size_t>(picture.height));
    const unsigned char* data = cairo_image_surface_get_data(surface.get());
    const int stride = cairo_image_surface_get_stride(surface.get());
    for (int row = 0; row < picture.height; ++row)
        for (int column = 0; column < picture.width; ++column) {
            const auto pixel = reinterpret_cast<const std::uint32_t*>(data + row * stride)[column];
            for (int shift : {16, 8, 0})
                picture.rgba.push_back(static_cast<std::uint8_t>(pixel >> shift));
            picture.rgba.push_back(255);
        }
    return picture;
}

Result<Picture> draw_picture(const ExportJob& job, double scale, const Progress& progress,
                             const CancelToken& cancel) {
    FOVEA_TRY(const Scene scene, make_figure(job, progress, cancel));
    return pixels_of(scene, scale);
}

}  // namespace fovea
