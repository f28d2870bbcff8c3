#include "app/shell/application.h"

#include <GLFW/glfw3.h>

#include <utility>

#include "app/shell/first_start.h"
#include "app/shell/followed_tokens.h"
#include "app/shell/shortcuts.h"
#include "engine/edit/temperatures.h"

namespace fovea::app {
namespace {

/// One that cannot be looked at is said to be so when it is read.
bool has_state_file() {
    std::error_code unknown;
    return std::filesystem::exists(state_file(), unknown) || unknown;
}

/// What cannot be read is not written over: somebody may want it, or a newer fovea can read it.
std::string put_aside(const std::filesystem::path& file) {
    std::filesystem::path kept = file;
    kept += ".unread";
    std::error_code error;
    std::filesystem::rename(file, kept, error);
    return error ? std::string() : fmt::format("; it is kept as {}", kept.filename().string());
}

/// `session` with what the options name in its place. Under another model or sentence than that of
/// the last time, what was changed, chosen and typed for the one before is gone.
void begin_with(const WindowOptions& options, Session& session) {
    Document& now = session.document;
    const Document last = now;
    if (options.model) now.model = *options.model;
    if (options.text) now.text = *options.text;
    if (options.no_special_tokens) now.special_tokens = false;
    // A session that was asked for is taken with all that it holds.
    const bool was_last = !options.session;
    if (was_last && now.text != last.text) {
        now.pair.reset();
        now.against.reset();
    }
    if (options.pair) now.pair = *options.pair;
    if (options.against) now.against = *options.against;
    if (was_last && (now.model != last.model || now.text != last.text)) now.target.reset();
    const bool same_tokens = now.model == last.model && now.text == last.text &&
                             now.pair == last.pair && now.special_tokens == last.special_tokens;
    if (was_last && !same_tokens) {
        now.edits = {};
        session.view.selected_query.reset();
        session.view.pinned.reset();
    }
    if (options.edits) now.edits = *options.edits;
    if (options.light) session.view.dark = false;
    if (options.width > 0) session.view.window_width = options.width;
    if (options.height > 0) session.view.window_height = options.height;
}

}  // namespace

Application::Application(const WindowOptions& options, std::function<void()> wake)
    : jobs_(std::move(wake)), loader_(jobs_), worker_(jobs_), other_(jobs_) {
    read_state(options);
    prompt_.focus(true);
    std::string about_the_state = std::move(notice_);  // a model that is chosen begins anew
    sync_model();
    notice_ = std::move(about_the_state);
}

Application::~Application() {
    jobs_.end();
}

void Application::read_state(const WindowOptions& options) {
    remembers_ = !options.screenshot;
    if (remembers_) saver_ = std::make_unique<StateSaver>(jobs_, state_file());
    const auto built_in = catalogue();
    const std::vector<CatalogueEntry> models = built_in ? *built_in : std::vector<CatalogueEntry>();
    const FirstStart first = first_start(models);
    Session session;
    session.document.text = first.text;
    if (options.session) {
        session = *options.session;
    } else if (remembers_ && has_state_file()) {
        if (auto last = load_session(state_file())) {
            session = *std::move(last);
            notice_ = news_of_default(models, session);
        } else {
            notice_ = last.message() + put_aside(state_file());
        }
    }
    begin_with(options, session);
    if (session.document.model.empty()) {
        session.document.model = first.model;
        if (session.document.text == first.text) session.view.selected = first.head;
        if (!first.remark.empty()) note(first.remark);
    }
    edits_from_file_ = options.edits || options.session;
    view_ = session.view;
    view_.known_default = first.usual;
    view_.hover = {};
    view_.show_keys = false;
    history_.reset(std::move(session.document));
}

Status Application::create_resources() {
    if (!fonts_) {
        FOVEA_TRY(fonts_, FontAtlas::create(jobs_));
    }
    FOVEA_TRY(textures_, HeadTextures::create(jobs_));
    return {};
}

void Application::release_resources() {
    textures_.reset();
}

void Application::forget_frame() {
    release_resources();
    fonts_.reset();
    spelled_revision_ = 0;
    spelled_reading_.reset();
    spelled_other_.reset();
    cache_ = std::make_shared<FrameCache>();
    view_.hover = {};
    notice_ = "There was not enough memory to draw the window: it was begun anew";
}

void Application::issue(const Command& command) {
    notice_.clear();
    const auto follow = [&](BlockFollower& follower, auto changed, std::optional<size_t> caret) {
        const std::vector<BlockEdit>& blocks = document().edits.blocks;
        if (blocks.empty() && follower.is_idle() && written_blocks_.is_idle())
            return Command(changed);
        ReadingRequest was = wanted(document());
        if (was.model && was.model->model->encoder()) was.target = target_text();
        Document after = document();
        apply(after, changed);
        const ReadingRequest is = wanted(after);
        changed.blocks = follower.follow(blocks, was, is, caret, reading_.get());
        if (&follower == &source_blocks_)
            written_blocks_.follow_source(
                blocks, changed.blocks.value_or(blocks), [&](const auto& painted) {
                    return painted_blocks_.follow(painted, was, is, caret, reading_.get());
                });
        return Command(std::move(changed));
    };
    const auto* text = std::get_if<SetText>(&command);
    const auto* pair = std::get_if<SetPair>(&command);
    const auto* special = std::get_if<SetSpecialTokens>(&command);
    const auto* target = std::get_if<SetTarget>(&command);
    const auto* temperature = std::get_if<SetTemperature>(&command);
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
    else if (temperature && model_) {
        const float value =
            warm_enough(document().edits.temperatures, {temperature->scope, temperature->value},
                        model_->model->edit_limits(0));
        changed = history_.issue(SetTemperature{temperature->scope, value}, now_);
    } else
        changed = history_.issue(command, now_);
    const bool takes_away =
        std::holds_alternative<RemoveBlocks>(command) || std::holds_alternative<SetEdits>(command);
    if (changed && takes_away && document().edits.blocks.empty()) written_blocks_.forget();
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

void Application::note(const std::string& sentence) {
    if (!notice_.empty()) notice_ += "; ";
    notice_ += sentence;
    wants_frame_ = true;
}

void Application::dismiss_error() {
    error_.clear();
    opening_error_.clear();
    notice_.clear();
}

std::string not_remembered(const std::string& why) {
    return fmt::format("the sentence and the edits are not remembered ({})", why);
}

void Application::save_state() {
    if (!remembers_) return;
    const Session session{document(), view_};
    std::string text = session_to_json(session);
    if (text == saved_) return;
    saved_ = text;
    saver_->save(std::move(text));
}

Status Application::save_state_now() {
    save_state();
    if (!saver_) return {};
    saver_->finish();
    auto error = saver_->take_error();
    if (!error) return {};
    saved_.clear();
    return Error{not_remembered(*error)};
}

void Application::press(const KeyPress& press) {
    wants_frame_ = true;
    key_repeats_ = press.repeat;
    if (fovea::app::is_windows_own(press) && !leaves_menus_open(press)) menus_unwanted_ = true;
    Prompt* const typing = focused_prompt();
    if (run_shortcut(*this, press, typing != nullptr) || !typing) return;
    const bool is_target = typing == &target_prompt_, is_pair = typing == &pair_prompt_;
    const bool is_against = typing == &against_prompt_;
    typing->follow(is_target    ? target_text()
                   : is_pair    ? document().pair.value_or("")
                   : is_against ? document().against.value_or("")
                                : document().text);
    if (typing->press(press) != Prompt::Pressed::edited) return;
    if (is_target)
        issue(SetTarget{typing->text(), typing->caret()});
    else if (is_pair)
        issue(SetPair{typing->text(), typing->caret()});
    else if (is_against)
        issue(SetAgainst{typing->text()});
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
    for (Prompt* field : prompts())
        if (field->focused()) return field;
    return nullptr;
}

void Application::type_into(Prompt* wanted) {
    for (Prompt* field : prompts())
        field->focus(field == wanted);
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

}  // namespace fovea::app
