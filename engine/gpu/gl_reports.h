#pragma once

#include <epoxy/gl.h>

namespace fovea::gpu {

/// What OpenGL says of its own health. No test can make a driver lose its context, so a test puts
/// its own answers here. UI thread, with the context current.
struct GlReports {
    GLenum (*reset_status)();
    GLenum (*error)();
};

/// The driver's own answers. Where resets cannot be asked for there never is one.
GlReports driver_reports();
/// The answers in use.
GlReports& gl_reports();

}  // namespace fovea::gpu
