#pragma once

#include <span>
#include <string_view>

#include "app/views/view.h"

namespace fovea::app {

/// Every view. X(name) stands for a function `View name##_view()` in name.cpp.
#define FOVEA_VIEWS(X) \
    X(map)             \
    X(lines)           \
    X(difference)      \
    X(heads)           \
    X(why)

std::span<const View> views();

/// By its name; the first one where there is none of that name.
const View& view_by_name(std::string_view name);
/// The one in the middle.
inline const View& view_in(const Frame& frame) {
    return view_by_name(frame.view.middle);
}

}  // namespace fovea::app
