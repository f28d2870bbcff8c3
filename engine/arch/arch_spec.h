#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/arch/model_config.h"
#include "engine/arch/role.h"
#include "engine/nn/norm.h"

namespace fovea {

/// A whole number in config.json. The first of `names` that is there (and not null) is taken.
struct IndexKey {
    Index ModelConfig::*field;
    std::vector<std::string_view> names;
    /// What an absent key means: a function of what stood before it in the list.
    Index (*fallback)(const ModelConfig&) = nullptr;  ///< nullptr: it must be there
};

struct NumberKey {
    float ModelConfig::*field;
    std::vector<std::string_view> names;  ///< a dot steps into an object
    std::optional<float> fallback = {};
    bool may_be_zero = false;
};

struct FlagKey {
    bool ModelConfig::*field;
    std::vector<std::string_view> names;
    bool fallback = false;
};

/// A key whose value the engine only takes at these values: anything else would be run wrongly.
struct RequiredValue {
    std::string_view name;
    std::vector<std::string_view> accepted;  ///< as JSON text: "false", "\"absolute\""
};

/// Where config.json says which layers see the whole sentence and which a window of it.
/// `layer_types` is read for every architecture; these are the older forms.
struct LayerKindKeys {
    std::vector<std::string_view> window =
        {};  ///< its size; none of them there: all layers are full
    /// The file counts the window on both sides of the query together (ModernBERT).
    bool window_is_both_sides = false;
    std::string_view list = {};    ///< one name a layer: "global", "local"
    std::string_view blocks = {};  ///< [[names, times], ...] (GPT-Neo)
    std::string_view period = {};  ///< every so many layers one is full
    Index period_fallback = 0;
    bool full_first = false;              ///< the full one is the first of a period, else the last
    std::string_view first_sliding = {};  ///< layers from this one on slide (Qwen 2)
    std::string_view enabled = {};        ///< a flag without which no layer slides
};

struct RotaryKeys {
    std::vector<std::string_view> theta = {"rope_theta"};
    float theta_fallback = 10000;
    std::vector<std::string_view> local_theta = {};  ///< of sliding layers, where another
    std::optional<float> local_theta_fallback = {};
    std::vector<std::string_view> share = {"partial_rotary_factor"};  ///< of the head that turns
    float share_fallback = 1;
};

/// One tensor of the checkpoint. "{}" in the name stands for the layer.
struct TensorSpec {
    Role role;
    std::string_view name;
    std::vector<Extent> shape;
    Presence presence = Presence::required;
    bool input_major = false;  ///< [inputs, outputs], GPT-2's Conv1D
};

enum class PositionKind {
    none,
    learned,
    sinusoidal,     ///< sines, then cosines (Vaswani et al. 2017)
    rotary,         ///< Su et al. 2021
    alibi,          ///< Press et al. 2022
    relative_bias,  ///< learned by bucket of distance (Raffel et al. 2020)
};

/// How query, key and value stand in a fused matrix.
enum class FusedLayout {
    parts,  ///< all queries, all keys, all values
    heads,  ///< query, key and value of the first head, then of the second (GPT-NeoX, BLOOM)
};

enum class HeadKind {
    next_token,   ///< predicts the token after each position
    masked_token  ///< fills masked positions
};

/// An architecture, as data: what the one forward pass needs to know, with neutral defaults. One
/// spec is one stack of layers; an encoder-decoder is the decoder's with the encoder's in it.
struct ArchSpec {
    std::vector<std::string_view> model_types = {};  ///< config.json's that it answers to
    std::string_view label = {};                     ///< "BERT (Devlin et al. 2019)"
    std::vector<IndexKey> sizes = {};
    std::vector<NumberKey> numbers = {};
    std::vector<FlagKey> flags = {};
    std::vector<std::string_view> activation_keys = {};
    Activation default_activation = Activation::gelu;
    LayerKindKeys layer_kinds = {};
    RotaryKeys rotary = {};
    std::vector<RequiredValue> required_values = {};

    /// In front of the names in files found in the wild, tried in order; "" where there is none.
    std::vector<std::string_view> prefixes = {};
    /// Older spellings of a part of a name: {"LayerNorm.weight", "LayerNorm.gamma"}.
    std::vector<std::pair<std::string_view, std::string_view>> aliases = {};
    std::vector<TensorSpec> tensors = {};

    NormKind norm = NormKind::layer;
    PositionKind position = PositionKind::learned;
    FusedLayout fused = FusedLayout::parts;
    bool causal = true;
    /// The embedding is projected to the width before positions are added, else after the norm.
    bool projected_before_positions = false;
    HeadKind head = HeadKind::next_token;
    bool tied_by_default = true;  ///< where config.json does not say `tie_word_embeddings`
    Activation head_activation = Activation::identity;  ///< of the head's transform

    /// What files of this architecture may hold besides without its meaning anything here, as
    /// patterns ("*" for anything), beyond neutral_keys() and neutral_tensors(). Any other key or
    /// tensor that nothing here reads is named in a warning.
    std::vector<std::string_view> neutral_keys = {};
    std::vector<std::string_view> neutral_tensors = {};

    std::shared_ptr<const ArchSpec> encoder = {};  ///< of an encoder-decoder; null elsewhere
};

/// Every architecture, in the order of list.h.
std::span<const ArchSpec> architectures();

/// By config.json's model_type; nullptr where there is none.
const ArchSpec* find_architecture(std::string_view model_type);

}  // namespace fovea
