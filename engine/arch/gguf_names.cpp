#include "engine/arch/gguf_names.h"

#include <algorithm>
#include <string>

namespace fovea {
namespace {

struct Row {
    Role role;
    std::string_view name;
    std::string_view encoder = {};  ///< where an encoder-decoder calls it something else
    std::string_view decoder = {};
    std::string_view norm_after = {};
};

constexpr Row rows[] = {
    {Role::token_embedding, "token_embd.weight"},
    {Role::position_embedding, "position_embd.weight"},
    {Role::type_embedding, "token_types.weight"},
    {Role::embedding_norm_gain, "token_embd_norm.weight"},
    {Role::embedding_norm_bias, "token_embd_norm.bias"},
    {Role::relative_bias, {}, "enc.blk.0.attn_rel_b.weight", "dec.blk.0.attn_rel_b.weight"},
    {Role::final_norm_gain, "output_norm.weight", "enc.output_norm.weight",
     "dec.output_norm.weight"},
    {Role::final_norm_bias, "output_norm.bias"},
    {Role::head_weight, "output.weight"},
    {Role::head_bias, "output.bias"},
    {Role::attention_norm_gain, "blk.{}.attn_norm.weight", "enc.blk.{}.attn_norm.weight",
     "dec.blk.{}.attn_norm.weight", "blk.{}.attn_output_norm.weight"},
    {Role::attention_norm_bias, "blk.{}.attn_norm.bias", {}, {}, "blk.{}.attn_output_norm.bias"},
    {Role::query_weight, "blk.{}.attn_q.weight", "enc.blk.{}.attn_q.weight",
     "dec.blk.{}.attn_q.weight"},
    {Role::query_bias, "blk.{}.attn_q.bias"},
    {Role::key_weight, "blk.{}.attn_k.weight", "enc.blk.{}.attn_k.weight",
     "dec.blk.{}.attn_k.weight"},
    {Role::key_bias, "blk.{}.attn_k.bias"},
    {Role::value_weight, "blk.{}.attn_v.weight", "enc.blk.{}.attn_v.weight",
     "dec.blk.{}.attn_v.weight"},
    {Role::value_bias, "blk.{}.attn_v.bias"},
    {Role::query_key_value_weight, "blk.{}.attn_qkv.weight"},
    {Role::query_key_value_bias, "blk.{}.attn_qkv.bias"},
    {Role::query_norm_gain, "blk.{}.attn_q_norm.weight"},
    {Role::key_norm_gain, "blk.{}.attn_k_norm.weight"},
    {Role::output_weight, "blk.{}.attn_output.weight", "enc.blk.{}.attn_o.weight",
     "dec.blk.{}.attn_o.weight"},
    {Role::output_bias, "blk.{}.attn_output.bias"},
    {Role::attention_output_norm_gain, "blk.{}.post_attention_norm.weight"},
    {Role::cross_norm_gain, {}, {}, "dec.blk.{}.cross_attn_norm.weight"},
    {Role::cross_query_weight, {}, {}, "dec.blk.{}.cross_attn_q.weight"},
    {Role::cross_key_weight, {}, {}, "dec.blk.{}.cross_attn_k.weight"},
    {Role::cross_value_weight, {}, {}, "dec.blk.{}.cross_attn_v.weight"},
    {Role::cross_output_weight, {}, {}, "dec.blk.{}.cross_attn_o.weight"},
    {Role::feed_forward_norm_gain, "blk.{}.ffn_norm.weight", "enc.blk.{}.ffn_norm.weight",
     "dec.blk.{}.ffn_norm.weight", "blk.{}.layer_output_norm.weight"},
    {Role::feed_forward_norm_bias, "blk.{}.ffn_norm.bias", {}, {}, "blk.{}.layer_output_norm.bias"},
    {Role::up_weight, "blk.{}.ffn_up.weight", "enc.blk.{}.ffn_up.weight",
     "dec.blk.{}.ffn_up.weight"},
    {Role::up_bias, "blk.{}.ffn_up.bias"},
    {Role::gate_weight, "blk.{}.ffn_gate.weight", "enc.blk.{}.ffn_gate.weight",
     "dec.blk.{}.ffn_gate.weight"},
    {Role::gate_bias, "blk.{}.ffn_gate.bias"},
    {Role::down_weight, "blk.{}.ffn_down.weight", "enc.blk.{}.ffn_down.weight",
     "dec.blk.{}.ffn_down.weight"},
    {Role::down_bias, "blk.{}.ffn_down.bias"},
    {Role::feed_forward_output_norm_gain, "blk.{}.post_ffw_norm.weight"},
};

bool norms_come_after(const ArchSpec& arch) {
    return std::any_of(arch.flags.begin(), arch.flags.end(), [](const FlagKey& flag) {
        return flag.field == &ModelConfig::norm_before && !flag.fallback;
    });
}

/// Phi's and BERT's files come with query, key and value fused as well.
void fuse_where_the_file_does(ArchSpec& arch, const Checkpoint& checkpoint) {
    using enum Extent;
    if (checkpoint.find("blk.0.attn_q.weight") || !checkpoint.find("blk.0.attn_qkv.weight")) return;
    auto& tensors = arch.tensors;
    const auto of_query = [](const TensorSpec& spec) { return spec.role == Role::query_weight; };
    if (std::none_of(tensors.begin(), tensors.end(), of_query)) return;
    std::erase_if(tensors, [](const TensorSpec& spec) {
        return spec.role >= Role::query_weight && spec.role <= Role::value_bias;
    });
    tensors.push_back({Role::query_key_value_weight,
                       gguf_tensor_name(Role::query_key_value_weight),
                       {fused_width, width}});
    tensors.push_back({Role::query_key_value_bias,
                       gguf_tensor_name(Role::query_key_value_bias),
                       {fused_width},
                       Presence::optional});
}

ArchSpec renamed(const ArchSpec& arch, const Checkpoint& checkpoint, GgufStack stack) {
    ArchSpec spec = arch;
    spec.prefixes = {};
    spec.aliases = {};
    spec.shared_embedding = {};
    spec.embedding_names = {};
    spec.fused = FusedLayout::parts;
    for (TensorSpec& tensor : spec.tensors) {
        // A tensor that the format does not know keeps its own name, under which it is missed.
        const std::string_view name = gguf_tensor_name(tensor.role, stack, !norms_come_after(arch));
        if (!name.empty()) tensor.name = name;
        if (tensor.input_major) std::reverse(tensor.shape.begin(), tensor.shape.end());
        tensor.input_major = false;
    }
    fuse_where_the_file_does(spec, checkpoint);
    return spec;
}

}  // namespace

std::string_view gguf_tensor_name(Role role, GgufStack stack, bool norm_before) {
    for (const Row& row : rows) {
        if (row.role != role) continue;
        const std::string_view own = stack == GgufStack::encoder   ? row.encoder
                                     : stack == GgufStack::decoder ? row.decoder
                                     : norm_before                 ? std::string_view()
                                                                   : row.norm_after;
        return own.empty() ? row.name : own;
    }
    return {};
}

ArchSpec gguf_architecture(const ArchSpec& arch, const Checkpoint& checkpoint, bool encoder_alone) {
    if (!arch.encoder)
        return renamed(arch, checkpoint, encoder_alone ? GgufStack::encoder : GgufStack::only);
    ArchSpec spec = renamed(arch, checkpoint, GgufStack::decoder);
    spec.encoder =
        std::make_shared<const ArchSpec>(renamed(*arch.encoder, checkpoint, GgufStack::encoder));
    return spec;
}

}  // namespace fovea
