#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/state/document.h"
#include "app/state/view_state.h"
#include "engine/core/result.h"

namespace fovea::app {

struct Session {
    Document document;
    ViewState view;
};

/// JSON with "format": "fovea-session", "version": 1, "document", "view". Reading never trusts the
/// file: unknown keys in "document" are errors that name them, unknown or odd ones in "view" are
/// ignored (the view then has its default there).
std::string session_to_json(const Session& session);
Result<Session> parse_session(std::string_view json, std::string_view name);

Result<Session> load_session(const std::filesystem::path& file);
/// Through a temporary file, renamed.
Status save_session(const Session& session, const std::filesystem::path& file);
/// The same of what session_to_json made.
Status write_session_file(std::string_view json, const std::filesystem::path& file);

/// `$XDG_STATE_HOME/fovea/session.json` or `~/.local/state/...`: what comes back at the next start.
std::filesystem::path state_file();

}  // namespace fovea::app
