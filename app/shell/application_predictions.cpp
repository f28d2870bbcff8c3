// What is wanted of the vocabulary beside the reading, and the model that writes.

#include <algorithm>

#include "app/shell/application.h"
#include "app/state/pins.h"

namespace fovea::app {

/// Predictions follow the chosen token, where it is one of those that are predicted from.
std::optional<Index> Application::wanted_prediction() const {
    return part() == Part::encoder ? std::nullopt : view_.selected_query;
}

std::vector<std::int32_t> Application::wanted_pins() const {
    if (!model_ || view_.pinned_tokens.empty()) return {};
    return pinned_ids(*model_, view_.pinned_tokens);
}

const std::string& Application::wanted_lookup() const {
    static const std::string nothing;
    return view_.lookup.open ? view_.lookup.words : nothing;
}

/// Since the last request a token was chosen, pinned or looked up.
bool Application::wants_other_predictions() const {
    return submitted_ &&
           (submitted_->prediction_position != wanted_prediction() ||
            submitted_->watched != wanted_pins() || submitted_->lookup != wanted_lookup());
}

void Application::open_lookup() {
    if (!reading_ || !reading_->request.model->model->has_language_head()) return;
    type_into(nullptr);
    view_.lookup.open = true;
    view_.lookup.wants_keyboard = true;
    wants_frame_ = true;
}

void Application::write_next(bool on) {
    constexpr int most_at_once = 64;
    // A key that is held writes on from picture to picture, and stops where it is let go.
    if (key_repeats_ && (writing() || stale())) return;
    if (on && writing_.on) return stop_writing();
    if (!writing()) {
        writing_.text = document().text;
        writing_.pair = document().pair;
        writing_.target = document().target;
    }
    if (on)
        writing_.on = true;
    else
        writing_.tokens = std::min(writing_.tokens + 1, most_at_once);
    notice_.clear();
    // What follows the text is what is shown.
    if (model_ && model_->model->predicts_next() && part() != Part::encoder)
        view_.selected_query.reset();
    wants_frame_ = true;
    submit();
    // It may have been asked and stopped before.
    if (reading_ && submitted_ && reading_->request.revision == submitted_->revision)
        take_continuation(*reading_);
}

void Application::stop_writing() {
    if (!writing()) return;
    writing_ = {};
    wants_frame_ = true;
}

/// Whoever changed the text meanwhile has the word.
void Application::go_on_writing() {
    if (writing() && (document().text != writing_.text || document().pair != writing_.pair ||
                      document().target != writing_.target))
        stop_writing();
}

void Application::take_continuation(const Reading& reading) {
    if (!reading.continuation || !writing()) return;
    const Continuation& next = *reading.continuation;
    if (!next.remark.empty()) stop_writing();
    if (!next.ids.empty()) {
        if (writing_.tokens > 0) --writing_.tokens;
        history_.end_gesture();
        if (next.in_target) {
            writing_.target = next.text;
            issue(SetTarget{.target = next.text, .written = true});
        } else if (next.in_pair) {
            writing_.pair = next.text;
            issue(SetPair{.pair = next.text, .written = true});
        } else {
            writing_.text = next.text;
            issue(SetText{.text = next.text, .written = true});
        }
    }
    if (!next.remark.empty()) notice_ = next.remark;
}

}  // namespace fovea::app
