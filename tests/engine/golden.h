#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// The target's ids stand in the tensors alone where there is only one text; none elsewhere.
inline std::vector<std::int32_t> decoder_ids(const Checkpoint& golden) {
    const TensorView* view = golden.find("decoder_input_ids");
    if (!view) return {};
    std::vector<std::int64_t> ids(view->bytes.size() / sizeof(std::int64_t));
    std::memcpy(ids.data(), view->bytes.data(), view->bytes.size());
    return {ids.begin(), ids.end()};
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

/// How far a model's results lie from the reference's, the largest of all that were compared.
struct Agreement {
    double attention = 0;          ///< absolute
    double hidden_state = 0;       ///< relative to the largest entry
    std::optional<double> logits;  ///< likewise; the golden file may have none
};

/// Compares one family of maps and the states of its stack; names begin with `prefix`.
inline void compare_family(const Model& model, const Trace& family, const Checkpoint& golden,
                           const std::string& prefix, Agreement& agreement) {
    Index compared = 0;
    const auto map_size = static_cast<size_t>(family.length() * family.key_length());
    for (Index l = 0; l < model.layers(family.part); ++l) {
        const auto* view = golden.find(prefix + "attentions." + std::to_string(l));
        ASSERT_NE(view, nullptr) << prefix << "attentions." << l;
        const LayerTrace& layer = *family.layers[static_cast<size_t>(l)];
        for (Index h = 0; h < model.heads(family.part); ++h) {
            const Tensor map = head_map(layer, h, Quantity::weights, whole_map(layer));
            const double difference = largest_difference(
                map.values(), floats(*view).subspan(static_cast<size_t>(h) * map_size, map_size));
            EXPECT_LE(difference, 1e-4) << prefix << " layer " << l << " head " << h;
            agreement.attention = std::max(agreement.attention, difference);
            ++compared;
        }
    }
    EXPECT_EQ(compared, model.layers(family.part) * model.heads(family.part));
    if (family.part == Part::cross) return;  // its states are the decoder's
    for (size_t i = 0; i < family.hidden_states.size(); ++i) {
        const std::string name = prefix + "hidden_states." + std::to_string(i);
        const auto* view = golden.find(name);
        ASSERT_NE(view, nullptr) << name;
        const double difference =
            largest_difference(family.hidden_states[i]->values(), floats(*view)) /
            largest_entry(floats(*view));
        EXPECT_LE(difference, 1e-3) << name;
        agreement.hidden_state = std::max(agreement.hidden_state, difference);
    }
    EXPECT_EQ(family.hidden_states.size(), static_cast<size_t>(model.layers(family.part)) + 1);
}

/// Compares a trace with the reference's results under a prefix of names ("", "edit.NAME.",
/// "0."): attention weights to 1e-4, hidden states and logits to 1e-3 of the largest entry.
inline Agreement compare_with_golden(const Model& model, const Trace& trace,
                                     const Checkpoint& golden, const std::string& prefix) {
    Agreement agreement;
    for (const Part part : model.parts()) {
        const std::string name(part_name(part));
        compare_family(model, trace.of(part), golden, prefix + name + (name.empty() ? "" : "."),
                       agreement);
    }
    if (const auto* view = golden.find(prefix + "logits")) {
        EXPECT_TRUE(model.has_language_head());
        const double difference =
            largest_difference(logits(model, trace, 0, trace.length()).values(), floats(*view));
        agreement.logits = difference / largest_entry(floats(*view));
        EXPECT_LE(*agreement.logits, 1e-3) << prefix << "logits";
    }
    return agreement;
}

}  // namespace fovea::test
