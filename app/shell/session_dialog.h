#pragma once

#include <string>

#include "app/render/dialog_controls.h"

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
};

void draw_session_dialog(Application& application, Frame& frame);

}  // namespace fovea::app
