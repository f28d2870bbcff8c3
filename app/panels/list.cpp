#include "app/panels/list.h"

#include <array>

namespace fovea::app {

#define X(name) Panel name##_panel();
FOVEA_PANELS(X)
#undef X

std::span<const Panel> panels() {
#define X(name) name##_panel(),
    static const std::array all{FOVEA_PANELS(X)};
#undef X
    return all;
}

}  // namespace fovea::app
