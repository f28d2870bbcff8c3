#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "engine/core/result.h"

namespace fovea::test {

inline void expect_says(std::string_view sentence, std::string_view part) {
    EXPECT_NE(sentence.find(part), std::string_view::npos) << sentence << "\nshould say: " << part;
}

/// An error, and what it says.
template <class T>
void expect_says(const Result<T>& result, std::string_view part) {
    ASSERT_FALSE(result.ok()) << "should say: " << part;
    expect_says(result.message(), part);
}

}  // namespace fovea::test
