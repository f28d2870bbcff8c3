#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/temporary_folder.h"

namespace fovea::test {

inline std::string contents(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

struct Ended {
    int status = -1;  ///< exit status; 128 + the signal where there was one
    std::string out;
    std::string err;
};

/// Runs the program with arguments and standard input, and waits. Its models and its state are in a
/// folder of their own, so that what is installed on the machine is not seen; nor is a display.
/// With `largest_file` no file that it writes can be larger, as on a full disk; with
/// `address_space` its memory ends there (`ulimit -v`).
inline Ended fovea(const std::vector<std::string>& arguments, std::string_view input = {},
                   rlim_t largest_file = RLIM_INFINITY, rlim_t address_space = RLIM_INFINITY) {
    const TemporaryFolder scratch;
    write_file(scratch / "in", input);
    const std::string home = scratch.path().string();
    std::vector<char*> words = {const_cast<char*>(FOVEA_BINARY)};
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);

    const auto redirect = [&](const char* name, int flags, int to) {
        const int descriptor = ::open((scratch / name).c_str(), flags, 0600);
        if (descriptor < 0 || ::dup2(descriptor, to) < 0) ::_exit(126);
        ::close(descriptor);
    };
    const pid_t child = ::fork();
    if (child == 0) {
        redirect("in", O_RDONLY, STDIN_FILENO);
        redirect("out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
        redirect("err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
        ::setenv("XDG_DATA_HOME", home.c_str(), 1);
        ::setenv("XDG_STATE_HOME", home.c_str(), 1);
        ::setenv("HOME", home.c_str(), 1);
        for (const char* name :
             {"XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
            ::unsetenv(name);
        ::unsetenv("DISPLAY");
        ::unsetenv("WAYLAND_DISPLAY");
        if (largest_file != RLIM_INFINITY) {
            const rlimit limit{largest_file, largest_file};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            ::signal(SIGXFSZ, SIG_IGN);  // write() then says EFBIG
        }
        if (address_space != RLIM_INFINITY) {
            const rlimit limit{address_space, address_space};
            ::setrlimit(RLIMIT_AS, &limit);
        }
        ::execv(FOVEA_BINARY, words.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, contents(scratch / "out"), contents(scratch / "err")};
}

/// Quiet success.
inline void expect_quiet(const Ended& ended) {
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "");
}

/// Exit status, nothing on standard output, and one line "fovea: …" on standard error that holds
/// each of `parts`.
inline void expect_error(const Ended& ended, int status, const std::vector<std::string>& parts) {
    EXPECT_EQ(ended.status, status) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err.find("fovea: "), 0u) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
    for (const std::string& part : parts)
        EXPECT_NE(ended.err.find(part), std::string::npos) << part << " in: " << ended.err;
}

inline std::filesystem::path test_model(std::string_view name) {
    return std::filesystem::path(TEST_DATA) / "models" / name;
}

}  // namespace fovea::test
