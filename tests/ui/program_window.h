#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/small_model.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::app {

namespace fs = std::filesystem;

inline std::string contents(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// One run of the program, with a home of its own.
class Program {
  public:
    Program(const fs::path& home, std::vector<std::string> arguments, bool display = true)
        : errors_(home / "errors") {
        std::map<std::string, std::string> environment;
        for (char** entry = environ; *entry; ++entry) {
            const std::string text = *entry;
            environment[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
        }
        environment["XDG_STATE_HOME"] = (home / "state").string();
        environment["XDG_DATA_HOME"] = (home / "data").string();
        environment.erase("WAYLAND_DISPLAY");
        if (!display) environment.erase("DISPLAY");
        std::vector<std::string> entries;
        for (const auto& [name, value] : environment)
            entries.push_back(name + "=" + value);
        arguments.insert(arguments.begin(), FOVEA_BINARY);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 2, errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        started_ = posix_spawn(&id_, FOVEA_BINARY, &actions, nullptr, pointers(arguments).data(),
                               pointers(entries).data()) == 0;
        posix_spawn_file_actions_destroy(&actions);
    }
    ~Program() {
        if (!started_ || status_) return;
        kill(id_, SIGKILL);
        wait();
    }
    Program(const Program&) = delete;

    bool started() const { return started_; }
    pid_t id() const { return id_; }
    std::string errors() const { return contents(errors_); }
    bool running() {
        int status = 0;
        if (!status_ && waitpid(id_, &status, WNOHANG) == id_)
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return !status_;
    }
    int wait() {
        int status = 0;
        if (!status_ && waitpid(id_, &status, 0) == id_)
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return status_.value_or(-1);
    }
    /// Seconds of processor time so far.
    double processor_seconds() const {
        std::ifstream file("/proc/" + std::to_string(id_) + "/stat");
        std::string line;
        std::getline(file, line);
        std::istringstream fields(line.substr(line.rfind(')') + 2));
        std::string skipped;
        for (int i = 0; i < 11; ++i)
            fields >> skipped;
        double user = 0, system = 0;
        fields >> user >> system;
        return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }

    /// All of its threads sleep, and go on sleeping for half a second without any processor time:
    /// what it was about to do is done. One that waits for a processor does not sleep.
    bool is_at_rest() const {
        const double before = processor_seconds();
        for (int look = 0; look < 10; ++look) {
            if (!threads_sleep()) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return threads_sleep() && processor_seconds() - before <= 0.01;  // the clock's own step
    }

  private:
    bool threads_sleep() const {
        std::error_code gone;
        for (const auto& thread :
             fs::directory_iterator("/proc/" + std::to_string(id_) + "/task", gone)) {
            const std::string line = contents(thread.path() / "stat");
            const size_t name_end = line.rfind(") ");
            if (name_end != std::string::npos && line[name_end + 2] != 'S') return false;
        }
        return true;
    }
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> result;
        for (std::string& text : texts)
            result.push_back(text.data());
        result.push_back(nullptr);
        return result;
    }

    fs::path errors_;
    pid_t id_ = 0;
    bool started_ = false;
    std::optional<int> status_;
};

/// The program itself, on the display that DISPLAY names.
class WindowTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
        // Of its own, too: other tests run at the same time.
        model_ = make_model("bert");
    }
    std::string make_model(const std::string& name) {
        test::put_small_model(home_ / name, name);
        return (home_ / name).string();
    }

    test::TemporaryFolder folder_{"fovea-window-"};
    const fs::path home_ = folder_.path();
    std::string model_;
};

}  // namespace fovea::app
