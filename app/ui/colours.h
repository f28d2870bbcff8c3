#pragma once

#include <imgui.h>

namespace fovea::app {

/// Nearly black or nearly white, whichever reads on `colour`.
ImU32 readable_on(ImU32 colour);
/// `over` with its alpha laid on the opaque `under`.
ImU32 blended(ImU32 over, ImU32 under);

}  // namespace fovea::app
