#include "engine/gpu/gl_reports.h"

namespace fovea::gpu {

GlReports driver_reports() {
    return {.reset_status =
                [] {
                    if (epoxy_gl_version() < 45 && !epoxy_has_gl_extension("GL_KHR_robustness"))
                        return GLenum{GL_NO_ERROR};
                    return glGetGraphicsResetStatus();
                },
            .error = [] { return glGetError(); }};
}

GlReports& gl_reports() {
    static GlReports reports = driver_reports();
    return reports;
}

}  // namespace fovea::gpu
