#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>

#include "engine/core/result.h"

namespace CLI {
class App;
}

namespace fovea::app {

/// How a command ended: exit status 0, or one sentence for standard error.
struct Outcome {
    int status = 0;
    std::string message;

    Outcome() = default;
    Outcome(Error error) : status(1), message(std::move(error.message)) {}
    Outcome(const Status& status) : Outcome(status.ok() ? Outcome() : Outcome(status.error())) {}
    /// Arguments that make no sense, whatever the files hold.
    static Outcome usage(std::string message) {
        Outcome outcome;
        outcome.status = 2;
        outcome.message = std::move(message);
        return outcome;
    }
};

/// `fovea NAME …`. One is one file beside this one and one line in list.h.
struct Subcommand {
    const char* name;
    const char* description;
    /// Declares the options; what it returns runs once they are parsed.
    std::function<Outcome()> (*declare)(CLI::App& app);
};

/// All of them, in the order of list.h.
std::span<const Subcommand> subcommands();

}  // namespace fovea::app
