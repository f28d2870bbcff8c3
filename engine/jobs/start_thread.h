#pragma once

#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/result.h"

namespace fovea {

/// Puts `work` on a thread of its own; an error where the system has none to give (a limit on
/// processes or on the address space), and `thread` is as it was.
template <class Work>
Status start_thread(std::jthread& thread, Work&& work) {
    try {
        thread = std::jthread(std::forward<Work>(work));
    } catch (const std::system_error&) {
        return fail("the system has no thread left for this");
    }
    return {};
}

}  // namespace fovea
