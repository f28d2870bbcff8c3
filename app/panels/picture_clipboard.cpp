#include "app/panels/picture_clipboard.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

namespace fovea::app {

namespace {

/// Runs a program with a file as its input and nothing as its output; true where it ends well. Both
/// clipboard programs stay behind as another process to serve the data, with our output closed.
bool run_with_input(std::vector<std::string> words, const std::filesystem::path& input) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) return false;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return false;
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
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
