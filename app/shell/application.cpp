#include "app/shell/application.h"

#include <GLFW/glfw3.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/panels/export_dialog.h"
#include "app/render/widgets.h"
#include "app/shell/followed_tokens.h"
#include "app/shell/layout.h"
#include "app/shell/shortcuts.h"
#include "engine/session/preview.h"

namespace fovea::app {
namespace {

std::string default_model() {
    if (const auto entries = catalogue())
        for (const CatalogueEntry& entry : *entries)
            if (entry.is_default) return entry.name;
    return "";
}

bool same(const ReadingRequest& a, const ReadingRequest& b) {
    return a.model == b.model && a.text == b.text && a.pair == b.pair &&
           a.special_tokens == b.special_tokens && a.target == b.target && a.edits == b.edits &&
           a.picture_only == b.picture_only && a.prediction_position == b.prediction_position &&
           a.watched == b.watched && a.lookup == b.lookup && a.write == b.write;
}

}  // namespace

Application::Application(const WindowOptions& options, std::function<void()> wake)
    : wake_(std::move(wake)),
      loader_(wake_),
      file_errand_(wake_),
      drop_errand_(wake_),
      save_errand_(wake_),
      preview_errand_(wake_) {
    read_state(options);
    worker_ = std::make_unique<Worker>(wake_);
    prompt_.focus(true);
    sync_model();
}

Application::~Application() {
    preview_cancel_.cancel();
    end_exports();
}

void Application::read_state(const WindowOptions& options) {
    remembers_ = !options.screenshot;
    if (remembers_) saver_ = std::make_unique<StateSaver>(state_file());
    Session session;
    session.document.text = first_sentence;
    if (options.session) {
        session = *options.session;
    } else if (remembers_ && std::filesystem::exists(state_file())) {
        if (auto last = load_session(state_file()))
            session = *std::move(last);
        else
            notice_ = last.message();
    }
    if (options.model) session.document.model = *options.model;
    if (options.text) session.document.text = *options.text;
    if (options.pair) session.document.pair = *options.pair;
    if (options.no_special_tokens) session.document.special_tokens = false;
    if (options.edits) session.document.edits = *options.edits;
    if (session.document.model.empty()) session.document.model = default_model();
    if (options.light) session.view.dark = false;
    if (options.width > 0) session.view.window_width = options.width;
    if (options.height > 0) session.view.window_height = options.height;
    view_ = session.view;
    view_.hover = {};
    view_.show_keys = false;
    history_.reset(std::move(session.document));
}

Status Application::create_resources() {
    if (!fonts_) {
        FOVEA_TRY(fonts_, FontAtlas::create(wake_));
    }
    FOVEA_TRY(textures_, HeadTextures::create(wake_));
    return {};
}

void Application::release_resources() {
    textures_.reset();
}

void Application::forget_frame() {
    release_resources();
    fonts_.reset();
    view_.hover = {};
    notice_ = "There was not enough memory to draw the window: it was begun anew";
}

void Application::issue(const Command& command) {
    notice_.clear();
    const auto follow = [&](BlockFollower& follower, auto changed, std::optional<size_t> caret) {
        if (document().edits.blocks.empty() && follower.is_idle()) return Command(changed);
        ReadingRequest was = wanted(document());
        if (was.model && was.model->model->encoder()) was.target = target_text();
        Document after = document();
        apply(after, changed);
        changed.blocks =
            follower.follow(document().edits.blocks, was, wanted(after), caret, reading_.get());
        return Command(std::move(changed));
    };
    const auto* text = std::get_if<SetText>(&command);
    const auto* pair = std::get_if<SetPair>(&command);
    const auto* special = std::get_if<SetSpecialTokens>(&command);
    const auto* target = std::get_if<SetTarget>(&command);
    bool changed = false;
    if (text && !text->blocks)
        changed = history_.issue(follow(source_blocks_, *text, text->caret), now_);
    else if (pair && !pair->blocks)
        changed = history_.issue(
            follow(source_blocks_, *pair,
                   pair->caret ? std::optional(document().text.size() + 1 + *pair->caret)
                               : std::nullopt),
            now_);
    else if (special && !special->blocks)
        changed = history_.issue(follow(source_blocks_, *special, std::nullopt), now_);
    else if (target && target->target && !target->blocks)
        changed = history_.issue(follow(target_blocks_, *target, target->caret), now_);
    else
        changed = history_.issue(command, now_);
    if (changed) note_change();
}

void Application::undo() {
    notice_.clear();
    history_.end_gesture();
    if (history_.undo()) note_change();
}

void Application::redo() {
    notice_.clear();
    history_.end_gesture();
    if (history_.redo()) note_change();
}

void Application::note_change() {
    wants_frame_ = true;
    sync_model();
    submit();
}

void Application::choose_model(std::string folder_or_name) {
    waiting_session_.reset();
    notice_.clear();
    opening_error_.clear();
    asked_model_ = folder_or_name;
    loader_.load(std::move(folder_or_name));
    wants_frame_ = true;
}

/// Loads the document's model where it is not the one at hand (the start, undo, a session).
void Application::sync_model() {
    const std::string& wanted = document().model;
    if (wanted.empty() || wanted == model_name_ || wanted == asked_model_) return;
    choose_model(wanted);
}

bool Application::poll() {
    bool news = loader_.take_news();
    if (auto outcome = loader_.take()) {
        news = true;
        asked_model_.clear();
        if (outcome->model) {
            error_.clear();
            opening_error_.clear();
            model_ = std::move(outcome->model);
            model_name_ = outcome->asked;
            // The edits first, so that every step of undo is a document that can be read.
            drop_foreign_edits();
            history_.issue(SetModel{outcome->asked}, now_);
            history_.end_gesture();
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
    if (auto saved = save_errand_.take()) {
        news = true;
        take_saved(*std::move(saved));
    }
    if (auto chosen = drop_errand_.take()) {
        news = true;
        if (*chosen)
            open_dropped(*std::move(*chosen));
        else
            opening_error_ = chosen->message();
    }
    if (auto found = file_errand_.take()) {
        news = news || found->there != file_there_.there || found->file != file_there_.file;
        file_there_ = *std::move(found);
    }
    if (saver_)
        if (auto error = saver_->take_error()) {
            news = true;
            notice_ = *std::move(error);
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
    while (auto report = worker_->take()) {
        news = true;
        if (!submitted_ || report->revision != submitted_->revision) {
            if (report->reading) show(standing_ = std::move(report->reading));
        } else if (report->reading) {
            error_.clear();
            show(standing_ = std::move(report->reading));
            take_continuation(*reading_);
        } else {
            stop_writing();
            take_failure(report->revision, std::move(report->error));
        }
    }
    return news;
}

/// The last picture stays beside an error, unless it would stand under another model's name.
void Application::take_failure(std::uint64_t revision, std::string error) {
    empty_at_ = revision;
    empty_ = error == empty_sentence_message;
    if (empty_ || (reading_ && reading_->request.model != model_)) {
        reading_.reset();
        standing_.reset();
    }
    error_ = empty_ ? std::string() : std::move(error);
    view_.hover = {};
}

void Application::show(std::shared_ptr<const Reading> reading) {
    empty_ = false;
    if (reading_) follow_tokens(*reading_, *reading, part(), view_);
    reading_ = std::move(reading);
    clamp_view();
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
    if (submitted_ && same(*submitted_, request)) return;
    submitted_ = request;
    worker_->submit(std::move(request));
    ask_for_preview();
}

/// While the pass is run, the head in view shows its own new map at once: of a long sentence a
/// dragged temperature would else be seen seconds later.
void Application::ask_for_preview() {
    constexpr double long_milliseconds = 50;
    constexpr size_t many_tokens = 256;
    preview_cancel_.cancel();
    if (!standing_ || !stale()) return;
    if (standing_->forward_ms < long_milliseconds && standing_->tokens.size() < many_tokens) return;
    const ReadingRequest& now = *submitted_;
    const ReadingRequest& then = standing_->request;
    if (now.model != then.model || now.text != then.text || now.target != then.target ||
        now.picture_only || now.edits == then.edits)
        return;
    preview_cancel_ = CancelToken();
    const PreviewedHead head{part(), view_.selected.layer, view_.selected.head};
    preview_errand_.ask([standing = standing_, edits = now.edits, head, cancel = preview_cancel_] {
        // A newer one waits behind this one.
        if (cancel.cancelled()) return Preview{};
        return Preview{standing, preview_head(*standing, edits, head, cancel)};
    });
}

void Application::take_preview() {
    auto preview = preview_errand_.take();
    if (!preview || !preview->reading || preview->standing != standing_ || !stale()) return;
    if (preview->reading->request.edits != submitted_->edits) return;
    wants_frame_ = true;
    show(std::move(preview->reading));
}

bool Application::settled() const {
    if (loader_.loading() || drop_errand_.busy() || save_errand_.busy()) return false;
    if (fonts_ && fonts_->waiting()) return false;
    if (!error_.empty() || (!opening_error_.empty() && !model_)) return true;
    if (empty_) return submitted_ && empty_at_ == submitted_->revision;
    if (textures_ && !textures_->settled()) return false;
    return submitted_ && reading_ && reading_->request.revision == submitted_->revision;
}

std::optional<CancelToken::Steps> Application::layers_read() const {
    constexpr double long_seconds = 0.7;
    const auto running = worker_ ? worker_->running() : std::nullopt;
    if (!running || running->seconds < long_seconds || running->layers.all == 0)
        return std::nullopt;
    return running->layers;
}

bool Application::stale() const {
    return submitted_ && reading_ && reading_->request.revision != submitted_->revision;
}

void Application::note(const std::string& sentence) {
    if (!notice_.empty()) notice_ += "; ";
    notice_ += sentence;
    wants_frame_ = true;
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

void Application::dismiss_error() {
    error_.clear();
    opening_error_.clear();
    notice_.clear();
}

void Application::save_state() {
    if (!remembers_) return;
    const Session session{document(), view_};
    std::string text = session_to_json(session);
    if (text == saved_) return;
    saved_ = text;
    saver_->save(std::move(text));
}

void Application::save_state_now() {
    save_state();
    if (saver_) saver_->finish();
}

/// Of the file that a frame asks for: what is known of it, and a look at the disk every second.
bool Application::is_there(const std::filesystem::path& file) {
    constexpr double fresh_seconds = 1;
    const bool known = file_there_.file == file;
    if (!file_errand_.busy() && (!known || now_ - file_there_.asked_at > fresh_seconds))
        file_errand_.ask([file, now = now_] {
            std::error_code ignored;
            return FileThere{file, std::filesystem::exists(file, ignored), now};
        });
    return known && file_there_.there;
}

void Application::press(const KeyPress& press) {
    wants_frame_ = true;
    key_repeats_ = press.repeat;
    if (fovea::app::is_windows_own(press) && !leaves_menus_open(press)) menus_unwanted_ = true;
    Prompt* const typing = focused_prompt();
    if (run_shortcut(*this, press, typing != nullptr) || !typing) return;
    const bool is_target = typing == &target_prompt_, is_pair = typing == &pair_prompt_;
    typing->follow(is_target ? target_text()
                   : is_pair ? document().pair.value_or("")
                             : document().text);
    if (typing->press(press) != Prompt::Pressed::edited) return;
    if (is_target)
        issue(SetTarget{typing->text(), typing->caret()});
    else if (is_pair)
        issue(SetPair{typing->text(), typing->caret()});
    else
        issue(SetText{typing->text(), typing->caret()});
}

bool Application::is_windows_own(const KeyPress& press) const {
    // The overlay of keys lies over all that could be typed into.
    if (view_.show_keys && press.key == GLFW_KEY_ESCAPE) return true;
    return fovea::app::is_windows_own(press);
}

/// The target as it is shown: typed, or written by the model.
const std::string& Application::target_text() const {
    static const std::string none;
    if (document().target) return *document().target;
    return reading_ ? reading_->target_text : none;
}

std::string Application::shown_name() const {
    if (reading_) return reading_->request.model->name;
    return model_ ? model_->name : std::string();
}

Prompt* Application::focused_prompt() {
    if (target_prompt_.focused()) return &target_prompt_;
    if (pair_prompt_.focused()) return &pair_prompt_;
    return prompt_.focused() ? &prompt_ : nullptr;
}

const Model* Application::shown_model() const {
    if (reading_) return reading_->request.model->model.get();
    return model_ ? model_->model.get() : nullptr;
}

Part Application::part() const {
    const Model* model = shown_model();
    return model ? viewed_part(*model, view_) : Part::self;
}

MapExtent Application::map_extent() const {
    if (!reading_) return {};
    return {static_cast<Index>(reading_->query_labels(part()).size()),
            static_cast<Index>(reading_->key_labels(part()).size())};
}

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

void Application::open_finding(ViewState::Finding::Entry entry) {
    if (!reading_) return;
    for (Prompt* field : {&prompt_, &pair_prompt_, &target_prompt_})
        field->focus(false);
    view_.finding.entry = entry;
    view_.finding.wants_keyboard = true;
    wants_frame_ = true;
}

bool Application::keys_move() const {
    if (entries_unwanted || model_menu_wanted || export_wanted || session_dialog.wanted)
        return true;
    const auto& finding = view_.finding;
    const bool finds = finding.entry != ViewState::Finding::Entry::closed && finding.wants_keyboard;
    return reading_ && (finds || (view_.lookup.open && view_.lookup.wants_keyboard));
}

void Application::find_next(int step) {
    if (!reading_) return;
    if (view_.finding.words.empty()) return open_finding(ViewState::Finding::Entry::words);
    view_.finding.entry = ViewState::Finding::Entry::words;
    view_.finding.step += step;
    wants_frame_ = true;
}

void Application::scale_temperature(const Scope& scope, float factor) {
    float value = 1;
    for (const TemperatureEdit& edit : document().edits.temperatures)
        if (edit.scope == scope) value = edit.value;
    value = std::clamp(value * factor, 0.05f, 20.f);
    if (std::abs(value - 1) < 0.02f) value = 1;
    issue(SetTemperature{scope, value});
    history_.end_gesture();
}

Frame Application::make_frame(float scale, double now) {
    const Trace* trace = nullptr;
    const Trace* original = nullptr;
    if (reading_) {
        trace = &reading_->shown(document().edits_enabled, part());
        original = &reading_->original->of(part());
    }
    return Frame{.document = document(),
                 .view = view_,
                 .hovered = hovered_,
                 .reading = reading_,
                 .part = part(),
                 .trace = trace,
                 .original = original,
                 .stale = stale(),
                 .error = error(),
                 .model = shown_model(),
                 .sentence_is_empty = empty_,
                 .theme = view_.dark ? dark_theme : light_theme,
                 .fonts = fonts_->fonts(),
                 .textures = *textures_,
                 .scale = scale,
                 .now = now,
                 .issue = [this](const Command& command) { issue(command); },
                 .end_gesture = [this] { history_.end_gesture(); },
                 .undo = [this] { undo(); },
                 .redo = [this] { redo(); },
                 .draw_again = [this] { wants_frame_ = true; },
                 .write = [this](bool on) { write_next(on); },
                 .stop_writing = [this] { stop_writing(); },
                 .writing = writing(),
                 .changes = &changes_,
                 .is_there = [this](const auto& file) { return is_there(file); }};
}

bool Application::prepare_fonts(float display_scale) {
    // Long texts are gone through when they are new, not in every frame.
    if (const auto revision = history_.revision(); spelled_revision_ != revision) {
        spelled_revision_ = revision;
        fonts_->need(document().text);
        for (const auto* text : {&document().pair, &document().target})
            if (*text) fonts_->need(**text);
    }
    if (reading_ && spelled_reading_.lock() != reading_) {
        spelled_reading_ = reading_;
        for (const auto* labels : {&reading_->labels, &reading_->target_labels})
            for (const std::string& label : *labels)
                fonts_->need(label);
        fonts_->need(reading_->target_text);
        for (const auto* rows :
             {&reading_->predictions, &reading_->fallen, &reading_->watched, &reading_->found})
            for (const PredictionChange& change : *rows)
                fonts_->need(change.piece);
        fonts_->need(reading_->warning);
    }
    fonts_->need(view_.finding.words);
    fonts_->need(view_.lookup.words);
    fonts_->need(error());
    fonts_->need(notice_);
    fonts_->need(session_dialog.path);
    if (model_) fonts_->need(model_->name);
    return fonts_->prepare(display_scale * view_.interface_scale);
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
