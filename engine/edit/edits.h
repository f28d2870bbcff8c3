#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/edit/part.h"

namespace fovea {

/// Where an edit acts: everywhere, in one layer, or in one head of one layer (or, with a head
/// alone, in that head of every layer); of an encoder-decoder, in one part or in all.
struct Scope {
    std::optional<Index> layer;
    std::optional<Index> head;
    std::optional<Part> part = std::nullopt;

    bool covers(Index l, Index h, Part p = Part::self) const {
        return (!layer || *layer == l) && (!head || *head == h) && (!part || *part == p);
    }
    auto operator<=>(const Scope&) const = default;
};

/// The least that the temperatures of a head may multiply to: divided by less, logits that differ
/// by the last digit of a float are so far apart that its weights no longer add up to one.
inline constexpr float least_temperature = 1e-6f;

/// Divides the attention logits (position bias included) before the mask. Entries that cover the
/// same head multiply.
struct TemperatureEdit {
    Scope scope;
    float value = 1;
    bool operator==(const TemperatureEdit&) const = default;
};

/// Takes cells away: (query, key) one cell; key alone a column; query alone a row.
struct BlockEdit {
    Scope scope;
    std::optional<Index> query;
    std::optional<Index> key;
    bool operator==(const BlockEdit&) const = default;
};

enum class AblationTarget { zero, mean };

/// Replaces the output of a head (before the output projection) by zero, or at every token by its
/// mean over the sentence.
struct AblationEdit {
    Scope scope;
    AblationTarget to = AblationTarget::zero;
    bool operator==(const AblationEdit&) const = default;
};

/// Which keys a query may see before painted cells are taken away. Rules speak of distances in one
/// sentence: cross-attention, between two, keeps the model's own.
enum class MaskKind {
    model,   ///< the model's own
    none,    ///< every key
    causal,  ///< keys at or before the query
    window,  ///< the model's own, and only keys nearer than `window`: |query - key| < window
};

struct MaskEdit {
    MaskKind kind = MaskKind::model;
    Index window = 0;  ///< at least 1 where kind is window, 0 elsewhere
    bool operator==(const MaskEdit&) const = default;
};

/// All that a person changed inside the model. The JSON form is one format for the window, the
/// command line and the tests:
///
///     {"temperature": [{"value": 0.5, "layer": 1, "head": 2}],
///      "mask": "none" | "causal" | {"window": 8},
///      "block": [{"query": 6, "key": 2, "layer": 0}, {"key": 3}, {"query": 4}],
///      "ablate": [{"layer": 1, "head": 1, "to": "zero" | "mean"}]}
///
/// Each entry of an encoder-decoder may name a part: {"part": "encoder" | "decoder" | "cross"}.
struct Edits {
    std::vector<TemperatureEdit> temperatures;
    MaskEdit mask;
    std::vector<BlockEdit> blocks;
    std::vector<AblationEdit> ablations;

    /// No edit that changes anything (temperatures of 1 do not count).
    bool empty() const;
    /// How many a person would count: moved temperatures, a mask other than the model's, blocks,
    /// ablations.
    Index count() const;
    bool operator==(const Edits&) const = default;
};

/// Reads the JSON form. An unknown or repeated key, a wrong type or a value out of its domain (a
/// temperature that is not finite or too low, alone or with those around it; a window below 1) is
/// an error that names it.
Result<Edits> parse_edits(std::string_view json, std::string_view name);
std::string edits_to_json(const Edits& edits);

/// What an edit may refer to in one part of a model.
struct EditLimits {
    Index layers = 0;
    Index heads = 0;
    Index queries = 0;
    Index keys = 0;
    Part part = Part::self;
};

/// Every index inside the limits of a part that the edit acts on, or an error that names the first
/// that is not; and no head's temperatures multiply to less than least_temperature. An edit without
/// a part may go beyond the shorter of two sentences.
Status check_edits(const Edits& edits, std::span<const EditLimits> parts);

/// `edits` less those whose indices check_edits would refuse (a shorter sentence, another model).
Edits clip_edits(const Edits& edits, std::span<const EditLimits> parts);

}  // namespace fovea
