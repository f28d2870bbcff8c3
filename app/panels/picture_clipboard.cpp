#include "app/panels/picture_clipboard.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/child_process.h"

namespace fovea::app {

namespace {

/// Runs a program with a file as its input; true where it ends well. Both clipboard programs stay
/// behind as another process to serve the data, which must hold no end of ours.
bool run_with_input(std::vector<std::string> words, const std::filesystem::path& input) {
    ChildProcess child;
    child.arguments = std::move(words);
    child.input = input;
    child.keep_output = false;
    const auto outcome = run_child(child, {});
    return outcome && outcome->exit_status == 0;
}

bool is_set(const char* variable) {
    const char* const value = std::getenv(variable);
    return value && *value;
}

}  // namespace

bool copy_picture_file(const std::filesystem::path& png) {
    if (is_set("WAYLAND_DISPLAY") && run_with_input({"wl-copy", "--type", "image/png"}, png))
        return true;
    return is_set("DISPLAY") &&
           run_with_input({"xclip", "-selection", "clipboard", "-t", "image/png", "-i"}, png);
}

}  // namespace fovea::app
