#include "app/panels/line_links.h"

#include <algorithm>

namespace fovea::app {

std::vector<Link> strongest_links(const CellGrid& weights, const LinkChoice& choice) {
    std::vector<Link> links;
    std::vector<Link> row;
    const auto stronger = [](const Link& a, const Link& b) { return a.weight > b.weight; };
    for (Index r = 0; r < weights.region.rows(); ++r) {
        const Index query = weights.region.query_begin + r;
        if (choice.query && *choice.query != query) continue;
        row.clear();
        for (Index c = 0; c < weights.region.columns(); ++c) {
            const Index key = weights.region.key_begin + c;
            const float weight = weights.values.at(r, c);
            if (!(weight >= choice.threshold) || (choice.key && *choice.key != key)) continue;
            row.push_back({query, key, weight});
        }
        const auto most = static_cast<size_t>(choice.most);
        if (row.size() > most) {
            std::nth_element(row.begin(), row.begin() + choice.most, row.end(), stronger);
            row.resize(most);
        }
        std::sort(row.begin(), row.end(), stronger);
        links.insert(links.end(), row.begin(), row.end());
    }
    return links;
}

}  // namespace fovea::app
