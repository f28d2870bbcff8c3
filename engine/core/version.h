#pragma once

namespace fovea {

inline constexpr const char* version = FOVEA_VERSION;

}  // namespace fovea
