#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/session/reading.h"

namespace fovea::test {

/// What has to come: null, and a failed test that says why, where it does not.
template <class T>
std::shared_ptr<const T> must_have(const Result<std::shared_ptr<const T>>& result) {
    EXPECT_TRUE(result.ok()) << result.message();
    return result.ok() ? *result : nullptr;
}

inline std::shared_ptr<const Reading> must_read(const ReadingRequest& request,
                                                const Reading* previous = nullptr) {
    return must_have(fovea::read(request, previous, {}));
}

inline std::shared_ptr<const Trace> must_run(const Model& model, const ForwardRequest& request,
                                             const Trace* previous = nullptr) {
    return must_have(fovea::run(model, request, previous, {}));
}

}  // namespace fovea::test
