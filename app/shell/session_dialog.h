#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "app/panels/panel.h"
#include "app/shell/file_listing.h"
#include "app/ui/dialog_controls.h"

namespace fovea::app {

class Application;

/// The dialog that saves and opens sessions, and edits in their JSON form, by a path.
struct SessionDialog {
    enum class Task { save, open } task = Task::save;
    enum class What { session, edits } what = What::session;
    bool wanted = false;  ///< open it in the next frame
    bool close_wanted = false;
    std::string path;
    std::string message;   ///< why the last wish was not done; empty: nothing is wrong
    std::string replaces;  ///< the file of which the dialog has said that it is there
    DialogControls::State controls;

    // What stands beside the path, and what was used last; asked for away from the frame.
    std::optional<FileListing> listing;
    bool typed = false;  ///< the path is a person's: what begins so is listed, not what was last
    bool completes = false;  ///< Tab was pressed: what the listing completes is put in
    int chosen = -1;         ///< of the rows below the path
    std::string instead;     ///< to be put in the path's place
    /// What can be chosen, and the rows below the path: as many of it as there is room for.
    const std::vector<std::string>& rows() const;
    std::span<const std::string> shown_rows() const {
        return std::span(rows()).first(std::min(rows().size(), most_rows));
    }
    static constexpr size_t most_rows = 6;
    /// The listing is that of the path.
    bool is_listed() const { return listing && listing->typed == path; }
};

void draw_session_dialog(Application& application, Frame& frame);

}  // namespace fovea::app
