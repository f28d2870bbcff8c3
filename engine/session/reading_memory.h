#pragma once

#include "engine/session/reading.h"

namespace fovea {

/// What is about to be read: which passes are to run, and what they may take over.
struct PlannedPasses {
    Index tokens = 0;
    Index target_tokens = 0;
    bool original = true;  ///< the model's own is not at hand
    bool edited = false;
    bool picture_only = false;      ///< the edited one is scored anew, no more
    const Trace* prefix = nullptr;  ///< cached: the rows that the passes begin with, or null
};

/// An error in words where the passes need more memory than `request.memory`, or the machine where
/// that is not given, has left.
Status check_memory(const ReadingRequest& request, const PlannedPasses& passes);

/// The same of a text of so many bytes that is to be tokenised.
Status check_text_memory(size_t bytes, const std::optional<MemoryLeft>& left = {});

}  // namespace fovea
