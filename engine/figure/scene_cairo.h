#pragma once

#include <cairo.h>

#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/figure/scene.h"

namespace fovea {

struct CairoSurfaceDestroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using CairoSurface = std::unique_ptr<cairo_surface_t, CairoSurfaceDestroy>;

/// Draws the scene over the whole of a surface whose units are `scale` to the scene's.
Status draw_scene(const Scene& scene, cairo_surface_t* surface, double scale);

/// The scene in pixels (CAIRO_FORMAT_RGB24).
Result<CairoSurface> raster_scene(const Scene& scene, double scale);

/// An image surface as the bytes of a PNG file.
Result<std::string> png_bytes(cairo_surface_t* surface);

/// An image's pixels as a surface, small ones repeated: some viewers smooth what they enlarge.
CairoSurface image_surface(const SceneImage& image);

}  // namespace fovea
