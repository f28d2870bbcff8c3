#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/maps/head_textures.h"
#include "app/panels/head_changes.h"
#include "app/panels/map_geometry.h"
#include "app/panels/panel.h"
#include "app/shell/dropped_path.h"
#include "app/shell/followed_tokens.h"
#include "app/shell/key_press.h"
#include "app/shell/model_chooser.h"
#include "app/shell/model_loader.h"
#include "app/shell/other_subject.h"
#include "app/shell/prompt.h"
#include "app/shell/session_dialog.h"
#include "app/shell/window.h"
#include "app/shell/written_target_blocks.h"
#include "app/state/session_file.h"
#include "app/state/state_saver.h"
#include "app/ui/fonts.h"
#include "engine/jobs/scheduler.h"
#include "engine/session/moved_tokens.h"
#include "engine/session/worker.h"

namespace fovea {
struct Findings;
}

namespace fovea::app {

struct Explanation;

/// What is said where the state file cannot be written.
std::string not_remembered(const std::string& why);

/// Everything behind the window: the document with its history, the view, the model, the worker,
/// and the frame that panels see. UI thread only; it never waits for the engine.
class Application {
  public:
    /// `wake` makes the main loop draw; it is called from other threads.
    Application(const WindowOptions& options, std::function<void()> wake);
    ~Application();

    /// Fonts and textures; needs the OpenGL context and ImGui's.
    Status create_resources();
    void release_resources();
    /// The same, and all that belonged to ImGui's context: a frame that ran out of memory is given
    /// up.
    void forget_frame();

    /// Takes what the worker and the loader have to say. True where the picture changes.
    bool poll();
    /// Draws one frame with ImGui. `scale` is the display's own.
    void draw(float display_scale, double now);
    /// Rebuilds the fonts where needed; between frames. True where the atlas is another one.
    bool prepare_fonts(float display_scale);
    /// A key for the window: a shortcut, or one for the sentence that is being typed. What it does
    /// is done when it returns, so that the next key finds it so.
    void press(const KeyPress& press);
    /// The window takes this key even while a menu is open or an entry is typed into.
    bool is_windows_own(const KeyPress& press) const;
    /// What a key has opened takes the keys that follow, but has not been given them yet.
    bool keys_move() const;
    /// Folders and files dropped on the window: `choose_dropped` says which of them is opened.
    void drop(const std::vector<std::filesystem::path>& paths);

    /// The picture is that of the document, or there is an error to show.
    bool settled() const;
    /// Something changed in the last frame that needs another one.
    bool wants_frame() const { return wants_frame_; }
    /// What is under the pointer is another since the last frame, whose other panels do not show
    /// it.
    bool hover_moved() const { return hovered_ != view_.hover; }
    /// The error that keeps the document from being shown, or what was to be opened from opening;
    /// empty: none.
    const std::string& error() const { return error_.empty() ? opening_error_ : error_; }
    /// The picture is older than the document: the engine is at work.
    bool stale() const;
    /// A pass is under way, or waits to be.
    bool computing() const { return worker_.busy(); }
    /// How far the engine is, of a pass that lasts so long that somebody may ask.
    std::optional<CancelToken::Steps> layers_read() const;
    /// Writes the state file where it would differ from what is there, on a thread of its own.
    void save_state();
    /// The same, and waits for it: before the window goes.
    Status save_state_now();

