#include "engine/io/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iterator>

#include "engine/io/file_descriptor.h"

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t most_output = 64 * 1024;
constexpr int poll_milliseconds = 100;
constexpr auto grace = std::chrono::seconds(2);

class SpawnActions {
  public:
    SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (const std::string& text : texts)
        list.push_back(const_cast<char*>(text.c_str()));
    list.push_back(nullptr);
    return list;
}

/// The caller's environment, with the child's own entries in the place of those of the same name.
std::vector<std::string> merged_environment(const std::vector<std::string>& own) {
    std::vector<std::string> merged = own;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::string_view key = text.substr(0, text.find('=') + 1);
        const bool replaced = std::any_of(own.begin(), own.end(),
                                          [&](const auto& mine) { return mine.starts_with(key); });
        if (!replaced) merged.emplace_back(text);
    }
    return merged;
}

/// Takes what has come; false when the other end is closed.
bool drain(int descriptor, std::string& output) {
    char buffer[4096];
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN;
        if (count == 0) return false;
        output.append(buffer, static_cast<size_t>(count));
        if (output.size() > most_output) output.erase(0, output.size() - most_output);
    }
}

Result<pid_t> spawn(const ChildProcess& child, int output) {
    SpawnActions actions;
    const char* input = child.input.empty() ? "/dev/null" : child.input.c_str();
    ::posix_spawn_file_actions_addopen(actions.get(), 0, input, O_RDONLY, 0);
    for (const int stream : {1, 2}) {
        if (child.keep_output)
            ::posix_spawn_file_actions_adddup2(actions.get(), output, stream);
        else
            ::posix_spawn_file_actions_addopen(actions.get(), stream, "/dev/null", O_WRONLY, 0);
    }
    if (!child.working_folder.empty()) {
        ::posix_spawn_file_actions_addchdir_np(actions.get(), child.working_folder.c_str());
    }
    const std::vector<std::string> environment = merged_environment(child.environment);
    pid_t process = -1;
    const int error =
        ::posix_spawnp(&process, child.arguments[0].c_str(), actions.get(), nullptr,
                       pointers(child.arguments).data(), pointers(environment).data());
    if (error != 0) {
        return fail("{} cannot be started: {}", child.arguments[0], std::strerror(error));
    }
    return process;
}

}  // namespace

Result<ChildOutcome> run_child(const ChildProcess& child, const CancelToken& cancel) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail("no pipe: {}", std::strerror(errno));
    const FileDescriptor reading(ends[0]);
    FileDescriptor writing(ends[1]);
    ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
    FOVEA_TRY(const pid_t process, spawn(child, writing.get()));
    writing.close();
    // Its end wakes us, where the system has such descriptors (Linux 5.3); else we look now and
    // then.
    const FileDescriptor end(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));

    ChildOutcome outcome;
    Clock::time_point cancelled_at;
    int status = 0;
    for (bool open = true;;) {
        // A negative descriptor is passed over.
        pollfd waiting[] = {{open ? reading.get() : -1, POLLIN, 0}, {end.get(), POLLIN, 0}};
        ::poll(waiting, std::size(waiting), poll_milliseconds);
        open = open && drain(reading.get(), outcome.output);
        // Its own children may hold the pipe for longer: what counts is its own end.
        const pid_t ended = ::waitpid(process, &status, WNOHANG);
        if (ended == process) break;
        if (ended < 0 && errno != EINTR) {
            return fail("{}: {}", child.arguments[0], std::strerror(errno));
        }
        if (child.while_it_runs) child.while_it_runs();
        if (!cancel.cancelled()) continue;
        if (cancelled_at == Clock::time_point()) {
            cancelled_at = Clock::now();
            ::kill(process, SIGTERM);
        } else if (Clock::now() - cancelled_at > grace) {
            ::kill(process, SIGKILL);
        }
    }
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    drain(reading.get(), outcome.output);
    outcome.exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return outcome;
}

}  // namespace fovea
