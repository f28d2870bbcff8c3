#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/session/reading.h"

namespace fovea::test {

/// A reading that has to come: null, and a failed test that says why, where it does not.
inline std::shared_ptr<const Reading> must_read(const ReadingRequest& request,
                                                const Reading* previous = nullptr) {
    const auto reading = read(request, previous, {});
    EXPECT_TRUE(reading.ok()) << (reading.ok() ? "" : reading.message());
    return reading.ok() ? *reading : nullptr;
}

}  // namespace fovea::test