    // What keys, menus and the layout do.
    const Document& document() const { return history_.document(); }
    const History& history() const { return history_; }
    ViewState& view() { return view_; }
    Prompt& prompt() { return prompt_; }
    Prompt& pair_prompt() { return pair_prompt_; }
    Prompt& target_prompt() { return target_prompt_; }
    Prompt& against_prompt() { return against_prompt_; }
    /// The keys go to this one of them, or with null to none.
    void type_into(Prompt* field);
    /// The sentence that is held against the one in view.
    const OtherSubject& other() const { return other_; }
    /// Opens the field for it, with the sentence in view to begin with, and gives it the keys; or
    /// closes it.
    void turn_against();
    void swap_subjects();
    /// The one that keys are typed into, or null.
    Prompt* focused_prompt();
    /// There is a second sentence, and the model can read it with the first.
    bool has_pair() const { return document().pair && model_ && model_->takes_pairs(); }
    /// Opens the field for a second sentence and gives it the keys; or says why there is none.
    void write_pair();
    /// The model has a decoder beside an encoder: there is a target.
    bool has_target() const { return model_ && model_->model->encoder(); }
    /// The part in view, and how many tokens stand on the axes of its maps.
    Part part() const;
    MapExtent map_extent() const;
    ModelLoader& loader() { return loader_; }
    Scheduler& jobs() { return jobs_; }
    const std::shared_ptr<const Reading>& reading() const { return reading_; }
    const std::shared_ptr<const LoadedModel>& model() const { return model_; }
    /// What the view of explanations shows.
    const Explanation& explanation() const;
    void issue(const Command& command);
    void undo();
    void redo();
    void choose_model(std::string folder_or_name);
    /// Of the model whose picture is shown, else of the one at hand; empty: none.
    std::string shown_name() const;
    /// Nothing is typed: there is nothing to read, which is no error.
    bool sentence_is_empty() const { return empty_; }
    /// What was done beside the wish of the last action; it stands until the next one.
    const std::string& notice() const { return notice_; }
    void dismiss_error();
    void look_at(Part part);  ///< nothing where the model has no such part
    void select_head(Index layer_step, Index head_step);
    void select_token(Index step);
    /// Opens the entry for words to look for, or for a token's number, and gives it the keys.
    void open_search(ViewState::Search::Entry entry);
    void find_next(int step);  ///< the occurrence so many on
    void open_lookup();        ///< opens the entry for a token of the vocabulary
    /// The model writes its likeliest token behind the text, or into the mask; or, with `on`, one
    /// after another until it ends, the text is changed, or it is told to stop.
    void write_next(bool on);
    void stop_writing();
    bool writing() const { return writing_.on || writing_.tokens > 0; }
    void scale_temperature(const Scope& scope, float factor);

    ArrowTarget arrows = ArrowTarget::heads;
    bool entries_unwanted = false;   ///< what is typed into gives the keys back in the next frame
    bool model_menu_wanted = false;  ///< open the chooser in the next frame
    bool export_wanted = false;      ///< open the export dialog in the next frame
    enum class Copy { nothing, matrix, picture };
    Copy copy_wanted = Copy::nothing;  ///< to the clipboard in the next frame
    ModelMenu model_menu;
    SessionDialog session_dialog;
    void open_session_dialog(SessionDialog::Task task);
    /// Into the file that it was saved to or opened from; else the dialog asks for one.
    void save_session_again();
    /// Does what the dialog is set to.
    void take_session_dialog();
    /// Asks the disk what stands beside the dialog's path, where that is not known.
    void list_for_session_dialog();

  private:
    Frame make_frame(float scale, double now);
    void read_state(const WindowOptions& options);
    void sync_model();
    ReadingRequest wanted(const Document& document) const;
    void submit();
    void submit_other();
    TokenMoves moves_to_other() const;
    TokenMoves moves_from(const std::shared_ptr<const LoadedModel>& before,
                          const Document& after) const;
    ReadingRequest wanted_other() const;
    void show(std::shared_ptr<const Reading> reading);
    void forget_old_answers();
    void ask_for_preview();
    void take_preview();
    void take_failure(std::uint64_t revision, std::string error);
    void clamp_view();
    void drop_foreign_edits();
    void change_model(const std::shared_ptr<const LoadedModel>& before);
    void note_dropped(Index count, std::string_view named);
    void open_dropped(DropChoice chosen);
    void open_session(Session session);
    void take_session(Session session);
    void open_edits(Edits edits, const std::string& file);
    void note_edits_beyond(const Reading& reading);
    struct SavedFile {
        std::filesystem::path file;
        SessionDialog::What what;
        bool is_there;      ///< and nobody said that it may be replaced
        std::string error;  ///< empty: it is written
    };
    void write_away(const std::filesystem::path& file, SessionDialog::What what, bool may_replace);
    void take_saved(SavedFile saved);
    void note_change();
    const std::string& target_text() const;
    void note(const std::string& sentence);
    const Model* shown_model() const;
    std::optional<Index> wanted_prediction() const;
    std::vector<std::int32_t> wanted_pins() const;
    const std::string& wanted_lookup() const;
    bool wants_other_predictions() const;
    void go_on_writing();
    bool follow_written_target(const Reading& reading);
    void take_continuation(const Reading& reading);

