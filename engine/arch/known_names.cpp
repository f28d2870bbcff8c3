#include "engine/arch/known_names.h"

#include <algorithm>

namespace fovea {
namespace {

bool fits(std::string_view name, std::string_view pattern) {
    const size_t star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    name.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    if (pattern.empty()) return true;
    for (; !name.empty(); name.remove_prefix(1))
        if (fits(name, pattern)) return true;
    return false;
}

constexpr std::string_view keys[] = {
    // Where the file comes from, and in what form the weights are in it.
    "model_type",
    "architectures",
    "_name_or_path",
    "name_or_path",
    "_commit_hash",
    "_from_model_config",
    "auto_map",
    "transformers_version",
    "transformers.js_config",
    "unsloth*",
    "dtype",
    "torch_dtype",
    "use_bfloat16",
    "max_sequence_length",
    "model_max_length",
    "language",
    "tokenizer_class",
    "prefix",
    // Training.
    "*dropout*",
    "*_pdrop",
    "*layerdrop",
    "init_std",
    "init_factor",
    "initializer_*",
    "gradient_checkpointing",
    "finetuning_task",
    "problem_type",
    "pretraining_tp",
    "save_step",
    "tf_legacy_loss",
    "freeze_*",
    // Heads for other tasks, and what they call their answers.
    "id2label",
    "label2id",
    "num_labels",
    "_num_labels",
    "classifier_*",
    "summary_*",
    "pooler_*",
    "task_specific_params",
    "sentence_transformers",
    // How a library runs the model.
    "use_cache",
    "cache_implementation",
    "return_dict",
    "output_attentions",
    "output_hidden_states",
    "output_past",
    "torchscript",
    "chunk_size_feed_forward",
    "attn_implementation",
    "_attn_implementation*",
    "_experts_implementation*",
    "_flash_attn*",
    "use_flash_attn",
    "use_memory_efficient_attention",
    "reference_compile",
    "vocab_size_or_config_json_file",
    // Writing.
    "*_token_id",
    "*_token_ids",
    "*_token_index",
    "bad_words_ids",
    "begin_suppress_tokens",
    "diversity_penalty",
    "do_sample",
    "early_stopping",
    "encoder_no_repeat_ngram_size",
    "exponential_decay_length_penalty",
    "generation_config",
    "length_penalty",
    "max_length",
    "max_new_tokens",
    "min_length",
    "no_repeat_ngram_size",
    "num_beam_groups",
    "num_beams",
    "num_return_sequences",
    "output_scores",
    "remove_invalid_values",
    "repetition_penalty",
    "return_dict_in_generate",
    "suppress_tokens",
    "temperature",
    "top_k",
    "top_p",
    "typical_p",
    // Of layers that are all of one kind, whatever the file says.
    "layer_types",
    // Left over from classes that all configurations come from.
    "cross_attention_hidden_size",
    "tie_encoder_decoder",
    "is_encoder_decoder",
};

constexpr std::string_view tensors[] = {
    "*position_ids",
    "*token_type_ids",
    "*rotary_emb.inv_freq",
    "*rotary_emb.*_cached",
    "*masked_bias",
    "*embed_positions._float_tensor",
    "*.version",
    "*pooler.*",
    "classifier*",
    "pre_classifier.*",
    "classification_head.*",
    "score.*",
    "qa_outputs.*",
    "lm_head.loss*",
    "v_head.*",
    "multiple_choice_head.*",
};

}  // namespace

bool fits_any(std::string_view name, std::span<const std::string_view> patterns) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](std::string_view pattern) { return fits(name, pattern); });
}

std::span<const std::string_view> neutral_keys() {
    return keys;
}

std::span<const std::string_view> neutral_tensors() {
    return tensors;
}

}  // namespace fovea
