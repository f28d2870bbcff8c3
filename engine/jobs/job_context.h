#pragma once

#include <functional>
#include <string_view>

#include "engine/core/cancel.h"
#include "engine/core/result.h"

namespace fovea {

/// What a job is given by those who started it, and tells them. Without a scheduler (the command
/// line, tests) `{}` will do: then nobody listens.
struct JobContext {
    Progress progress = {};
    CancelToken cancel = {};  ///< asked at least once a layer
    std::function<Status(double bytes)> room = {};

    void at(std::string_view what, double share) const {
        if (progress) progress(what, share);
    }
    /// Before so much memory is taken: an error in a sentence where the machine has not that much.
    Status need(double bytes) const { return room ? room(bytes) : Status{}; }
};

}  // namespace fovea
