// One frame of the window, and the characters that it needs.
#include <utility>

#include "app/panels/explanation.h"
#include "app/shell/application.h"
#include "app/shell/layout.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"

namespace fovea::app {

Frame Application::make_frame(float scale, double now) {
    Frame frame{{.theme = view_.dark ? dark_theme : light_theme,
                 .fonts = fonts_->fonts(),
                 .scale = scale,
                 .now = now,
                 .draw_again = [this] { wants_frame_ = true; },
                 .cache = cache_},
                document(),
                view_,
                hovered_,
                *textures_,
                jobs_};
    frame.reading = reading_;
    if (document().against && !other_.stale()) frame.against = other_.reading();
    frame.part = part();
    if (reading_) {
        frame.trace = &reading_->shown(document().edits_enabled, part());
        frame.original = &reading_->original->of(part());
    }
    frame.stale = stale();
    frame.error = error();
    frame.model = shown_model();
    frame.sentence_is_empty = empty_;
    frame.compares = view_by_name(view_.middle).compares;
    frame.issue = [this](const Command& command) { issue(command); };
    frame.end_gesture = [this] { history_.end_gesture(); };
    frame.undo = [this] { undo(); };
    frame.redo = [this] { redo(); };
    frame.turn_against = [this] { turn_against(); };
    frame.swap_subjects = [this] { swap_subjects(); };
    frame.write = [this](bool on) { write_next(on); };
    frame.stop_writing = [this] { stop_writing(); };
    frame.writing = writing();
    frame.arrows = focused_prompt() ? std::nullopt : std::optional(arrows);
    frame.changes = &changes_;
    return frame;
}

const Explanation& Application::explanation() const {
    return cache_->of<Explanation>();
}

/// The characters of an explanation, once.
void Application::need_explanation() {
    const auto& findings = cache_->of<Explanation>().findings;
    if (!findings || spelled_findings_.lock() == findings) return;
    spelled_findings_ = findings;
    for_each_text(*findings, [this](const std::string& text) { fonts_->need(text); });
}

/// The same of a sentence and what is said of it.
void Application::need_reading(const std::shared_ptr<const Reading>& reading,
                               std::weak_ptr<const Reading>& spelled) {
    if (!reading || spelled.lock() == reading) return;
    spelled = reading;
    for (const auto* labels : {&reading->labels, &reading->target_labels})
        for (const std::string& label : *labels)
            fonts_->need(label);
    fonts_->need(reading->target_text);
    for (const auto* rows :
         {&reading->predictions, &reading->fallen, &reading->watched, &reading->found})
        for (const PredictionChange& change : *rows)
            fonts_->need(change.piece);
    fonts_->need(reading->warning);
}

bool Application::prepare_fonts(float display_scale) {
    // Long texts are gone through when they are new, not in every frame.
    if (const auto revision = history_.revision(); spelled_revision_ != revision) {
        spelled_revision_ = revision;
        fonts_->need(document().text);
        for (const auto* text : {&document().pair, &document().target, &document().against})
            if (*text) fonts_->need(**text);
    }
    need_reading(reading_, spelled_reading_);
    need_reading(other_.reading(), spelled_other_);
    fonts_->need(other_.error());
    fonts_->need(view_.search.words);
    fonts_->need(view_.lookup.words);
    fonts_->need(error());
    fonts_->need(notice_);
    fonts_->need(session_dialog.path);
    for (const std::string& row : session_dialog.shown_rows())
        fonts_->need(row);
    need_explanation();
    if (model_) fonts_->need(model_->name);
    const bool built = fonts_->prepare(display_scale * view_.interface_scale);
    if (auto error = fonts_->take_error()) {
        notice_ = *std::move(error);
        wants_frame_ = true;
    }
    return built;
}

void Application::draw(float display_scale, double now) {
    now_ = now;
    wants_frame_ = false;
    hovered_ = view_.hover;
    view_.hover = {};
    const bool dark_before = view_.dark;
    if (std::exchange(menus_unwanted_, false)) widgets::close_menus();
    if (std::exchange(entries_unwanted, false)) widgets::leave_entries();
    if (const Model* model = shown_model()) {
        if (last_part_) turn_to_part(view_, *model, *last_part_);
        last_part_ = part();
    }
    const Part part_before = view_.part;
    Frame frame = make_frame(display_scale * view_.interface_scale, now);
    draw_window(*this, frame);
    view_.head_sought = false;
    if (hover_moved() || dark_before != view_.dark || part_before != view_.part)
        wants_frame_ = true;
    if (wants_other_predictions()) submit();
}

}  // namespace fovea::app
