#pragma once

#include "app/panels/left_column.h"
#include "app/panels/panel.h"
#include "app/shell/application.h"

/// What keys do, where it is more than one call.
namespace fovea::app::keys {

inline constexpr float temperature_step = 1.189207f;  // four steps double it
inline constexpr float scale_step = 1.1f;
inline constexpr double map_step = 1.25;
inline constexpr double move_step = 0.25;  // of what is in view

template <class Enum>
void cycle(Enum& value, int count, int step = 1) {
    value = static_cast<Enum>((static_cast<int>(value) + step + count) % count);
}

void arrow(Application& a, Index layers, Index heads);
/// One thing at a time, the topmost first. Menus and dialogs lie above all of these and take the
/// key themselves.
void escape(Application& a);
Scope selected_head(Application& a);
Scope selected_layer(Application& a);
void write_sentence(Application& a);
void write_target(Application& a);
/// Silences a scope this way; what is silenced this way already speaks again.
void toggle_ablation(Application& a, const Scope& scope, AblationTarget to);
/// Hides the chosen token, or shows it again: as a key its column, as a query its row.
void toggle_hidden_token(Application& a, std::optional<Index> BlockEdit::*side);
void cycle_mask(Application& a);
void step_window(Application& a, Index step);
void toggle_selected_head(Application& a);
void scale_interface(Application& a, float factor);
void turn(ViewState::Fold& column, bool is_folded);
/// Ctrl and an arrow.
void move_over_map(Application& a, double right, double down);
/// Of all heads of an encoder-decoder's part in view; a single stack has the keys for all heads.
void scale_part(Application& a, float factor);

/// Folds the panel of that number in the columns, counted from the left and from the top, or opens
/// it.
void fold_panel(Application& application, int number);

}  // namespace fovea::app::keys
