// Sessions and edits as files of their own: where they go to, and what becomes of it.

#include <system_error>

#include "app/panels/export_job.h"
#include "app/shell/application.h"
#include "engine/io/files.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

fs::path json_file(const std::string& path) {
    fs::path file = expanded(path);
    if (!file.has_extension()) file += ".json";
    return file;
}

}  // namespace

void Application::open_session_dialog(SessionDialog::Task task) {
    session_dialog.task = task;
    session_dialog.wanted = true;
    session_dialog.message.clear();
    session_dialog.replaces.clear();
    if (session_dialog.path.empty())
        session_dialog.path = (home_folder() / "fovea-session.json").string();
    if (!session_file_.empty()) session_dialog.path = session_file_.string();
    session_dialog.listing.reset();
    session_dialog.typed = session_dialog.completes = false;
    session_dialog.chosen = -1;
    session_dialog.instead.clear();
    listed_.reset();
    wants_frame_ = true;
}

void Application::list_for_session_dialog() {
    if (listed_ == session_dialog.path) return;
    listed_ = session_dialog.path;
    listing_ = jobs_.submit({.lane = Lane::disk, .tag = "listing", .doing = "the list of files"},
                            [typed = session_dialog.path] { return list_files(typed); });
}

/// Among the files that were used last.
void Application::remember(const fs::path& file) {
    if (!remembers_) return;
    // A list that cannot be kept is no loss.
    jobs_.submit({.lane = Lane::disk,
                  .tag = "remember",
                  .earlier = JobSpec::Earlier::finished,
                  .even_at_end = true,
                  .quiet = true},
                 [file] { return remember_file(file).ok(); });
}

void Application::save_session_again() {
    if (session_file_.empty()) return open_session_dialog(SessionDialog::Task::save);
    write_away(session_file_, SessionDialog::What::session, true);
}

void Application::take_session_dialog() {
    SessionDialog& dialog = session_dialog;
    const fs::path file = json_file(dialog.path);
    dialog.message.clear();
    if (dialog.task == SessionDialog::Task::open) {
        dialog.close_wanted = true;
        drop({file});
        return;
    }
    dialog.path = file.string();
    const bool its_own = dialog.what == SessionDialog::What::session && file == session_file_;
    write_away(file, dialog.what, its_own || dialog.replaces == dialog.path);
}

/// Away from the frame. A file that is there is written over only where the person has said so.
void Application::write_away(const fs::path& file, SessionDialog::What what, bool may_replace) {
    std::string text = what == SessionDialog::What::edits ? edits_to_json(document().edits) + "\n"
                                                          : session_to_json({document(), view_});
    const JobSpec spec{.lane = Lane::disk,
                       .tag = "save",
                       .doing = "saving",
                       .earlier = JobSpec::Earlier::finished,
                       .even_at_end = true};
    save_ = jobs_.submit(spec, [file, what, may_replace, text = std::move(text)] {
        SavedFile saved{file, what, false, {}};
        std::error_code error;
        if (fs::is_directory(file, error)) {
            saved.error = fmt::format("{}: is a folder; name a file in it", file.string());
        } else if (!may_replace && fs::exists(file, error)) {
            saved.is_there = true;
            saved.error = fmt::format("{} is there already: once more writes over it",
                                      file.filename().string());
        } else if (const fs::path folder = file.parent_path();
                   !folder.empty() && !fs::is_directory(folder, error)) {
            saved.error = fmt::format("{}: there is no such folder", folder.string());
        } else if (const Status written = write_file_atomically(file, text); !written) {
            saved.error = written.message();
        }
        return saved;
    });
}

void Application::take_saved(SavedFile saved) {
    SessionDialog& dialog = session_dialog;
    dialog.message = saved.error;
    dialog.replaces = saved.is_there ? saved.file.string() : std::string();
    if (!saved.error.empty()) {
        // Of a key alone there is no dialog that could say it.
        if (!saved.is_there) opening_error_ = std::move(saved.error);
        return;
    }
    dialog.close_wanted = true;
    opening_error_.clear();
    remember(saved.file);
    if (saved.what == SessionDialog::What::session) session_file_ = saved.file;
    notice_ = fmt::format("Saved {}", saved.file.string());
}

}  // namespace fovea::app
