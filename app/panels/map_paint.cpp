#include "app/panels/map_paint.h"

#include <algorithm>

#include "app/state/viewed_part.h"

namespace fovea::app {
namespace {

bool hides(const BlockEdit& block, Cell cell) {
    return (!block.query || *block.query == cell.query) && (!block.key || *block.key == cell.key) &&
           (block.query || block.key);
}

template <class T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

// The ablation that decides about a head: the last one that covers it.
const AblationEdit* ablation_of(const Edits& edits, HeadId head, Part part) {
    const AblationEdit* found = nullptr;
    for (const AblationEdit& ablation : edits.ablations) {
        if (ablation.scope.covers(head.layer, head.head, part)) found = &ablation;
    }
    return found;
}

// The edits less every ablation of the heads in `scope`; an entry that covers others as well is
// spelled out for them head by head.
Edits unsilenced(const Edits& edits, ModelSize size, const Scope& scope) {
    Edits changed = edits;
    changed.ablations.clear();
    for (const AblationEdit& ablation : edits.ablations) {
        std::vector<AblationEdit> others;
        bool touched = false;
        if (!ablation.scope.part && size.part != Part::self) {
            for (const Part part : {Part::encoder, Part::decoder, Part::cross}) {
                if (part == size.part) continue;
                others.push_back(ablation);
                others.back().scope.part = part;
            }
        }
        for (Index l = 0; l < size.layers; ++l) {
            for (Index h = 0; h < size.heads; ++h) {
                if (!ablation.scope.covers(l, h, size.part)) continue;
                if (scope.covers(l, h, size.part)) {
                    touched = true;
                } else {
                    others.push_back({scope_of({l, h}, size.part), ablation.to});
                }
            }
        }
        if (touched) {
            changed.ablations.insert(changed.ablations.end(), others.begin(), others.end());
        } else {
            changed.ablations.push_back(ablation);
        }
    }
    return changed;
}

}  // namespace

Scope paint_scope(ViewState::PaintScope choice, HeadId head, Part part) {
    switch (choice) {
        case ViewState::PaintScope::head:
            return scope_of(head, part);
        case ViewState::PaintScope::layer:
            return scope_of_layer(head.layer, part);
        case ViewState::PaintScope::all:
            break;
    }
    return {std::nullopt, std::nullopt, named(part)};
}

std::optional<Command> paint_command(const ViewState& view, const Edits& edits,
                                     std::span<const Cell> stroke, Part part) {
    std::vector<BlockEdit> blocks;
    if (view.paint == PaintTool::erase) {
        for (const BlockEdit& block : edits.blocks) {
            if (block.scope.covers(view.selected.layer, view.selected.head, part) &&
                std::any_of(stroke.begin(), stroke.end(),
                            [&](Cell cell) { return hides(block, cell); }))
                blocks.push_back(block);
        }
        if (blocks.empty()) return std::nullopt;
        return RemoveBlocks{std::move(blocks)};
    }
    if (view.paint == PaintTool::none) return std::nullopt;
    const Scope scope = paint_scope(view.paint_scope, view.selected, part);
    for (const Cell cell : stroke) {
        BlockEdit block{scope, cell.query, cell.key};
        if (view.paint == PaintTool::row) block.key.reset();
        if (view.paint == PaintTool::column) block.query.reset();
        const auto is_there = [&](const std::vector<BlockEdit>& list) {
            return std::find(list.begin(), list.end(), block) != list.end();
        };
        if (!is_there(blocks) && !is_there(edits.blocks)) blocks.push_back(block);
    }
    if (blocks.empty()) return std::nullopt;
    return AddBlocks{std::move(blocks)};
}

bool PaintedBlocks::hides_key(Index key) const {
    return std::binary_search(keys.begin(), keys.end(), key);
}
bool PaintedBlocks::hides_query(Index query) const {
    return std::binary_search(queries.begin(), queries.end(), query);
}

PaintedBlocks painted_blocks(const Edits& edits, const MapPlace& place) {
    PaintedBlocks painted;
    const auto inside = [](const std::optional<Index>& i, Index count) { return !i || *i < count; };
    for (const BlockEdit& block : edits.blocks) {
        if (!block.scope.covers(place.head.layer, place.head.head, place.part)) continue;
        if (!inside(block.query, place.queries) || !inside(block.key, place.keys)) continue;
        if (block.query && block.key) {
            painted.cells.push_back({*block.query, *block.key});
        } else if (block.query) {
            painted.queries.push_back(*block.query);
        } else if (block.key) {
            painted.keys.push_back(*block.key);
        }
    }
    sort_unique(painted.cells);
    sort_unique(painted.keys);
    sort_unique(painted.queries);
    return painted;
}

bool is_silenced(const Edits& edits, HeadId head, Part part) {
    return ablation_of(edits, head, part) != nullptr;
}

bool has_own_temperature(const Edits& edits, HeadId head, Part part) {
    return std::any_of(edits.temperatures.begin(), edits.temperatures.end(),
                       [&](const TemperatureEdit& edit) {
                           return edit.value != 1 && (edit.scope.layer || edit.scope.head) &&
                                  edit.scope.covers(head.layer, head.head, part);
                       });
}

bool has_own_mask(const Edits& edits, HeadId head, Part part) {
    return std::any_of(edits.blocks.begin(), edits.blocks.end(), [&](const BlockEdit& block) {
        return (block.scope.layer || block.scope.head) &&
               block.scope.covers(head.layer, head.head, part);
    });
}

Command toggle_head(const Edits& edits, HeadId head, ModelSize size) {
    const Scope own = scope_of(head, size.part);
    if (!is_silenced(edits, head, size.part)) return SetAblation{own, AblationTarget::zero};
    const bool only_own = std::all_of(
        edits.ablations.begin(), edits.ablations.end(), [&](const AblationEdit& ablation) {
            return ablation.scope == own ||
                   !ablation.scope.covers(head.layer, head.head, size.part);
        });
    if (only_own) return SetAblation{own, std::nullopt};
    return SetEdits{unsilenced(edits, size, own)};
}

bool is_layer_silenced(const Edits& edits, Index layer, ModelSize size) {
    for (Index h = 0; h < size.heads; ++h) {
        if (!is_silenced(edits, {layer, h}, size.part)) return false;
    }
    return size.heads > 0;
}

Command toggle_layer(const Edits& edits, Index layer, ModelSize size) {
    const Scope whole = scope_of_layer(layer, size.part);
    Edits changed = unsilenced(edits, size, whole);
    if (!is_layer_silenced(edits, layer, size))
        changed.ablations.push_back({whole, AblationTarget::zero});
    return SetEdits{std::move(changed)};
}

}  // namespace fovea::app
