// What keys do that move over heads, tokens and entries.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/shell/application.h"
#include "engine/edit/temperatures.h"
#include "engine/session/aligned_tokens.h"
#include "engine/session/moved_tokens.h"

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
    type_into(nullptr);
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
    type_into(&pair_prompt_);
    pair_prompt_.follow(*document().pair);
    pair_prompt_.select_all();
}

void Application::turn_against() {
    history_.end_gesture();
    if (document().against) {
        issue(SetAgainst{});
        if (against_prompt_.focused()) type_into(&prompt_);
        return;
    }
    // Two sentences that differ in a word are what is compared most often.
    issue(SetAgainst{document().text});
    history_.end_gesture();
    entries_unwanted = true;
    type_into(&against_prompt_);
    against_prompt_.follow(*document().against);
    against_prompt_.select_all();
}

/// Which token of the other sentence each of the first is; none where one cannot be tokenised.
TokenMoves Application::moves_to_other() const {
    const auto a = sentence_tokens(wanted(document())), b = sentence_tokens(wanted_other());
    return a && b ? equal_tokens(a->tokens, b->tokens) : TokenMoves();
}

void Application::swap_subjects() {
    if (!document().against) return;
    history_.end_gesture();
    const std::vector<BlockEdit> painted = document().edits.blocks;
    SwapSubjects swap;
    if (!painted.empty() || !written_blocks_.is_idle()) {
        const TokenMoves moves = moves_to_other();
        const SentenceMoves both{.source = &moves, .encoder_decoder = has_target()};
        swap.blocks = moved_blocks(painted, both);
        written_blocks_.follow_source(painted, *swap.blocks, [&](const auto& blocks) {
            return std::optional(moved_blocks(blocks, both));
        });
    }
    issue(swap);
    history_.end_gesture();
    const size_t kept = document().edits.blocks.size();
    if (kept >= painted.size()) return;
    const size_t lost = painted.size() - kept;
    note(
        fmt::format("{} of what was painted {} a token that this sentence does not have; undo "
                    "brings {} back",
                    lost, lost == 1 ? "names" : "name", lost == 1 ? "it" : "them"));
}

}  // namespace fovea::app
