// What comes in from outside: models, sessions and edits that were dropped on the window or asked
// for, and what becomes of the edits when the model is another one.

#include <limits>
#include <utility>
#include <variant>

#include "app/shell/application.h"
#include "app/shell/dropped_path.h"
#include "engine/edit/temperatures.h"
#include "engine/session/moved_tokens.h"

namespace fovea::app {
namespace {

/// `edits` less those that name a layer, a head or a part that the model does not have. Which token
/// they name is for each sentence to say.
Edits edits_of_model(const Edits& edits, const Model& model) {
    constexpr Index any_length = std::numeric_limits<Index>::max();
    return clip_edits(edits, model.edit_limits(any_length, any_length));
}

}  // namespace

void Application::drop(const std::vector<std::filesystem::path>& paths) {
    if (paths.empty()) return;
    wants_frame_ = true;
    opening_error_.clear();
    drop_ = jobs_.submit({.lane = Lane::disk, .tag = "drop", .doing = "what was dropped"},
                         [paths] { return choose_dropped(paths); });
}

void Application::open_dropped(DropChoice chosen) {
    wants_frame_ = true;
    if (const auto* model = std::get_if<DroppedModel>(&chosen.what)) {
        choose_model(model->path);
    } else if (auto* session = std::get_if<Session>(&chosen.what)) {
        session_file_ = chosen.path;
        remember(chosen.path);
        open_session(std::move(*session));
    } else {
        remember(chosen.path);
        open_edits(std::get<Edits>(std::move(chosen.what)), chosen.path.string());
    }
    // Last: opening clears what was said before.
    if (!chosen.left_out.empty()) notice_ = std::move(chosen.left_out);
}

void Application::open_session(Session session) {
    if (session.document.model.empty() || session.document.model == model_name_) {
        take_session(std::move(session));
        return;
    }
    // The picture, the sentence and the edits stay until its model is there.
    choose_model(session.document.model);
    waiting_session_ = std::move(session);
}

void Application::take_session(Session session) {
    history_.end_gesture();
    const Document& wanted = session.document;
    for (const Command& command :
         {Command(SetText{wanted.text}), Command(SetPair{wanted.pair}),
          Command(SetSpecialTokens{wanted.special_tokens}), Command(SetTarget{wanted.target}),
          Command(SetAgainst{wanted.against}), Command(SetEdits{wanted.edits}),
          Command(SetPictureOnly{wanted.picture_only}), Command(EnableEdits{wanted.edits_enabled})})
        history_.issue(command, now_);
    const auto set_before = document().analysis_parameters;
    for (const auto& [name, value] : set_before)
        if (!wanted.analysis_parameters.contains(name))
            history_.issue(SetAnalysisParameter{name, ""}, now_);
    for (const auto& [name, value] : wanted.analysis_parameters)
        history_.issue(SetAnalysisParameter{name, value}, now_);
    history_.end_gesture();
    edits_from_file_ = true;
    // What belongs to this desk rather than to the session stays.
    ViewState view = std::move(session.view);
    view.dark = view_.dark;
    view.interface_scale = view_.interface_scale;
    view.window_width = view_.window_width;
    view.window_height = view_.window_height;
    view.known_default = view_.known_default;
    view.show_keys = false;
    view.hover = {};
    view_ = std::move(view);
    if (reading_) clamp_view();
    note_change();
}

void Application::open_edits(Edits edits, const std::string& file) {
    if (!model_) {
        opening_error_ = fmt::format("{}: edits need a model: open one first", file);
        return;
    }
    if (edits_of_model(edits, *model_->model) != edits) {
        opening_error_ =
            fmt::format("{}: names layers or heads that {} does not have ({} layers, {} heads)",
                        file, model_->name, model_->model->layers(), model_->model->heads());
        return;
    }
    if (const Status warm = check_temperatures(edits.temperatures, model_->model->edit_limits(0));
        !warm) {
        opening_error_ = fmt::format("{}: {}", file, warm.message());
        return;
    }
    history_.end_gesture();
    edits_from_file_ = true;
    issue(SetEdits{std::move(edits)});
    history_.end_gesture();
}

/// They stay, and act as soon as the sentence is long enough.
void Application::note_edits_beyond(const Reading& reading) {
    if (!std::exchange(edits_from_file_, false)) return;
    const Edits& all = reading.request.edits;
    const auto limits =
        reading.request.model->model->edit_limits(static_cast<Index>(reading.tokens.size()),
                                                  static_cast<Index>(reading.target_tokens.size()));
    const Index beyond = all.count() - clip_edits(all, limits).count();
    if (beyond == 0) return;
    note(beyond == 1 ? "1 of the edits names a token beyond the end of the sentence; it is left out"
                     : fmt::format("{} of the edits name tokens beyond the end of the sentence; "
                                   "they are left out",
                                   beyond));
}

void Application::drop_foreign_edits() {
    const Edits& all = document().edits;
    Edits kept = edits_of_model(all, *model_->model);
    if (kept == all) return;
    const Index dropped = all.count() - kept.count();
    history_.issue(SetEdits{std::move(kept)}, now_);
    history_.end_gesture();
    note_dropped(dropped, "layers, heads or parts");
}

void Application::note_dropped(Index count, std::string_view named) {
    if (count == 0) return;  // a temperature of one: nothing that a person would miss
    note(
        fmt::format("{} of the edits named {} that {} does not have; {} taken away, undo brings "
                    "{} back",
                    count, named, model_->name, count == 1 ? "it was" : "they were",
                    count == 1 ? "it" : "them"));
}

/// Which of the model's tokens each of the one before is; none where one cannot tokenise the
/// sentence, or reads two, of which a painted block does not say which it names.
TokenMoves Application::moves_from(const std::shared_ptr<const LoadedModel>& before,
                                   const Document& after) const {
    if (!before || before->model->encoder() || model_->model->encoder()) return {};
    const ReadingRequest is = wanted(after);
    ReadingRequest was = is;
    was.model = before;
    const auto old_tokens = sentence_tokens(was), new_tokens = sentence_tokens(is);
    if (!old_tokens || !new_tokens) return {};
    return tokens_of_same_text({joined_text(was), in_joined_text(old_tokens->tokens, was)},
                               {joined_text(is), in_joined_text(new_tokens->tokens, is)});
}

/// The model at hand takes the place of the document's, in one step: undo brings all back. Painted
/// tokens are looked for among its own.
void Application::change_model(const std::shared_ptr<const LoadedModel>& before) {
    SetModel change{model_name_};
    Document after = document();
    apply(after, change);
    Edits kept = edits_of_model(after.edits, *model_->model);
    if (!kept.blocks.empty()) {
        const TokenMoves moves = moves_from(before, after);
        kept.blocks = moved_blocks(kept.blocks, {.source = &moves});
    }
    const Index dropped = document().edits.count() - kept.count();
    change.edits = std::move(kept);
    history_.end_gesture();
    history_.issue(change, now_);
    history_.end_gesture();
    note_dropped(dropped, "layers, heads, parts or tokens");
}

}  // namespace fovea::app
