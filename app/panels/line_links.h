#pragma once

#include <optional>
#include <vector>

#include "app/render/map_cache.h"
#include "engine/trace/trace.h"

namespace fovea::app {

/// One line of the lines view.
struct Link {
    Index query = 0;
    Index key = 0;
    float weight = 0;
    bool operator==(const Link&) const = default;
};

/// Which weights become lines: those of at least `threshold`, for each query at most `most` of
/// them, the largest first; only those of `query` or to `key` where one is given.
struct LinkChoice {
    float threshold = 0;
    Index most = 0;
    std::optional<Index> query, key;
};
std::vector<Link> strongest_links(const CellGrid& weights, const LinkChoice& choice);

}  // namespace fovea::app
