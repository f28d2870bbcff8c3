#pragma once

#include <vector>

#include "engine/arch/arch_spec.h"

/// What families of architectures have in common.
namespace fovea {

using TensorSpecs = std::vector<TensorSpec>;
TensorSpecs joined(std::vector<TensorSpecs> lists);

/// The names that Hugging Face gives to sizes, where a family has no names of its own, and the
/// context that a file means which does not tell one.
std::vector<IndexKey> plain_sizes(Index (*context)(const ModelConfig&));
/// Likewise for what makes queries, keys and values of a layer's input.
TensorSpecs projection_tensors(Presence biases);

/// BERT's own names, which RoBERTa and ELECTRA kept. As a decoder (`is_decoder`) such a stack is
/// causal.
std::vector<IndexKey> bert_sizes();
TensorSpecs bert_embedding_tensors();
TensorSpecs bert_layer_tensors();
std::vector<std::pair<std::string_view, std::string_view>> bert_aliases();
std::vector<RequiredValue> bert_required_values();

/// Llama's names, which most language models since have kept.
std::vector<IndexKey> llama_sizes(Index (*context)(const ModelConfig&) = always<2048>);
/// The fallback of one of them.
void set_fallback(std::vector<IndexKey>& sizes, Index ModelConfig::*field,
                  Index (*fallback)(const ModelConfig&));
/// Layers that slide as Qwen's do.
LayerKindKeys qwen_layer_kinds();
TensorSpecs llama_embedding_tensors();
/// With projections that may have a bias each, where these flags say so.
TensorFlag attention_bias_flag(std::string_view name, bool fallback = false);
TensorFlag gated_bias_flag(std::string_view name);
TensorSpecs llama_attention_tensors();
TensorSpecs llama_gated_tensors();
/// The whole of it; those who kept the block change what differs.
ArchSpec llama_like(std::string_view model_type, std::string_view label);

/// A layer as fairseq has it, which OPT and BART came from.
TensorSpecs fairseq_layer_tensors(Presence biases);
/// One stack by BART's names, which Marian kept: all that both have in common. What stands before
/// the layers, and how positions are told, is each one's own.
ArchSpec bart_like(bool decoder);
/// T5's two stacks, which mT5 kept.
ArchSpec t5_like(std::vector<std::string_view> model_types, std::string_view label);

}  // namespace fovea
