#include "app/shell/key_actions.h"

#include <algorithm>

#include "app/panels/list.h"
#include "app/panels/map_geometry.h"
#include "app/panels/map_paint.h"
#include "app/panels/search.h"

namespace fovea::app::keys {
namespace {

using A = Application;
using Search = ViewState::Search;

/// With the token that was chosen by the same click.
void free_pin(ViewState& view) {
    if (view.selected_query == view.pinned->query) view.selected_query.reset();
    view.pinned.reset();
}

}  // namespace

void arrow(A& a, Index layers, Index heads) {
    if (a.arrows == ArrowTarget::tokens)
        a.select_token(layers + heads);
    else
        a.select_head(layers, heads);
}

void escape(A& a) {
    if (a.view().show_keys)
        a.view().show_keys = false;
    else if (a.writing())
        a.stop_writing();
    else if (Prompt* const typing = a.focused_prompt())
        typing->focus(false);
    else if (a.view().search.entry != Search::Entry::closed)
        close_search(a.view());
    else if (a.view().lookup.open)
        a.view().lookup = {};
    else if (a.view().paint != PaintTool::none)
        a.view().paint = PaintTool::none;
    else if (a.view().pinned)
        free_pin(a.view());
    else {
        a.view().selected_query.reset();
        a.view().sought.tokens.reset();
    }
}

Scope selected_head(A& a) {
    return scope_of(a.view().selected, a.part());
}
Scope selected_layer(A& a) {
    return scope_of_layer(a.view().selected.layer, a.part());
}

void write_sentence(A& a) {
    a.entries_unwanted = true;
    a.type_into(&a.prompt());
}

void write_target(A& a) {
    if (!a.has_target()) return;
    a.entries_unwanted = true;
    a.type_into(&a.target_prompt());
    a.target_prompt().select_all();
}

void toggle_ablation(A& a, const Scope& scope, AblationTarget to) {
    const auto& ablations = a.document().edits.ablations;
    const AblationEdit edit{scope, to};
    const bool is_so = std::find(ablations.begin(), ablations.end(), edit) != ablations.end();
    a.issue(SetAblation{scope, is_so ? std::nullopt : std::optional(to)});
}

void toggle_hidden_token(A& a, std::optional<Index> BlockEdit::*side) {
    // The chosen token asks; in cross-attention those that answer are others: the one pointed at.
    const bool other_sentence = a.part() == Part::cross && side == &BlockEdit::key;
    const auto token = other_sentence ? a.view().hover.key : a.view().selected_query;
    if (!token) return;
    BlockEdit block;
    block.*side = token;
    block.scope = paint_scope(a.view().paint_scope, a.view().selected, a.part());
    const auto& blocks = a.document().edits.blocks;
    if (std::find(blocks.begin(), blocks.end(), block) != blocks.end())
        a.issue(RemoveBlocks{{block}});
    else
        a.issue(AddBlocks{{block}});
}

void cycle_mask(A& a) {
    MaskEdit mask = a.document().edits.mask;
    cycle(mask.kind, 4);
    mask.window = mask.kind == MaskKind::window ? 8 : 0;
    a.issue(SetMask{mask});
}

void step_window(A& a, Index step) {
    MaskEdit mask = a.document().edits.mask;
    if (mask.kind != MaskKind::window) return;
    mask.window = std::max<Index>(1, mask.window + step);
    a.issue(SetMask{mask});
}

void toggle_selected_head(A& a) {
    if (!a.reading()) return;
    const Model& model = *a.reading()->request.model->model;
    const Part part = a.part();
    a.issue(toggle_head(a.document().edits, a.view().selected,
                        {model.layers(part), model.heads(part), part}));
}

void scale_interface(A& a, float factor) {
    a.view().interface_scale = std::clamp(a.view().interface_scale * factor, 0.5f, 3.f);
}

void turn(ViewState::Fold& column, bool is_folded) {
    column = is_folded ? ViewState::Fold::open : ViewState::Fold::folded;
}

void move_over_map(A& a, double right, double down) {
    move_map(a.view(), a.map_extent(), right * move_step, down * move_step);
}

void scale_part(A& a, float factor) {
    if (const auto part = named(a.part()))
        a.scale_temperature({std::nullopt, std::nullopt, part}, factor);
}

void fold_panel(A& a, int number) {
    const auto& loaded = a.reading() ? a.reading()->request.model : a.model();
    const Index layers = loaded ? loaded->model->layers(a.part()) : 0;
    for (const Panel& panel : panels()) {
        if (panel.place == Place::bottom || !panel.numbered) continue;
        if (--number == 0)
            fold(a.view(), panel.name, !is_folded(a.view(), panel.name, layers), layers);
    }
}

}  // namespace fovea::app::keys
