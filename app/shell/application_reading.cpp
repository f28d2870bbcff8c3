// What the application asks of the worker, and what comes back.
#include <utility>

#include "app/panels/explanation.h"
#include "app/shell/application.h"
#include "app/shell/followed_tokens.h"
#include "engine/session/preview.h"

namespace fovea::app {
namespace {

bool same(const ReadingRequest& a, const ReadingRequest& b) {
    return same_sentences(a, b) && a.edits == b.edits && a.picture_only == b.picture_only &&
           a.prediction_position == b.prediction_position && a.watched == b.watched &&
           a.lookup == b.lookup && a.write == b.write;
}

}  // namespace

bool Application::poll() {
    bool news = loader_.poll();
    // Their bars, and what became of them.
    for (const Lane lane : {Lane::analysis, Lane::exporting, Lane::downloading, Lane::searching})
        news = jobs_.take_news(lane) || news;
    news = take_answer(cache_->of<Explanation>()) || news;
    if (auto outcome = loader_.take()) {
        news = true;
        asked_model_.clear();
        if (outcome->model) {
            error_.clear();
            opening_error_.clear();
            const auto before = std::exchange(model_, std::move(outcome->model));
            model_name_ = outcome->asked;
            if (document().model == outcome->asked)
                drop_foreign_edits();
            else
                change_model(before);
            if (waiting_session_) {
                take_session(*std::exchange(waiting_session_, std::nullopt));
                drop_foreign_edits();
            }
            if (document().pair && !model_->takes_pairs()) note(takes_no_pair(*model_));
            submit();
        } else {
            stop_writing();
            waiting_session_.reset();
            opening_error_ = std::move(outcome->error);
            asked_model_ = outcome->asked;  // not again until something else was asked for
        }
    }
    take_preview();
    if (auto saved = save_.take()) {
        news = true;
        if (*saved)
            take_saved(**std::move(saved));
        else
            session_dialog.message = opening_error_ = saved->message();
    }
    if (auto listing = listing_.take()) {
        news = true;
        if (*listing)
            session_dialog.listing = **std::move(listing);
        else
            session_dialog.message = listing->message();
    }
    if (auto chosen = drop_.take()) {
        news = true;
        if (*chosen)
            open_dropped(**std::move(chosen));
        else
            opening_error_ = chosen->message();
    }
    if (saver_)
        if (auto error = saver_->take_error()) {
            news = true;
            notice_ = not_remembered(*error);
            saved_.clear();
        }
    if (fonts_ && fonts_->has_news()) news = true;
    if (textures_ && textures_->take_news()) wants_frame_ = true;
    if (textures_)
        if (auto error = textures_->take_error()) {
            news = true;
            notice_ = *std::move(error);
        }
    if (const auto layers = layers_read(); layers != layers_shown_) {
        layers_shown_ = layers;
        news = true;
    }
    while (auto report = worker_.take()) {
        news = true;
        if (!submitted_ || report->revision != submitted_->revision) {
            if (report->reading) show(standing_ = std::move(report->reading));
        } else if (report->reading) {
            error_.clear();
            if (follow_written_target(*report->reading)) continue;
            show(standing_ = std::move(report->reading));
            note_edits_beyond(*reading_);
            take_continuation(*reading_);
        } else {
            stop_writing();
            take_failure(report->revision, std::move(report->error));
        }
    }
    if (other_.poll()) {
        news = true;
        forget_old_answers();
    }
    submit_other();
    return news;
}

/// The last picture stays beside an error, unless it would stand under another model's name.
void Application::take_failure(std::uint64_t revision, std::string error) {
    empty_at_ = revision;
    empty_ = error == empty_sentence_message;
    if (empty_ || (reading_ && reading_->request.model != model_)) {
        reading_.reset();
        standing_.reset();
        forget_old_answers();
    }
    error_ = empty_ ? std::string() : std::move(error);
    view_.hover = {};
}

/// The model has written another target: what is painted there follows its tokens, and is read
/// again. Part of the step that changed the source.
bool Application::follow_written_target(const Reading& reading) {
    auto moved = written_blocks_.follow(document().edits.blocks, reading);
    if (!moved) return false;
    Edits edits = document().edits;
    edits.blocks = *std::move(moved);
    history_.amend(SetEdits{std::move(edits)});
    note_change();
    return true;
}

void Application::show(std::shared_ptr<const Reading> reading) {
    empty_ = false;
    // In both directions, undo included: what stood in view is the other one now.
    const auto& against = document().against;
    const bool swapped = reading_ && against && reading_->request.text == *against &&
                         reading->request.text == document().text;
    if (reading_) follow_tokens(*reading_, *reading, part(), view_, swapped);
    reading_ = std::move(reading);
    forget_old_answers();
    clamp_view();
}

/// An answer about a reading may hold it, with all its memory.
void Application::forget_old_answers() {
    std::vector<std::weak_ptr<const void>> alive;
    for (const auto& reading : {reading_, standing_, other_.reading()})
        if (reading) alive.insert(alive.end(), {reading, reading->original, reading->edited});
    jobs_.keep_only(alive);
}

void Application::clamp_view() {
    keep_heads_inside(view_, *reading_->request.model->model);
    if (view_.selected_query && *view_.selected_query >= map_extent().queries)
        view_.selected_query.reset();
    if (view_.pinned &&
        (view_.pinned->query >= map_extent().queries || view_.pinned->key >= map_extent().keys))
        view_.pinned.reset();
    view_.hover = {};
}

/// What a document asks to be read.
ReadingRequest Application::wanted(const Document& document) const {
    ReadingRequest request;
    request.model = model_;
    request.text = document.text;
    // A field that was opened and holds nothing yet changes nothing.
    if (document.pair && !document.pair->empty() && model_ && model_->takes_pairs())
        request.pair = document.pair;
    request.special_tokens = document.special_tokens;
    if (has_target()) request.target = document.target;
    return request;
}

void Application::submit() {
    if (!model_) return;
    ReadingRequest request = wanted(document());
    request.revision = (submitted_ ? submitted_->revision : 0) + 1;
    request.edits = document().edits;
    request.picture_only = document().picture_only;
    request.prediction_position = wanted_prediction();
    request.prediction_count = most_predictions;
    request.watched = wanted_pins();
    request.lookup = wanted_lookup();
    go_on_writing();
    if (writing())
        request.write = document().edits_enabled ? ReadingRequest::Write::edited
                                                 : ReadingRequest::Write::unedited;
    if (submitted_ && same(*submitted_, request)) return submit_other();
    submitted_ = request;
    // Swapped, or swapped back: it is read already.
    const auto& other = other_.reading();
    worker_.submit(std::move(request),
                   other && same_sentences(other->request, *submitted_) ? other : nullptr);
    submit_other();
    ask_for_preview();
}

/// The sentence in view comes first: the other one is read when nothing waits for it, or where
/// there is nothing to compute.
void Application::submit_other() {
    if (!document().against) return other_.close();
    if (!model_) return;
    const ReadingRequest request = wanted_other();
    if (other_.wants(request)) return;
    const bool is_read = standing_ && same_sentences(standing_->request, request);
    if (is_read || !computing()) other_.want(request, is_read ? standing_ : nullptr);
}

/// As the model is: the edits act on the sentence in view.
ReadingRequest Application::wanted_other() const {
    Document document = this->document();
    document.text = document.against.value_or("");
    ReadingRequest request = wanted(document);
    request.prediction_count = 1;
    request.watched = wanted_pins();
    return request;
}

/// While the pass is run, the head in view shows its own new map at once: of a long sentence a
/// dragged temperature would else be seen seconds later.
void Application::ask_for_preview() {
    constexpr double long_milliseconds = 50;
    constexpr size_t many_tokens = 256;
    preview_.cancel();
    preview_ = {};
    if (!standing_ || !stale()) return;
    if (standing_->forward_ms < long_milliseconds && standing_->tokens.size() < many_tokens) return;
    const ReadingRequest& now = *submitted_;
    const ReadingRequest& then = standing_->request;
    if (!same_sentences(now, then) || now.picture_only || now.edits == then.edits) return;
    const PreviewedHead head{part(), view_.selected.layer, view_.selected.head};
    preview_ = jobs_.submit(
        {.lane = Lane::visible, .tag = "preview", .doing = "a preview of the head in view"},
        [standing = standing_, edits = now.edits, head](const JobContext& context) {
            return Preview{standing, preview_head(*standing, edits, head, context.cancel)};
        });
}

void Application::take_preview() {
    auto taken = preview_.take();
    if (!taken) return;
    if (!*taken) {
        notice_ = taken->message();
        wants_frame_ = true;
        return;
    }
    Preview preview = **std::move(taken);
    if (!preview.reading || preview.standing != standing_ || !stale()) return;
    if (preview.reading->request.edits != submitted_->edits) return;
    wants_frame_ = true;
    show(std::move(preview.reading));
}

bool Application::settled() const {
    if (loader_.loading() || drop_.busy() || save_.busy()) return false;
    if (fonts_ && fonts_->waiting()) return false;
    if (!error_.empty() || (!opening_error_.empty() && !model_)) return true;
    if (empty_) return submitted_ && empty_at_ == submitted_->revision;
    if (textures_ && !textures_->settled()) return false;
    if (document().against && (!other_.wants(wanted_other()) || other_.stale())) return false;
    if (shows_explanation(view_) && reading_ && !cache_->of<Explanation>().is_about(reading_))
        return false;
    return submitted_ && reading_ && reading_->request.revision == submitted_->revision;
}

std::optional<CancelToken::Steps> Application::layers_read() const {
    constexpr double long_seconds = 0.7;
    const auto running = worker_.running();
    if (!running || running->seconds < long_seconds || running->layers.all == 0)
        return std::nullopt;
    return running->layers;
}

bool Application::stale() const {
    return submitted_ && reading_ && reading_->request.revision != submitted_->revision;
}

}  // namespace fovea::app
