#include "engine/edit/attention_mask.h"

#include <algorithm>
#include <cstdlib>

namespace fovea {

AttentionMask::Range AttentionMask::visible_range(Index query, Index keys) const {
    Range range{0, keys};
    if (!blocked_queries.empty() && blocked_queries[static_cast<size_t>(query)]) return {0, 0};
    if (causal) range.end = std::min(range.end, query + 1);
    if (window > 0) {
        range.begin = std::max(range.begin, query - window + 1);
        range.end = std::min(range.end, query + window);
    }
    range.begin = std::min(range.begin, range.end);
    return range;
}

bool AttentionMask::visible(Index query, Index key) const {
    const Range range = visible_range(query, key + 1);
    if (key < range.begin || key >= range.end) return false;
    if (!blocked_keys.empty() && blocked_keys[static_cast<size_t>(key)]) return false;
    return !std::binary_search(blocked_cells.begin(), blocked_cells.end(), Cell{query, key});
}

std::span<const Cell> AttentionMask::cells_of(Index query) const {
    const auto by_query = [](const Cell& cell, Index q) { return cell.query < q; };
    const auto first =
        std::lower_bound(blocked_cells.begin(), blocked_cells.end(), query, by_query);
    const auto last = std::lower_bound(first, blocked_cells.end(), query + 1, by_query);
    return {first, last};
}

namespace {

/// The first `count` flags alike; an empty list stands for zeros.
bool same_flags(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b,
                Index count) {
    const auto at = [](const std::vector<std::uint8_t>& flags, Index i) {
        return static_cast<size_t>(i) < flags.size() && flags[static_cast<size_t>(i)] != 0;
    };
    for (Index i = 0; i < count; ++i)
        if (at(a, i) != at(b, i)) return false;
    return true;
}

std::span<const Cell> cells_of_rows(const AttentionMask& mask, Index queries) {
    const auto end =
        std::lower_bound(mask.blocked_cells.begin(), mask.blocked_cells.end(), Cell{queries, 0});
    return {mask.blocked_cells.begin(), end};
}

}  // namespace

bool agree_on_rows(const HeadEdits& a, const HeadEdits& b, Index queries, bool other_keys) {
    if (a.temperature != b.temperature || a.ablation != b.ablation) return false;
    if (a.ablation == AblationTarget::mean) return false;  // of the whole sentence
    if (a.mask.causal != b.mask.causal || a.mask.window != b.mask.window) return false;
    if (!other_keys && !a.mask.causal) return false;
    const Index keys =
        other_keys
            ? static_cast<Index>(std::max(a.mask.blocked_keys.size(), b.mask.blocked_keys.size()))
            : queries;
    return same_flags(a.mask.blocked_keys, b.mask.blocked_keys, keys) &&
           same_flags(a.mask.blocked_queries, b.mask.blocked_queries, queries) &&
           std::ranges::equal(cells_of_rows(a.mask, queries), cells_of_rows(b.mask, queries));
}

HeadEdits edits_of_head(const Edits& edits, const ModelMask& own, const HeadPlace& place) {
    const auto [layer, head, queries, keys, part] = place;
    HeadEdits result;
    for (const auto& edit : edits.temperatures)
        if (edit.scope.covers(layer, head, part)) result.temperature *= edit.value;

    AttentionMask& mask = result.mask;
    switch (part == Part::cross ? MaskKind::model : edits.mask.kind) {
        case MaskKind::model:
            mask.causal = own.causal;
            mask.window = own.window;
            break;
        case MaskKind::none:
            break;
        case MaskKind::causal:
            mask.causal = true;
            break;
        case MaskKind::window:
            mask.causal = own.causal;
            mask.window =
                own.window > 0 ? std::min(own.window, edits.mask.window) : edits.mask.window;
            break;
    }
    for (const auto& edit : edits.blocks) {
        if (!edit.scope.covers(layer, head, part)) continue;
        if ((edit.query && *edit.query >= queries) || (edit.key && *edit.key >= keys)) continue;
        if (edit.query && edit.key) {
            mask.blocked_cells.push_back({*edit.query, *edit.key});
        } else if (edit.key) {
            mask.blocked_keys.resize(static_cast<size_t>(keys), 0);
            mask.blocked_keys[static_cast<size_t>(*edit.key)] = 1;
        } else if (edit.query) {
            mask.blocked_queries.resize(static_cast<size_t>(queries), 0);
            mask.blocked_queries[static_cast<size_t>(*edit.query)] = 1;
        }
    }
    std::sort(mask.blocked_cells.begin(), mask.blocked_cells.end());
    mask.blocked_cells.erase(std::unique(mask.blocked_cells.begin(), mask.blocked_cells.end()),
                             mask.blocked_cells.end());
    // The last one named wins, so that a later entry can refine an earlier, wider one.
    for (const auto& edit : edits.ablations)
        if (edit.scope.covers(layer, head, part)) result.ablation = edit.to;
    return result;
}

}  // namespace fovea
