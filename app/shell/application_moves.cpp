// What keys do that move over heads, tokens and entries.
#include <algorithm>
#include <cmath>

#include "app/shell/application.h"
#include "engine/edit/temperatures.h"

namespace fovea::app {

void Application::look_at(Part wanted) {
    const Model* model = shown_model();
    if (!model || !model->encoder()) return;
    view_.part = wanted;
    wants_frame_ = true;
}

void Application::select_head(Index layer_step, Index head_step) {
    if (!reading_) return;
    view_.selected.layer += layer_step;
    view_.selected.head += head_step;
    view_.head_sought = true;
    keep_heads_inside(view_, *reading_->request.model->model);
}

void Application::select_token(Index step) {
    if (!reading_ || map_extent().queries == 0) return;
    const Index last = map_extent().queries - 1;
    const Index now = view_.selected_query.value_or(step > 0 ? -1 : last + 1);
    view_.selected_query = std::clamp<Index>(now + step, 0, last);
    reveal(view_, map_extent(), view_.selected_query, std::nullopt);
}

void Application::open_search(ViewState::Search::Entry entry) {
    if (!reading_) return;
    for (Prompt* field : {&prompt_, &pair_prompt_, &target_prompt_})
        field->focus(false);
    view_.search.entry = entry;
    view_.search.wants_keyboard = true;
    wants_frame_ = true;
}

bool Application::keys_move() const {
    if (entries_unwanted || model_menu_wanted || export_wanted || session_dialog.wanted)
        return true;
    if (model_menu.wants_keyboard && !model_menu.terms_of) return true;
    const auto& search = view_.search;
    const bool finds = search.entry != ViewState::Search::Entry::closed && search.wants_keyboard;
    return reading_ && (finds || (view_.lookup.open && view_.lookup.wants_keyboard));
}

void Application::find_next(int step) {
    if (!reading_) return;
    if (view_.search.words.empty()) return open_search(ViewState::Search::Entry::words);
    view_.search.entry = ViewState::Search::Entry::words;
    view_.search.step += step;
    wants_frame_ = true;
}

void Application::scale_temperature(const Scope& scope, float factor) {
    const float before = temperature_of(document().edits.temperatures, scope);
    float value = std::clamp(before * factor, coldest_set, hottest_set);
    if (std::abs(value - 1) < 0.02f) value = 1;
    issue(SetTemperature{scope, value});
    history_.end_gesture();
}

void Application::write_pair() {
    if (!model_) return;
    if (!model_->takes_pairs()) {
        notice_.clear();
        return note(takes_no_pair(*model_));
    }
    if (!document().pair) issue(SetPair{""});
    history_.end_gesture();
    prompt_.focus(false);
    target_prompt_.focus(false);
    pair_prompt_.focus(true);
    pair_prompt_.select_all();
}

}  // namespace fovea::app
