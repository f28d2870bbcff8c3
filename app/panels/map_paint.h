#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/state/document.h"
#include "app/state/view_state.h"
#include "engine/edit/attention_mask.h"

namespace fovea::app {

/// Where paint acts for a head of a part: it alone, its layer, or every head of the part.
Scope paint_scope(ViewState::PaintScope choice, HeadId head, Part part);

/// What a stroke over these cells of a part's map asks for: blocks added, or the blocks that hide
/// any of them for the selected head taken away. Nullopt where it would change nothing.
std::optional<Command> paint_command(const ViewState& view, const Edits& edits,
                                     std::span<const Cell> stroke, Part part = Part::self);

/// What is painted away from one head.
struct PaintedBlocks {
    std::vector<Cell> cells;     // sorted
    std::vector<Index> keys;     // sorted
    std::vector<Index> queries;  // sorted
    bool hides_key(Index key) const;
    bool hides_query(Index query) const;
};
/// One map: whose, and how many tokens stand on its axes.
struct MapPlace {
    HeadId head;
    Index queries = 0, keys = 0;
    Part part = Part::self;
};
PaintedBlocks painted_blocks(const Edits& edits, const MapPlace& place);

/// How a head is silenced, if it is.
bool is_silenced(const Edits& edits, HeadId head, Part part = Part::self);
/// A temperature of its layer or its own is not 1.
bool has_own_temperature(const Edits& edits, HeadId head, Part part = Part::self);

/// Cells, keys or queries are painted away from it or its layer, not from every head.
bool has_own_mask(const Edits& edits, HeadId head, Part part = Part::self);

/// How many heads a part of a model has.
struct ModelSize {
    Index layers = 0, heads = 0;
    Part part = Part::self;
};
/// Silences a head, or lets it speak again; where more than it was silenced, the others stay so.
Command toggle_head(const Edits& edits, HeadId head, ModelSize size);
/// The same for a whole layer: silenced unless all of it already was.
Command toggle_layer(const Edits& edits, Index layer, ModelSize size);
bool is_layer_silenced(const Edits& edits, Index layer, ModelSize size);

}  // namespace fovea::app
