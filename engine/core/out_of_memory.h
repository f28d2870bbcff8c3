#pragma once

#include <new>
#include <stdexcept>
#include <string_view>

#include "engine/core/result.h"

namespace fovea {

/// What `work` gives, a Result; or, where it runs out of memory, the sentence that says so. What it
/// had is let go by then, so that what stood before goes on. For the edges of threads: nothing else
/// throws, but whatever does becomes its own words.
template <class Work>
auto or_out_of_memory(std::string_view doing, Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail("there is not enough memory for {}", doing);
    } catch (const std::length_error&) {  // beyond any memory
        return fail("there is not enough memory for {}", doing);
    } catch (const std::exception& problem) {
        return fail("{}: {}", doing, problem.what());
    }
}

}  // namespace fovea
