#pragma once

#include <span>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/edit/edits.h"

namespace fovea {

struct Cell {
    Index query = 0;
    Index key = 0;
    auto operator<=>(const Cell&) const = default;
};

/// What one head's queries may see: a rule for the shape, and what was painted away. Plain data
/// that the CPU and the compute shader read alike.
struct AttentionMask {
    bool causal = false;                        ///< key <= query
    Index window = 0;                           ///< 0: no window; else |query - key| < window
    std::vector<std::uint8_t> blocked_keys;     ///< [keys], or empty for none
    std::vector<std::uint8_t> blocked_queries;  ///< [queries], or empty for none
    std::vector<Cell> blocked_cells;            ///< sorted, without repeats

    bool visible(Index query, Index key) const;
    /// Keys [begin, end) outside which the rule alone hides everything for this query.
    struct Range {
        Index begin, end;
    };
    Range visible_range(Index query, Index keys) const;
    /// The painted cells of one query, sorted by key.
    std::span<const Cell> cells_of(Index query) const;

    bool operator==(const AttentionMask&) const = default;
};

/// The model's own mask in one layer.
struct ModelMask {
    bool causal = false;
    Index window = 0;  ///< 0: none
};

/// What `edits` leave of one head: its temperature, its mask, its ablation.
struct HeadEdits {
    float temperature = 1;
    AttentionMask mask;
    std::optional<AblationTarget> ablation;
    bool operator==(const HeadEdits&) const = default;
};

/// One head of one layer, and how large its map is.
struct HeadPlace {
    Index layer = 0;
    Index head = 0;
    Index queries = 0;
    Index keys = 0;
    Part part = Part::self;
};

/// Whether the first `queries` rows of a head come out alike under both: nothing that differs, and
/// nothing that reaches them from later tokens. `other_keys`: keys are another sentence's.
bool agree_on_rows(const HeadEdits& a, const HeadEdits& b, Index queries, bool other_keys);

HeadEdits edits_of_head(const Edits& edits, const ModelMask& own, const HeadPlace& place);

}  // namespace fovea
