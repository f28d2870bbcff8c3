#include "app/panels/line_links.h"

#include <algorithm>

namespace fovea::app {

std::span<const Link> strongest(std::span<const Link> links, Index most, float threshold) {
    const auto end = std::partition_point(
        links.begin(), links.end(), [&](const Link& link) { return link.weight >= threshold; });
    const auto heavy = static_cast<size_t>(end - links.begin());
    return links.first(std::min(heavy, static_cast<size_t>(std::max<Index>(0, most))));
}

float drawn_nearer(float y, const Span& seen) {
    // Its slope is 1 at the edge: nothing jumps when it comes into sight.
    const auto beyond = [&](float distance) {
        return 2 * seen.row * std::log1p(distance / (2 * seen.row));
    };
    if (y < seen.top) return seen.top - beyond(seen.top - y);
    if (y > seen.bottom) return seen.bottom + beyond(y - seen.bottom);
    return y;
}

std::vector<std::pair<Index, float>> heaviest(std::span<const float> values, float threshold,
                                              Index most) {
    std::vector<std::pair<Index, float>> found;
    for (size_t i = 0; i < values.size(); ++i)
        if (values[i] >= threshold) found.emplace_back(static_cast<Index>(i), values[i]);
    const auto heavier = [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    };
    if (static_cast<Index>(found.size()) > most) {
        std::nth_element(found.begin(), found.begin() + most, found.end(), heavier);
        found.resize(static_cast<size_t>(most));
    }
    std::sort(found.begin(), found.end(), heavier);
    return found;
}

}  // namespace fovea::app
