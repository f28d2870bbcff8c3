#include "engine/edit/head_names.h"

#include <fmt/format.h>

namespace fovea {

std::string layer_name(Index layer) {
    return fmt::format("layer {}", layer);
}

std::string head_name(HeadId id) {
    return fmt::format("layer {} head {}", id.layer, id.head);
}

std::string head_title(HeadId id) {
    return fmt::format("Layer {} · Head {}", id.layer, id.head);
}

std::string short_head_name(HeadId id) {
    return fmt::format("L{} head {}", id.layer, id.head);
}

std::string scope_name(const Scope& scope, std::string_view everywhere) {
    const std::string part = scope.part ? std::string(part_name(*scope.part)) + " " : "";
    if (scope.layer && scope.head) return part + head_name({*scope.layer, *scope.head});
    if (scope.layer) return part + layer_name(*scope.layer);
    if (scope.head) return fmt::format("{}head {} of every layer", part, *scope.head);
    return scope.part ? fmt::format("every {}head", part) : std::string(everywhere);
}

}  // namespace fovea
