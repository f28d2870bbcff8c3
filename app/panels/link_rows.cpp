#include "app/panels/link_rows.h"

#include <algorithm>
#include <optional>

#include "app/maps/map_cache.h"
#include "engine/trace/head_map.h"

namespace fovea::app {
namespace {

constexpr size_t most_lines = 64;

/// The part of some rows that a mask leaves: keys behind the last query are hidden by a causal one.
MapRegion visible_part(const LayerTrace& layer, Index head, Index first, Index last) {
    const AttentionMask& mask = layer.edits[static_cast<size_t>(head)].mask;
    const Index keys = layer.projections->keys;
    return {first, last, 0, mask.causal ? std::min(keys, last) : keys};
}

bool heavier(const Link& a, const Link& b) {
    return a.query != b.query     ? a.query < b.query
           : a.weight != b.weight ? a.weight > b.weight
                                  : a.key < b.key;
}

}  // namespace

const LinkRows::Head* LinkRows::find(const std::shared_ptr<const LayerTrace>& layer,
                                     Index head) const {
    const std::weak_ptr<const LayerTrace> wanted = layer;
    const auto found = std::find_if(heads_.begin(), heads_.end(), [&](const Head& kept) {
        return kept.head == head && same_owner(kept.layer, wanted);
    });
    return found == heads_.end() ? nullptr : &*found;
}

bool LinkRows::make_one(const std::shared_ptr<const LayerTrace>& layer, Index head, Index first,
                        Index last) {
    const Index queries = layer->projections->queries;
    first = std::clamp<Index>(first, 0, queries);
    last = std::clamp<Index>(last, first, queries);
    if (first == last) return false;
    if (!find(layer, head)) {
        std::erase_if(heads_, [](const Head& kept) { return kept.layer.expired(); });
        const auto blocks = static_cast<size_t>((queries + block - 1) / block);
        heads_.push_front(
            {layer, head, std::vector<std::vector<Link>>(blocks), std::vector<bool>(blocks)});
        if (heads_.size() > most_heads_) heads_.pop_back();
    }
    Head& kept = const_cast<Head&>(*find(layer, head));
    const Index middle = (first + last) / 2 / block;
    std::optional<Index> nearest;
    for (Index b = first / block; b <= (last - 1) / block; ++b) {
        if (kept.made[static_cast<size_t>(b)]) continue;
        if (!nearest || std::abs(b - middle) < std::abs(*nearest - middle)) nearest = b;
    }
    if (!nearest) return false;

    const Index begin = *nearest * block, end = std::min(begin + block, queries);
    const MapRegion region = visible_part(*layer, head, begin, end);
    const Tensor weights = head_map(*layer, head, Quantity::weights, region);
    auto& links = kept.blocks[static_cast<size_t>(*nearest)];
    std::vector<Link> row;
    for (Index query = begin; query < end; ++query) {
        row.clear();
        const float* of_query = weights.slice(query - begin);
        for (Index key = 0; key < region.columns(); ++key)
            if (of_query[key] >= lightest) row.push_back({query, key, of_query[key]});
        if (static_cast<Index>(row.size()) > most) {
            std::nth_element(row.begin(), row.begin() + most, row.end(), heavier);
            row.resize(static_cast<size_t>(most));
        }
        std::sort(row.begin(), row.end(), heavier);
        links.insert(links.end(), row.begin(), row.end());
    }
    kept.made[static_cast<size_t>(*nearest)] = true;
    return true;
}

std::span<const Link> LinkRows::of(const std::shared_ptr<const LayerTrace>& layer, Index head,
                                   Index query) const {
    const Head* kept = find(layer, head);
    const auto b = static_cast<size_t>(query / block);
    if (!kept || b >= kept->blocks.size()) return {};
    const std::vector<Link>& links = kept->blocks[b];
    const auto begin = std::partition_point(links.begin(), links.end(),
                                            [&](const Link& link) { return link.query < query; });
    const auto end = std::partition_point(begin, links.end(),
                                          [&](const Link& link) { return link.query == query; });
    return {begin, end};
}

std::shared_ptr<const Tensor> LinkRows::row(const std::shared_ptr<const LayerTrace>& layer,
                                            Index head, Index query) {
    return line(layer, head, query, true);
}

std::shared_ptr<const Tensor> LinkRows::column(const std::shared_ptr<const LayerTrace>& layer,
                                               Index head, Index key) {
    return line(layer, head, key, false);
}

std::shared_ptr<const Tensor> LinkRows::line(const std::shared_ptr<const LayerTrace>& layer,
                                             Index head, Index token, bool is_row) {
    const std::weak_ptr<const LayerTrace> wanted = layer;
    auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& kept) {
        return kept.head == head && kept.token == token && kept.is_row == is_row &&
               same_owner(kept.layer, wanted);
    });
    if (found == lines_.end()) {
        const Projections& at = *layer->projections;
        const MapRegion region = is_row ? MapRegion{token, token + 1, 0, at.keys}
                                        : MapRegion{0, at.queries, token, token + 1};
        lines_.push_front(
            {layer, head, token, is_row,
             std::make_shared<const Tensor>(head_map(*layer, head, Quantity::weights, region))});
        if (lines_.size() > most_lines) lines_.pop_back();
        found = lines_.begin();
    }
    return found->weights;
}

}  // namespace fovea::app
