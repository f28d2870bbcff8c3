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
    /// What null means, where that is something else.
    Index (*null)(const ModelConfig&) = nullptr;
};
/// The fallback that is the same whatever stood before.
template <Index value>
Index always(const ModelConfig&) {
    return value;
}

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
    bool inverted = false;  ///< the field is the opposite of what the file says
};

/// A key whose value the engine only takes at these values: anything else would be run wrongly.
struct RequiredValue {
    std::string_view name;
    std::vector<std::string_view> accepted;  ///< as JSON text: "false", "\"absolute\""
};

/// A flag of config.json without which tensors of these roles are not the model's, though the file
/// may hold them.
struct TensorFlag {
    std::string_view name;  ///< empty: the fallback it is, whatever the file says
    bool fallback = false;
    std::vector<Role> roles;
};

/// Where config.json says which layers see the whole sentence and which a window of it.
struct LayerKindKeys {
    std::vector<std::string_view> window =
        {};  ///< its size; all layers are full where it is null, or absent without a fallback
    Index window_fallback = 0;
    /// The file counts the window on both sides of the query together (ModernBERT).
    bool window_is_both_sides = false;
    std::string_view list = {};    ///< one name a layer: "full_attention", "local"
    std::string_view blocks = {};  ///< [[names, times], ...] (GPT-Neo), without which no file is
    std::string_view period = {};  ///< every so many layers one is full
    Index period_fallback = 0;
    bool full_first = false;              ///< the full one is the first of a period, else the last
    std::string_view first_sliding = {};  ///< layers from this one on slide (Qwen 2)
    Index first_sliding_fallback = 0;
    std::string_view enabled = {};  ///< a flag without which no layer slides
};

struct RotaryKeys {
    std::vector<std::string_view> theta = {"rope_theta"};
    float theta_fallback = 10000;
    std::vector<std::string_view> local_theta = {};  ///< of sliding layers, where another
    std::optional<float> local_theta_fallback = {};
    /// A flat `rope_scaling` stretches sliding layers with a theta of their own as well.
    bool flat_stretches_local = false;
    /// Of the head that turns, in the scaling's object or beside it; empty: all of it.
    std::vector<std::string_view> share = {};
    float share_fallback = 1;
    /// A share that is no even number of dimensions is rounded up, else refused.
    bool odd_share_rounds_up = false;
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

/// An architecture, as data: what the one forward pass needs to know, with neutral defaults. One
/// spec is one stack of layers; an encoder-decoder is the decoder's with the encoder's in it.
struct ArchSpec {
    std::vector<std::string_view> model_types = {};  ///< config.json's that it answers to
    /// What the names of its classes begin with ("Bert" in BertForMaskedLM), by which a file
    /// without `model_type` is known.
    std::vector<std::string_view> class_names = {};
    std::string_view label = {};  ///< "BERT (Devlin et al. 2019)"
    std::vector<IndexKey> sizes = {};
    std::vector<NumberKey> numbers = {};
    std::vector<FlagKey> flags = {};
    std::vector<TensorFlag> tensor_flags = {};
    std::vector<std::string_view> activation_keys = {};
    Activation default_activation = Activation::gelu;
    bool activation_tells_gate = false;  ///< "gated-gelu" or "gelu" (T5)
    /// Beside such a key, each half of what it says; they count, where they are there.
    std::string_view plain_activation_key = {}, gate_key = {};
    LayerKindKeys layer_kinds = {};
    RotaryKeys rotary = {};
    std::string_view position_type_key = {};  ///< names RelativeKeys, or "absolute"
    std::vector<RequiredValue> required_values = {};

    /// In front of the names in files found in the wild, tried in order; "" where there is none.
    std::vector<std::string_view> prefixes = {};
    /// Older spellings of a part of a name: {"LayerNorm.weight", "LayerNorm.gamma"}.
    std::vector<std::pair<std::string_view, std::string_view>> aliases = {};
    std::vector<TensorSpec> tensors = {};
    /// The table that the output matrix is tied to, where it need not be the stack's own token
    /// embedding; and all whole names under which one table for all may be kept, the output
    /// matrix's besides.
    std::string_view shared_embedding = {};
    std::vector<std::string_view> embedding_names = {};

    NormKind norm = NormKind::layer;
    PositionKind position = PositionKind::learned;
    FusedLayout fused = FusedLayout::parts;
    bool causal = true;
    bool reads_is_causal = true;  ///< `is_causal: false` lifts the causal mask
    /// The embedding is projected to the width before positions are added, else after the norm.
    bool projected_before_positions = false;
    HeadKind head = HeadKind::next_token;
    bool tied_by_default = true;  ///< where config.json does not say `tie_word_embeddings`
    bool always_tied = false;     ///< whatever it says; a matrix in the file counts all the same
    /// Of the head's transform: the activation that these keys name, else this one.
    std::vector<std::string_view> head_activation_keys = {};
    Activation head_activation = Activation::identity;

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
/// By a class that config.json's `architectures` names ("LlamaForCausalLM"), likewise.
const ArchSpec* find_architecture_of_class(std::string_view name);

}  // namespace fovea
