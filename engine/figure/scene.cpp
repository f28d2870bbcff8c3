#include "engine/figure/scene.h"

namespace fovea {

void Scene::frame(const SceneRectangle& box, double line_width) {
    const double right = box.x + box.width - line_width;
    const double bottom = box.y + box.height - line_width;
    add(SceneRectangle{box.x, box.y, box.width, line_width, box.colour, box.opacity});
    add(SceneRectangle{box.x, bottom, box.width, line_width, box.colour, box.opacity});
    const double inside = box.height - 2 * line_width;
    add(SceneRectangle{box.x, box.y + line_width, line_width, inside, box.colour, box.opacity});
    add(SceneRectangle{right, box.y + line_width, line_width, inside, box.colour, box.opacity});
}

}  // namespace fovea
