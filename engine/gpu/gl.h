#pragma once

#include <epoxy/gl.h>

#include "engine/core/result.h"
#include "engine/gpu/gl_names.h"

namespace fovea::gpu {

/// Forgets errors that earlier calls of others left behind.
void drop_gl_errors();

/// What OpenGL has to complain about since the last call, as a sentence: "scoring attention: OpenGL
/// is out of memory".
Status check_gl(const char* doing);

}  // namespace fovea::gpu
