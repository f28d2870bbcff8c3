#include "app/views/list.h"

#include <algorithm>
#include <array>

namespace fovea::app {

#define X(name) View name##_view();
FOVEA_VIEWS(X)
#undef X

std::span<const View> views() {
#define X(name) name##_view(),
    static const std::array all{FOVEA_VIEWS(X)};
#undef X
    return all;
}

const View& view_by_name(std::string_view name) {
    const auto all = views();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const View& view) { return view.name == name; });
    return found == all.end() ? all.front() : *found;
}

}  // namespace fovea::app
