#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"

namespace fovea {

struct ChildProcess {
    std::vector<std::string> arguments;    ///< the program, found on PATH, and what it is given
    std::vector<std::string> environment;  ///< "NAME=value", beside the caller's own
    std::filesystem::path working_folder;  ///< "" for the caller's own
    std::filesystem::path input;           ///< the file that it reads as its input; "" for none
    bool keep_output = true;               ///< false: what it writes goes nowhere
    std::function<void()> while_it_runs;   ///< called every tenth of a second
};

struct ChildOutcome {
    int exit_status = 0;  ///< 128 + number where a signal ended it
    std::string output;   ///< both streams, the last 64 KiB
};

/// Runs a program without a shell and waits for its end. An Error where it cannot be started (no
/// such program) or the token was raised; it is ended then. Any thread.
Result<ChildOutcome> run_child(const ChildProcess& child, const CancelToken& cancel);

}  // namespace fovea
