#pragma once

#include <string_view>

namespace fovea {

/// What background work is for. Lanes have threads of their own, started when first needed, so that
/// none waits for another; within a lane the first to come is the first to run.
enum class Lane {
    reading,      ///< the keystroke: what a model makes of a sentence
    against,      ///< the sentence that is held against the one in view
    visible,      ///< what follows the keystroke at once: previews
    tiles,        ///< pictures of long maps
    analysis,     ///< answers that take a while
    exporting,    ///< files, and the clipboard
    opening,      ///< models that are loaded
    searching,    ///< this machine is looked through for models
    downloading,  ///< models that are fetched
    saving,       ///< the state file
    disk,         ///< small questions: is it there, what is it
};
inline constexpr int lane_count = static_cast<int>(Lane::disk) + 1;

struct LaneTraits {
    std::string_view name;
    int threads = 1;       ///< at most; jobs of one tag never run side by side
    bool computes = true;  ///< it works while it runs, rather than waits for a disk or the network
};

constexpr LaneTraits traits_of(Lane lane) {
    switch (lane) {
        case Lane::reading:
            return {"reading"};
        case Lane::against:
            return {"against"};
        case Lane::visible:
            return {"visible"};
        case Lane::tiles:
            return {"tiles"};
        case Lane::analysis:
            return {"analysis"};
        case Lane::exporting:
            return {"exporting"};
        case Lane::opening:
            return {"opening"};
        case Lane::searching:
            return {"searching", 1, false};
        case Lane::downloading:
            return {"downloading", 1, false};
        case Lane::saving:
            return {"saving", 1, false};
        // A question to a folder that does not answer holds up no other.
        case Lane::disk:
            return {"disk", 4, false};
    }
    return {};
}

}  // namespace fovea
