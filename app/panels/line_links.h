#pragma once

#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/tensor.h"

namespace fovea::app {

/// One line of the lines view.
struct Link {
    Index query = 0;
    Index key = 0;
    float weight = 0;
    bool operator==(const Link&) const = default;
};

/// Of links that stand with the heaviest first, at most so many and none below a weight.
std::span<const Link> strongest(std::span<const Link> links, Index most, float threshold);

/// The places of the heaviest values, at most so many and none below a threshold, heaviest first;
/// of equal ones the first. NaN is none.
std::vector<std::pair<Index, float>> heaviest(std::span<const float> values, float threshold,
                                              Index most);

/// Where the end of a line is drawn: what is in sight stays where it is, what is beyond is drawn
/// nearer the further it is, so that a line to a token thousands of rows away still slants.
struct Span {
    float top = 0, bottom = 0;  ///< in sight
    float row = 1;              ///< height of a token
};
float drawn_nearer(float y, const Span& seen);

/// What a person chooses from; `value` is what the view remembers.
template <class Value>
struct LinkChoice {
    Value value;
    std::string_view label;
};
inline constexpr std::array link_counts = {
    LinkChoice<int>{0, "as many as fit"}, LinkChoice<int>{1, "1 per token"},
    LinkChoice<int>{3, "3 per token"},    LinkChoice<int>{5, "5 per token"},
    LinkChoice<int>{10, "10 per token"},  LinkChoice<int>{25, "25 per token"}};
inline constexpr std::array link_thresholds = {
    LinkChoice<float>{0.005f, "≥ 0.005"}, LinkChoice<float>{0.01f, "≥ 0.01"},
    LinkChoice<float>{0.02f, "≥ 0.02"},   LinkChoice<float>{0.05f, "≥ 0.05"},
    LinkChoice<float>{0.1f, "≥ 0.1"},     LinkChoice<float>{0.2f, "≥ 0.2"},
    LinkChoice<float>{0.5f, "≥ 0.5"}};

/// The place of the choice that is nearest to a value.
template <class Value, size_t count>
int nearest_choice(const std::array<LinkChoice<Value>, count>& choices, Value value) {
    size_t nearest = 0;
    for (size_t i = 1; i < count; ++i)
        if (std::abs(choices[i].value - value) < std::abs(choices[nearest].value - value))
            nearest = i;
    return static_cast<int>(nearest);
}

/// The value after the nearest choice; after the last one the first.
template <class Value, size_t count>
Value next_choice(const std::array<LinkChoice<Value>, count>& choices, Value value) {
    return choices[(static_cast<size_t>(nearest_choice(choices, value)) + 1) % count].value;
}

}  // namespace fovea::app