    Scheduler jobs_;
    History history_;
    BlockFollower source_blocks_{Sentence::source}, target_blocks_{Sentence::target};
    WrittenTargetBlocks written_blocks_;
    BlockFollower painted_blocks_{Sentence::source};  // those that written_blocks_ remembers
    ViewState view_;
    ViewState::Hover hovered_;
    std::optional<Part> last_part_;  // in view in the last frame
    Prompt prompt_, pair_prompt_, target_prompt_, against_prompt_;
    std::array<Prompt*, 4> prompts() {
        return {&against_prompt_, &target_prompt_, &pair_prompt_, &prompt_};
    }
    bool remembers_ = true;  // state is read and saved
    std::string saved_;      // the state file's text
    std::unique_ptr<StateSaver> saver_;

    ModelLoader loader_;
    std::string asked_model_;                 // what the loader was last asked for
    std::optional<Session> waiting_session_;  // dropped; its model is being loaded
    std::shared_ptr<const LoadedModel> model_;
    std::string model_name_;        // what document().model said when model_ was loaded
    bool edits_from_file_ = false;  // whether the sentence has all their tokens is yet to be seen
    std::shared_ptr<const Reading> reading_;
    std::optional<ReadingRequest> submitted_;
    /// The model is writing: so many tokens more, or on and on, behind this text.
    struct Writing {
        int tokens = 0;
        bool on = false;
        std::string text;
        std::optional<std::string> pair, target;
    } writing_;
    bool key_repeats_ = false;  // the key that acts is being held down
    std::optional<CancelToken::Steps> layers_shown_;
    bool empty_ = false;           // nothing is typed: `reading_` is null
    std::uint64_t empty_at_ = 0;   // of the request that had nothing to read
    bool menus_unwanted_ = false;  // they close in the next frame
    std::string error_;            // of the newest reading
    std::string opening_error_;    // stands until something else is opened, or it is dismissed
    std::string notice_;
    double now_ = 0;
    bool wants_frame_ = true;

    JobTicket<DropChoice> drop_;
    JobTicket<SavedFile> save_;
    JobTicket<FileListing> listing_;
    std::optional<std::string> listed_;  // the path that it was last asked for
    void remember(const std::filesystem::path& file);
    /// The head in view under edits whose pass takes its time; null: it cannot be said before.
    struct Preview {
        std::shared_ptr<const Reading> standing;  // what it was made of
        std::shared_ptr<const Reading> reading;
    };
    std::shared_ptr<const Reading> standing_;  // the newest that the worker made
    JobTicket<Preview> preview_;
    std::filesystem::path session_file_;  // of the session at hand; empty: it has none

    std::unique_ptr<FontAtlas> fonts_;
    std::uint64_t spelled_revision_ = 0;  // of the document whose text has its characters
    void need_explanation();
    void need_reading(const std::shared_ptr<const Reading>& reading,
                      std::weak_ptr<const Reading>& spelled);
    std::weak_ptr<const Findings> spelled_findings_;  // those whose text has its characters
    std::weak_ptr<const Reading> spelled_reading_;    // the same of what was read
    std::weak_ptr<const Reading> spelled_other_;      // and of the other sentence
    std::unique_ptr<HeadTextures> textures_;
    HeadChanges changes_;
    std::shared_ptr<FrameCache> cache_ = std::make_shared<FrameCache>();
    Worker worker_;
    OtherSubject other_;
};

}  // namespace fovea::app
