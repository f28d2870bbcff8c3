#pragma once

#include <pango/pangocairo.h>

#include <memory>

#include "engine/figure/scene.h"

namespace fovea {

struct GObjectUnref {
    void operator()(void* object) const { g_object_unref(object); }
};
using PangoContextHandle = std::unique_ptr<PangoContext, GObjectUnref>;
using PangoLayoutHandle = std::unique_ptr<PangoLayout, GObjectUnref>;

/// Metrics unhinted, so that a figure is laid out alike at every scale and in every format.
PangoContextHandle make_pango_context();

/// One paragraph in the scene's typefaces.
PangoLayoutHandle make_layout(PangoContext* context, std::string_view text, const TextStyle& style);

}  // namespace fovea
