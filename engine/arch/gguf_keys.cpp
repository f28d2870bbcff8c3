#include "engine/arch/gguf_keys.h"

#include <algorithm>

#include "engine/arch/known_names.h"

namespace fovea {
namespace {

/// What a value must be: of another kind it would be taken for one that is not there.
enum class Kind { flag, text, integer, number, size };

bool is_whole(const GgufValue& value) {
    return std::holds_alternative<std::int64_t>(value) ||
           std::holds_alternative<std::uint64_t>(value);
}

bool is_of(Kind kind, const GgufValue& value) {
    switch (kind) {
        case Kind::flag:
            return std::holds_alternative<bool>(value);
        case Kind::text:
            return std::holds_alternative<std::string_view>(value);
        case Kind::integer:
            return is_whole(value);
        case Kind::number:
            return is_whole(value) || std::holds_alternative<double>(value);
        case Kind::size:  // or one for each layer
            return is_whole(value) || std::holds_alternative<GgufNumbers>(value);
    }
    return false;
}

std::string_view words_for(Kind kind) {
    switch (kind) {
        case Kind::flag:
            return "true or false";
        case Kind::text:
            return "a text";
        case Kind::number:
            return "a number";
        case Kind::integer:
        case Kind::size:
            break;
    }
    return "a whole number";
}

/// Read behind "ARCHITECTURE.", of every architecture or of one.
struct Read {
    std::string_view key;
    Kind kind;
    std::string_view only = {};
};
constexpr Read of_architectures[] = {
    {"attention.causal", Kind::flag},
    {"attention.clamp_kqv", Kind::number},
    {"attention.head_count", Kind::size},
    {"attention.head_count_kv", Kind::size},
    {"attention.key_length", Kind::size},
    {"attention.layer_norm_epsilon", Kind::number},
    {"attention.layer_norm_rms_epsilon", Kind::number},
    {"attention.relative_buckets_count", Kind::integer, "t5"},
    {"attention.scale", Kind::number},
    {"attention.sliding_window", Kind::integer, "gemma3"},
    {"attention.sliding_window_pattern", Kind::integer, "gemma3"},
    {"attention.value_length", Kind::size},
    {"attn_logit_softcapping", Kind::number},
    {"block_count", Kind::size},
    {"context_length", Kind::size},
    {"decoder_block_count", Kind::integer, "t5"},
    {"decoder_start_token_id", Kind::integer, "t5"},
    {"embedding_length", Kind::size},
    {"embedding_scale", Kind::number},
    {"expert_count", Kind::integer},
    {"feed_forward_length", Kind::size},
    {"final_logit_softcapping", Kind::number},
    {"logit_scale", Kind::number},
    {"residual_scale", Kind::number},
    {"rope.dimension_count", Kind::integer},
    {"rope.freq_base", Kind::number},
    {"rope.freq_base_swa", Kind::number, "gemma3"},
    {"rope.scale_linear", Kind::number},
    {"rope.scaling.attn_factor", Kind::number},
    {"rope.scaling.factor", Kind::number},
    {"rope.scaling.original_context_length", Kind::integer},
    {"rope.scaling.type", Kind::text},
    {"rope.scaling.yarn_attn_factor", Kind::number},
    {"rope.scaling.yarn_beta_fast", Kind::number},
    {"rope.scaling.yarn_beta_slow", Kind::number},
    {"rope.scaling.yarn_ext_factor", Kind::number},
    {"rope.scaling.yarn_log_multiplier", Kind::number},
    {"use_parallel_residual", Kind::flag, "gptneox"},
};

constexpr Read others_read[] = {{"general.architecture", Kind::text},
                                {"split.count", Kind::integer},
                                {"tokenizer.ggml.eos_token_id", Kind::integer}};

/// Behind "ARCHITECTURE.": what the tensors say as well, or what is for other tasks.
constexpr std::string_view neutral_of_architectures[] = {
    "vocab_size",   "tensor_data_layout",       "expert_used_count",
    "pooling_type", "classifier.output_labels", "rope.scaling.finetuned",
};

/// Where a file comes from, and what its tokenizer reads or what is done with a model's answer.
constexpr std::string_view neutral_elsewhere[] = {
    "general.*",
    "split.*",
    "quantize.*",
    "mradermacher.*",
    "tokenizer.chat_template*",
    "tokenizer.huggingface.json",
    "tokenizer.ggml.*_token_id",
    "tokenizer.ggml.add_bos_token",
    "tokenizer.ggml.add_eos_token",
    "tokenizer.ggml.add_sep_token",  // between two texts that are to be compared
    "tokenizer.ggml.add_space_prefix",
    "tokenizer.ggml.added_tokens",
    "tokenizer.ggml.eog_token_ids",
    "tokenizer.ggml.merges",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
    "tokenizer.ggml.precompiled_charsmap",
    "tokenizer.ggml.remove_extra_whitespaces",
    "tokenizer.ggml.scores",
    "tokenizer.ggml.token_type",
    "tokenizer.ggml.token_type_count",
    "tokenizer.ggml.tokens",
};

constexpr std::string_view tensors[] = {
    "rope_freqs.weight",  // what the configuration is told of
    "cls*",               // answers of other tasks
};

/// How a key is read; nullptr where it is not.
const Read* reading_of(std::string_view key, std::optional<std::string_view> of_architecture,
                       std::string_view architecture) {
    const auto* other = std::ranges::find(others_read, key, &Read::key);
    if (other != std::end(others_read)) return other;
    if (!of_architecture) return nullptr;
    const auto* found = std::ranges::find_if(of_architectures, [&](const Read& read) {
        // "t5encoder" is T5 without its decoder.
        return read.key == *of_architecture && (read.only.empty() || read.only == architecture ||
                                                (read.only == "t5" && architecture == "t5encoder"));
    });
    return found == std::end(of_architectures) ? nullptr : found;
}

}  // namespace

GgufMetadata::GgufMetadata(const Gguf& gguf)
    : gguf_(gguf), architecture_(gguf.text("general.architecture").value_or("")) {}

std::optional<std::string_view> GgufMetadata::of_architecture(std::string_view key) const {
    if (!key.starts_with(architecture_)) return {};
    key.remove_prefix(architecture_.size());
    if (!key.starts_with('.')) return {};
    return key.substr(1);
}

bool GgufMetadata::reads(std::string_view key) const {
    return reading_of(key, of_architecture(key), architecture_) != nullptr;
}

Status GgufMetadata::check_kinds() const {
    for (const auto& [key, value] : gguf_.metadata()) {
        const Read* read = reading_of(key, of_architecture(key), architecture_);
        if (read && !is_of(read->kind, value))
            return fail("{}: \"{}\" must be {}", name(), key, words_for(read->kind));
    }
    return {};
}

bool GgufMetadata::neutral(std::string_view key, const GgufValue& value) const {
    if (fits_any(key, neutral_elsewhere)) return true;
    // BERT's last token, which is always added.
    const bool* is_set = std::get_if<bool>(&value);
    if (key == "tokenizer.ggml.add_sep_token") return is_set && *is_set;
    const auto rest = of_architecture(key);
    return rest && fits_any(*rest, neutral_of_architectures);
}

std::vector<std::string> GgufMetadata::unread() const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : gguf_.metadata())
        if (!reads(key) && !neutral(key, value)) keys.emplace_back(key);
    return keys;
}

std::optional<std::string_view> GgufMetadata::text(std::string_view key) const {
    return reads(key) ? gguf_.text(key) : std::nullopt;
}
std::optional<std::int64_t> GgufMetadata::integer(std::string_view key) const {
    return reads(key) ? gguf_.integer(key) : std::nullopt;
}
std::optional<double> GgufMetadata::number(std::string_view key) const {
    return reads(key) ? gguf_.number(key) : std::nullopt;
}
std::optional<bool> GgufMetadata::flag(std::string_view key) const {
    return reads(key) ? gguf_.flag(key) : std::nullopt;
}
const GgufNumbers* GgufMetadata::numbers(std::string_view key) const {
    return reads(key) ? gguf_.numbers(key) : nullptr;
}

std::span<const std::string_view> gguf_neutral_tensors() {
    return tensors;
}

}  // namespace fovea
