#include "engine/arch/gguf_keys.h"

#include <algorithm>

#include "engine/arch/known_names.h"

namespace fovea {
namespace {

/// Read behind "ARCHITECTURE.", of every architecture or of one.
struct Read {
    std::string_view key;
    std::string_view only = {};
};
constexpr Read of_architectures[] = {
    {"attention.causal"},
    {"attention.clamp_kqv"},
    {"attention.head_count"},
    {"attention.head_count_kv"},
    {"attention.key_length"},
    {"attention.layer_norm_epsilon"},
    {"attention.layer_norm_rms_epsilon"},
    {"attention.relative_buckets_count", "t5"},
    {"attention.scale"},
    {"attention.sliding_window", "gemma3"},
    {"attention.sliding_window_pattern", "gemma3"},
    {"attention.value_length"},
    {"attn_logit_softcapping"},
    {"block_count"},
    {"context_length"},
    {"decoder_block_count", "t5"},
    {"decoder_start_token_id", "t5"},
    {"embedding_length"},
    {"embedding_scale"},
    {"expert_count"},
    {"feed_forward_length"},
    {"final_logit_softcapping"},
    {"logit_scale"},
    {"residual_scale"},
    {"rope.dimension_count"},
    {"rope.freq_base"},
    {"rope.freq_base_swa", "gemma3"},
    {"rope.scale_linear"},
    {"rope.scaling.attn_factor"},
    {"rope.scaling.factor"},
    {"rope.scaling.original_context_length"},
    {"rope.scaling.type"},
    {"rope.scaling.yarn_attn_factor"},
    {"rope.scaling.yarn_beta_fast"},
    {"rope.scaling.yarn_beta_slow"},
    {"rope.scaling.yarn_ext_factor"},
    {"rope.scaling.yarn_log_multiplier"},
    {"use_parallel_residual", "gptneox"},
};

constexpr std::string_view others_read[] = {"general.architecture", "split.count",
                                            "tokenizer.ggml.eos_token_id"};

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
    if (std::ranges::find(others_read, key) != std::end(others_read)) return true;
    const auto rest = of_architecture(key);
    return rest && std::ranges::any_of(of_architectures, [&](const Read& read) {
               // "t5encoder" is T5 without its decoder.
               return read.key == *rest && (read.only.empty() || read.only == architecture_ ||
                                            (read.only == "t5" && architecture_ == "t5encoder"));
           });
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
