#include "app/shell/shortcuts.h"

#include <GLFW/glfw3.h>

#include <algorithm>
#include <array>
#include <vector>

#include "app/panels/explanation.h"
#include "app/panels/head_menus.h"
#include "app/panels/head_order.h"
#include "app/panels/line_links.h"
#include "app/panels/map_geometry.h"
#include "app/shell/application.h"
#include "app/shell/key_actions.h"
#include "app/views/list.h"

namespace fovea::app {
namespace {

using A = Application;
using Search = ViewState::Search;
using namespace keys;

constexpr auto sentence = KeyGroup::sentence;
constexpr auto look = KeyGroup::look;
constexpr auto find = KeyGroup::find;
constexpr auto change = KeyGroup::change;
constexpr auto window = KeyGroup::window;

// group, keys, does, key, character, control, shift, while typing, run
const Shortcut fixed[] = {
    {sentence, "Ctrl+L", "write the sentence", 0, 'l', true, false, true,
     [](A& a) {
         write_sentence(a);
         a.prompt().select_all();
     }},
    {sentence, "Enter", "the same, caret where it was", GLFW_KEY_ENTER, 0, false, false, false,
     write_sentence},
    {sentence, "Ctrl+T", "write an encoder-decoder's target", 0, 't', true, false, true,
     write_target},
    {sentence, "Ctrl+Shift+T", "let the model write it", 0, 't', true, true, true,
     [](A& a) { a.issue(SetTarget{std::nullopt}); }},
    {sentence, "Ctrl+Enter", "the model writes a token; held: on and on", GLFW_KEY_ENTER, 0, true,
     false, true, [](A& a) { a.write_next(false); }, true},
    {sentence, "", "", GLFW_KEY_KP_ENTER, 0, true, false, true, [](A& a) { a.write_next(false); },
     true},
    {sentence, "Ctrl+Shift+Enter", "it writes until Esc", GLFW_KEY_ENTER, 0, true, true, true,
     [](A& a) { a.write_next(true); }},
    {sentence, "", "", GLFW_KEY_KP_ENTER, 0, true, true, true, [](A& a) { a.write_next(true); }},
    {sentence, "Ctrl+J", "a second sentence, read with the first", 0, 'j', true, false, true,
     [](A& a) { a.write_pair(); }},
    {sentence, "Ctrl+Shift+J", "the first alone", 0, 'j', true, true, true,
     [](A& a) { a.issue(SetPair{std::nullopt}); }},
    {sentence, "Ctrl+K", "a sentence B to hold against A, and its end", 0, 'k', true, false, true,
     [](A& a) { a.turn_against(); }},
    {sentence, "Ctrl+Shift+K", "swap A and B", 0, 'k', true, true, true,
     [](A& a) { a.swap_subjects(); }},
    {sentence, "Ctrl+B", "with or without special tokens", 0, 'b', true, false, true,
     [](A& a) { a.issue(SetSpecialTokens{!a.document().special_tokens}); }},
    {sentence, "Esc", "leave it; close what is open", GLFW_KEY_ESCAPE, 0, false, false, true,
     escape},
    {sentence, "Ctrl+Z", "undo", 0, 'z', true, false, true, [](A& a) { a.undo(); }, true},
    {sentence, "Ctrl+Shift+Z", "redo", 0, 'z', true, true, true, [](A& a) { a.redo(); }, true},
    {sentence, "", "", 0, 'y', true, false, true, [](A& a) { a.redo(); }, true},

    {look, "7  8  9", "encoder, decoder, cross-attention", 0, '7', false, false, false,
     [](A& a) { a.look_at(Part::encoder); }},
    {look, "", "", 0, '8', false, false, false, [](A& a) { a.look_at(Part::decoder); }},
    {look, "", "", 0, '9', false, false, false, [](A& a) { a.look_at(Part::cross); }},
    {look, "E", "why this cell; then the next question", 0, 'e', false, false, false,
     [](A& a) { explain_cell(a.view(), a.explanation()); }},
    {look, "Backspace", "the way back through explanations", GLFW_KEY_BACKSPACE, 0, false, false,
     false, [](A& a) { go_back(a.view()); }},
    {look, "Arrows", "head, or token: where the mark ←→ stands", GLFW_KEY_UP, 0, false, false,
     false, [](A& a) { arrow(a, -1, 0); }, true},
    {look, "", "", GLFW_KEY_DOWN, 0, false, false, false, [](A& a) { arrow(a, 1, 0); }, true},
    {look, "", "", GLFW_KEY_LEFT, 0, false, false, false, [](A& a) { arrow(a, 0, -1); }, true},
    {look, "", "", GLFW_KEY_RIGHT, 0, false, false, false, [](A& a) { arrow(a, 0, 1); }, true},
    {look, "Shift+Left, Right", "another token", GLFW_KEY_LEFT, 0, false, true, false,
     [](A& a) { a.select_token(-1); }, true},
    {look, "", "", GLFW_KEY_RIGHT, 0, false, true, false, [](A& a) { a.select_token(1); }, true},
    {look, "Q", "weights, logits, value-weighted", 0, 'q', false, false, false,
     [](A& a) { cycle(a.view().quantity, 4); }},
    {look, "A", "cells below a pixel: largest, or mean", 0, 'a', false, false, false,
     [](A& a) { cycle(a.view().pooling, 2); }},
    {look, "C", "colour map", 0, 'c', false, false, false,
     [](A& a) { cycle(a.view().colour_map, 4); }},
    {look, "L", "logarithmic colours", 0, 'l', false, false, false,
     [](A& a) { a.view().logarithmic = !a.view().logarithmic; }},
    {look, "U", "colours from 0 to 1, or fitted", 0, 'u', false, false, false,
     [](A& a) { cycle(a.view().colour_range, 2); }},
    {look, "G", "order of the heads", 0, 'g', false, false, false,
     [](A& a) { next_order(a.view()); }},
    {look, "Shift+G", "the lowest or the highest first", 0, 'G', false, false, false,
     [](A& a) { turn_order(a.view()); }},
    {look, "F", "metric that frames the heads", 0, 'f', false, false, false,
     [](A& a) { a.view().frame_metric = next_head_measure(a.view().frame_metric); }},
    {look, "D", "how much the edits changed each head", 0, 'd', false, false, false,
     [](A& a) { a.view().show_change = !a.view().show_change; }},
    {look, "B", "entropy as bars, or in colours", 0, 'b', false, false, false,
     [](A& a) { a.view().entropy_bars = !a.view().entropy_bars; }},
    {look, "K", "lines of a token", 0, 'k', false, false, false,
     [](A& a) { a.view().links_per_token = next_choice(link_counts, a.view().links_per_token); }},
    {look, "T", "weight of the lightest line", 0, 't', false, false, false,
     [](A& a) { a.view().link_threshold = next_choice(link_thresholds, a.view().link_threshold); }},
    {look, "+  -", "closer to the map, and back", 0, '+', false, false, false,
     [](A& a) { zoom_map(a.view(), a.map_extent(), map_step); }, true},
    {look, "", "", 0, '=', false, false, false,
     [](A& a) { zoom_map(a.view(), a.map_extent(), map_step); }, true},
    {look, "", "", 0, '-', false, false, false,
     [](A& a) { zoom_map(a.view(), a.map_extent(), 1 / map_step); }, true},
    {look, "Home", "the whole map", GLFW_KEY_HOME, 0, false, false, false,
     [](A& a) { a.view().map_left = a.view().map_top = a.view().map_span = 0; }},
    {look, "Ctrl+Arrows", "over the map", GLFW_KEY_UP, 0, true, false, false,
     [](A& a) { move_over_map(a, 0, -1); }, true},
    {look, "", "", GLFW_KEY_DOWN, 0, true, false, false, [](A& a) { move_over_map(a, 0, 1); },
     true},
    {look, "", "", GLFW_KEY_LEFT, 0, true, false, false, [](A& a) { move_over_map(a, -1, 0); },
     true},
    {look, "", "", GLFW_KEY_RIGHT, 0, true, false, false, [](A& a) { move_over_map(a, 1, 0); },
     true},

    {find, "Ctrl+F", "look for words in the text", 0, 'f', true, false, true,
     [](A& a) { a.open_search(Search::Entry::words); }},
    {find, "F3", "the next of them; Shift+F3: the one before", GLFW_KEY_F3, 0, false, false, true,
     [](A& a) { a.find_next(1); }, true},
    {find, "", "", GLFW_KEY_F3, 0, false, true, true, [](A& a) { a.find_next(-1); }, true},
    {find, "Ctrl+G", "go to a token by its number", 0, 'g', true, false, true,
     [](A& a) { a.open_search(Search::Entry::token); }},
    {find, "N", "look up a token of the vocabulary", 0, 'n', false, false, false,
     [](A& a) { a.open_lookup(); }},

    {change, "Tab", "the model unedited, and back", GLFW_KEY_TAB, 0, false, false, true,
     [](A& a) { a.issue(EnableEdits{!a.document().edits_enabled}); }},
    {change, "[  ]", "temperature of the head", 0, '[', false, false, false,
     [](A& a) { a.scale_temperature(selected_head(a), 1 / temperature_step); }, true},
    {change, "", "", 0, ']', false, false, false,
     [](A& a) { a.scale_temperature(selected_head(a), temperature_step); }, true},
    {change, "{  }", "temperature of the layer", 0, '{', false, false, false,
     [](A& a) { a.scale_temperature(selected_layer(a), 1 / temperature_step); }, true},
    {change, "", "", 0, '}', false, false, false,
     [](A& a) { a.scale_temperature(selected_layer(a), temperature_step); }, true},
    {change, "(  )", "temperature of all heads", 0, '(', false, false, false,
     [](A& a) { a.scale_temperature({}, 1 / temperature_step); }, true},
    {change, "", "", 0, ')', false, false, false,
     [](A& a) { a.scale_temperature({}, temperature_step); }, true},
    {change, ",  .", "temperature of the encoder, decoder, cross", 0, ',', false, false, false,
     [](A& a) { scale_part(a, 1 / temperature_step); }, true},
    {change, "", "", 0, '.', false, false, false, [](A& a) { scale_part(a, temperature_step); },
     true},
    {change, "M", "mask: the model's, none, causal, window", 0, 'm', false, false, false,
     cycle_mask},
    {change, "<  >", "width of the window", 0, '<', false, false, false,
     [](A& a) { step_window(a, -1); }, true},
    {change, "", "", 0, '>', false, false, false, [](A& a) { step_window(a, 1); }, true},
    {change, "S", "silence the head", 0, 's', false, false, false, toggle_selected_head},
    {change, "Shift+S", "silence the layer", 0, 'S', false, false, false,
     [](A& a) { toggle_ablation(a, selected_layer(a), AblationTarget::zero); }},
    {change, "Shift+M", "the head says its mean", 0, 'M', false, false, false,
     [](A& a) { toggle_ablation(a, selected_head(a), AblationTarget::mean); }},
    {change, "P", "paint: cells, erase, row, column", 0, 'p', false, false, false,
     [](A& a) { cycle(a.view().paint, 5); }},
    {change, "O", "paint on the head, the layer, all", 0, 'o', false, false, false,
     [](A& a) { cycle(a.view().paint_scope, 3); }},
    {change, "X", "hide the chosen token as a key", 0, 'x', false, false, false,
     [](A& a) { toggle_hidden_token(a, &BlockEdit::key); }},
    {change, "Shift+X", "hide it as a query", 0, 'X', false, false, false,
     [](A& a) { toggle_hidden_token(a, &BlockEdit::query); }},
    {change, "V", "edits on the picture only", 0, 'v', false, false, false,
     [](A& a) { a.issue(SetPictureOnly{!a.document().picture_only}); }},
    {change, "R", "take all edits away", 0, 'r', false, false, false,
     [](A& a) { a.issue(SetEdits{}); }},

    {window, "Ctrl+O", "choose a model", 0, 'o', true, false, true,
     [](A& a) { a.model_menu_wanted = true; }},
    {window, "Ctrl+S", "save the session", 0, 's', true, false, true,
     [](A& a) { a.save_session_again(); }},
    {window, "Ctrl+Shift+S", "save as…, or the edits", 0, 's', true, true, true,
     [](A& a) { a.open_session_dialog(SessionDialog::Task::save); }},
    {window, "Ctrl+Shift+O", "open a session or edits", 0, 'o', true, true, true,
     [](A& a) { a.open_session_dialog(SessionDialog::Task::open); }},
    {window, "Ctrl+E", "export", 0, 'e', true, false, true, [](A& a) { a.export_wanted = true; }},
    {window, "Ctrl+Shift+C", "copy the matrix", 0, 'c', true, true, true,
     [](A& a) { a.copy_wanted = Application::Copy::matrix; }},
    {window, "Ctrl+Shift+P", "copy the picture", 0, 'p', true, true, true,
     [](A& a) { a.copy_wanted = Application::Copy::picture; }},
    {window, "Ctrl+D", "dark or light", 0, 'd', true, false, true,
     [](A& a) { a.view().dark = !a.view().dark; }},
    {window, "Ctrl+Plus", "larger", 0, '+', true, false, true,
     [](A& a) { scale_interface(a, scale_step); }, true},
    {window, "", "", 0, '+', true, true, true, [](A& a) { scale_interface(a, scale_step); }, true},
    {window, "", "", 0, '=', true, false, true, [](A& a) { scale_interface(a, scale_step); }, true},
    {window, "", "", 0, '=', true, true, true, [](A& a) { scale_interface(a, scale_step); }, true},
    {window, "Ctrl+Minus", "smaller", 0, '-', true, false, true,
     [](A& a) { scale_interface(a, 1 / scale_step); }, true},
    {window, "Ctrl+0", "as the display has it", 0, '0', true, false, true,
     [](A& a) { a.view().interface_scale = 1; }},
    {window, "W", "fold the left column, or open it", 0, 'w', false, false, false,
     [](A& a) { turn(a.view().left_fold, a.view().left_is_folded); }},
    {window, "Shift+W", "the right one", 0, 'W', false, false, false,
     [](A& a) { turn(a.view().right_fold, a.view().right_is_folded); }},
    {window, "Ctrl+1 … Ctrl+9", "fold a panel, or open it", 0, '1', true, false, true,
     [](A& a) { fold_panel(a, 1); }},
    {window, "", "", 0, '2', true, false, true, [](A& a) { fold_panel(a, 2); }},
    {window, "", "", 0, '3', true, false, true, [](A& a) { fold_panel(a, 3); }},
    {window, "", "", 0, '4', true, false, true, [](A& a) { fold_panel(a, 4); }},
    {window, "", "", 0, '5', true, false, true, [](A& a) { fold_panel(a, 5); }},
    {window, "", "", 0, '6', true, false, true, [](A& a) { fold_panel(a, 6); }},
    {window, "", "", 0, '7', true, false, true, [](A& a) { fold_panel(a, 7); }},
    {window, "", "", 0, '8', true, false, true, [](A& a) { fold_panel(a, 8); }},
    {window, "", "", 0, '9', true, false, true, [](A& a) { fold_panel(a, 9); }},
    {window, "F1", "these keys", GLFW_KEY_F1, 0, false, false, true,
     [](A& a) { a.view().show_keys = !a.view().show_keys; }},
};

/// A digit shows the view of that place in the list.
template <size_t place>
void see(A& a) {
    if (place < views().size()) a.view().middle = views()[place].name;
}
constexpr std::array<void (*)(A&), 6> see_views = {see<0>, see<1>, see<2>, see<3>, see<4>, see<5>};
constexpr const char* view_keys[see_views.size()] = {"1", "2", "3", "4", "5", "6"};

/// In front of the other keys for looking.
std::vector<Shortcut> with_views() {
    std::vector<Shortcut> all(std::begin(fixed), std::end(fixed));
    const auto first =
        std::find_if(all.begin(), all.end(), [](const Shortcut& key) { return key.group == look; });
    std::vector<Shortcut> of_views;
    for (size_t i = 0; i < std::min(views().size(), see_views.size()); ++i)
        of_views.push_back({look, view_keys[i], views()[i].label, 0, static_cast<char32_t>('1' + i),
                            false, false, false, see_views[i]});
    all.insert(first, of_views.begin(), of_views.end());
    return all;
}

bool matches(const Shortcut& shortcut, const KeyPress& press) {
    if (press.repeat && !shortcut.repeats) return false;
    if (press.alt || shortcut.control != press.control) return false;
    if (shortcut.key != 0) return shortcut.key == press.key && shortcut.shift == press.shift;
    if (shortcut.character != press.character) return false;
    // A typed character says itself whether Shift went into it.
    return shortcut.control ? shortcut.shift == press.shift : press.key == 0;
}

}  // namespace

std::string_view group_name(KeyGroup group) {
    switch (group) {
        case KeyGroup::sentence:
            return "Sentence";
        case KeyGroup::look:
            return "Look";
        case KeyGroup::find:
            return "Find";
        case KeyGroup::change:
            return "Change";
        case KeyGroup::window:
            return "Window";
    }
    return "";
}

std::span<const Shortcut> shortcuts() {
    static const std::vector<Shortcut> all = with_views();
    return all;
}

namespace {

const Shortcut* while_typing(const KeyPress& press) {
    for (const Shortcut& shortcut : shortcuts())
        if (shortcut.while_typing && matches(shortcut, press)) return &shortcut;
    return nullptr;
}

bool is_function_key(int key) {
    return key >= GLFW_KEY_F1 && key <= GLFW_KEY_F25;
}

}  // namespace

bool is_windows_own(const KeyPress& press) {
    const Shortcut* const shortcut = while_typing(press);
    if (!shortcut) return false;
    if (shortcut->key != 0) return is_function_key(shortcut->key);
    const bool undoes = shortcut->character == 'z' || shortcut->character == 'y';
    return shortcut->control && !undoes;
}

bool leaves_menus_open(const KeyPress& press) {
    const Shortcut* const shortcut = while_typing(press);
    return shortcut && shortcut->group == KeyGroup::window && shortcut->control &&
           (shortcut->character == 'd' || shortcut->character == '+' ||
            shortcut->character == '=' || shortcut->character == '-' || shortcut->character == '0');
}

bool run_shortcut(Application& application, const KeyPress& press, bool typing) {
    for (const Shortcut& shortcut : shortcuts())
        if ((!typing || shortcut.while_typing) && matches(shortcut, press)) {
            shortcut.run(application);
            return true;
        }
    return false;
}

}  // namespace fovea::app
