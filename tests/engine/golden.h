#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "engine/io/checkpoint.h"
#include "engine/model/forward.h"
#include "engine/trace/head_map.h"

namespace fovea::test {

inline nlohmann::json read_json(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return nlohmann::json::parse(stream);
}

inline std::span<const float> floats(const TensorView& view) {
    return {reinterpret_cast<const float*>(view.bytes.data()), view.bytes.size() / sizeof(float)};
}

inline double largest_difference(std::span<const float> a, std::span<const float> b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = std::abs(double{a[i]} - double{b[i]});
        if (!(difference <= largest)) largest = difference;  // NaN wins and stays
    }
    return largest;
}

inline double largest_entry(std::span<const float> a) {
    double largest = 0;
    for (const float x : a)
        largest = std::max(largest, std::abs(double{x}));
    return largest;
}

/// Compares a trace with the reference's results under a prefix of names ("", "edit.NAME.",
/// "0."): attention weights to 1e-4, hidden states and logits to 1e-3 of the largest entry.
inline void compare_with_golden(const Model& model, const Trace& trace, const Checkpoint& golden,
                                const std::string& prefix) {
    Index compared = 0;
    for (Index l = 0; l < model.layers(); ++l) {
        const auto* view = golden.find(prefix + "attentions." + std::to_string(l));
        ASSERT_NE(view, nullptr) << prefix << "attentions." << l;
        const LayerTrace& layer = *trace.layers[static_cast<size_t>(l)];
        const auto map_size = static_cast<size_t>(trace.length() * trace.length());
        for (Index h = 0; h < model.heads(); ++h) {
            const Tensor map = head_map(layer, h, Quantity::weights, whole_map(layer));
            const auto reference =
                floats(*view).subspan(static_cast<size_t>(h) * map_size, map_size);
            EXPECT_LE(largest_difference(map.values(), reference), 1e-4)
                << prefix << " layer " << l << " head " << h;
            ++compared;
        }
    }
    EXPECT_EQ(compared, model.layers() * model.heads());
    const auto close = [&](std::span<const float> ours, const std::string& name) {
        const auto* view = golden.find(prefix + name);
        ASSERT_NE(view, nullptr) << prefix << name;
        EXPECT_LE(largest_difference(ours, floats(*view)), 1e-3 * largest_entry(floats(*view)))
            << prefix << name;
    };
    for (size_t i = 0; i < trace.hidden_states.size(); ++i)
        close(trace.hidden_states[i]->values(), "hidden_states." + std::to_string(i));
    if (golden.find(prefix + "logits")) {
        ASSERT_TRUE(model.has_language_head());
        close(logits(model, trace, 0, trace.length()).values(), "logits");
    }
}

}  // namespace fovea::test
