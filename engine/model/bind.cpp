#include "engine/model/bind.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace fovea {
namespace {

std::string with_layer(std::string_view pattern, Index layer) {
    const size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos) return std::string(pattern);
    return fmt::format("{}{}{}", pattern.substr(0, hole), layer, pattern.substr(hole + 2));
}

const TensorView* find_spelling(const ArchSpec& arch, const Checkpoint& checkpoint,
                                const std::string& name) {
    const auto with_prefix = [&](const std::string& base) -> const TensorView* {
        for (const auto prefix : arch.prefixes)
            if (const TensorView* found = checkpoint.find(std::string(prefix) + base)) return found;
        return checkpoint.find(base);
    };
    if (const TensorView* found = with_prefix(name)) return found;
    for (const auto& [today, older] : arch.aliases) {
        const size_t at = name.find(today);
        if (at == std::string::npos) continue;
        std::string old_name = name;
        old_name.replace(at, today.size(), older);
        if (const TensorView* found = with_prefix(old_name)) return found;
    }
    return nullptr;
}

/// A masked-token head is a set of tensors; none of it in the file means that the model was saved
/// without one.
bool head_is_there(const ArchSpec& arch, const Checkpoint& checkpoint) {
    return std::ranges::all_of(arch.tensors, [&](const TensorSpec& spec) {
        return spec.presence != Presence::with_head ||
               find_spelling(arch, checkpoint, std::string(spec.name));
    });
}

/// GGUF files leave them out.
std::span<const Index> without_leading_ones(std::span<const Index> shape) {
    while (shape.size() > 1 && shape.front() == 1)
        shape = shape.subspan(1);
    return shape;
}

class Binder {
  public:
    Binder(const ArchSpec& arch, const ModelConfig& config, const Checkpoint& checkpoint)
        : arch_(arch), config_(config), checkpoint_(checkpoint) {}

    Result<Weights> run() {
        weights_.layers.resize(static_cast<size_t>(config_.layers));
        weights_.has_head = head_is_there(arch_, checkpoint_);
        for (const TensorSpec& spec : arch_.tensors) {
            if (spec.role < layer_first) {
                bind(spec, 0, weights_.model);
                continue;
            }
            for (Index layer = 0; layer < config_.layers; ++layer)
                bind(spec, layer, weights_.layers[static_cast<size_t>(layer)]);
        }
        bind_head();
        if (!problems_.empty()) return all_problems();
        for (auto& layer : weights_.layers)
            split_fused(layer);
        return std::move(weights_);
    }

  private:
    bool wanted(const TensorSpec& spec, Index layer) const {
        if (config_.left_out[static_cast<size_t>(spec.role)]) return false;
        switch (spec.presence) {
            case Presence::required:
            case Presence::optional:
                return true;
            case Presence::with_head:
                return weights_.has_head;
            case Presence::when_gated:
                return config_.gated;
            case Presence::when_not_gated:
                return !config_.gated;
            case Presence::when_projected:
                return config_.embedding_width != config_.width;
            case Presence::when_final_norm:
                return config_.norm_before && config_.final_norm;
            case Presence::when_absolute:
                return true;
            case Presence::when_relative:
                return config_.relative_keys != RelativeKeys::none;
            case Presence::not_first_layer:
                return layer > 0;
        }
        return true;
    }

    bool may_be_missing(const TensorSpec& spec) const {
        return spec.presence == Presence::optional || (spec.presence == Presence::when_absolute &&
                                                       config_.relative_keys != RelativeKeys::none);
    }

    /// A table that output matrix and embeddings share may be kept under any of their names.
    const TensorView* find_table(const TensorSpec& spec, const std::string& name) const {
        const TensorView* view = find_spelling(arch_, checkpoint_, name);
        if (view || spec.role != Role::token_embedding) return view;
        for (const std::string_view other : arch_.embedding_names)
            if ((view = find_spelling(arch_, checkpoint_, std::string(other)))) return view;
        if (!config_.tied_output) return nullptr;
        for (const TensorSpec& head : arch_.tensors)
            if (head.role == Role::head_weight)
                return find_spelling(arch_, checkpoint_, std::string(head.name));
        return nullptr;
    }

    void bind(const TensorSpec& spec, Index layer, BoundTensors& into) {
        if (!wanted(spec, layer)) return;
        const std::string name = with_layer(spec.name, layer);
        const TensorView* view = find_table(spec, name);
        std::vector<Index> shape;
        for (const Extent extent : spec.shape)
            shape.push_back(extent_of(extent, config_));
        if (!view) {
            if (!may_be_missing(spec))
                problems_.push_back(fmt::format("{} {} is missing", name, shape_text(shape)));
            return;
        }
        if (!std::ranges::equal(without_leading_ones(view->shape), without_leading_ones(shape))) {
            problems_.push_back(fmt::format("{} has shape {}, should have {}", name,
                                            shape_text(view->shape), shape_text(shape)));
            return;
        }
        if (!is_weight_type(view->dtype)) {
            problems_.push_back(fmt::format("{} has type {}, which is no floating-point type", name,
                                            dtype_name(view->dtype)));
            return;
        }
        weights_.bound.push_back(view);
        // By what it is for, not by its size: a matrix may have one row.
        const bool vector = spec.shape.size() == 1 || spec.shape.front() == Extent::one;
        BoundTensor& bound = into[spec.role];
        bound.rows = vector ? shape.back() : shape[0];
        bound.columns = vector ? 1 : shape[1];
        bound.input_major = spec.input_major;
        bound.dtype = vector ? DType::f32 : view->dtype;
        bound.data = vector ? floats_of(*view) : view->bytes.data();
        bound.row_bytes = dtype_bytes(bound.dtype, bound.columns);
    }

    const std::byte* floats_of(const TensorView& view) {
        const std::byte* bytes = view.bytes.data();
        const bool aligned = reinterpret_cast<std::uintptr_t>(bytes) % alignof(float) == 0;
        if (view.dtype == DType::f32 && aligned) return bytes;
        Tensor copy = Tensor::uninitialised(view.shape);
        unpack(view.dtype, bytes, copy.size(), copy.data());
        weights_.converted.push_back(std::move(copy));
        return reinterpret_cast<const std::byte*>(weights_.converted.back().data());
    }

    struct FusedPart {
        Role weight, bias;
        Index size;
    };

    /// A fused matrix of parts one after the other becomes as many.
    static void split(BoundTensors& layer, Role weight, Role bias,
                      std::initializer_list<FusedPart> parts) {
        if (!layer.has(weight)) return;
        const BoundTensor fused = layer[weight], fused_bias = layer[bias];
        Index offset = 0;
        for (const FusedPart& part : parts) {
            BoundTensor piece = fused;
            piece.data += fused.input_major ? dtype_bytes(fused.dtype, offset)
                                            : static_cast<size_t>(offset) * fused.row_bytes;
            (fused.input_major ? piece.columns : piece.rows) = part.size;
            layer[part.weight] = piece;
            if (fused_bias.data) {
                layer[part.bias] = fused_bias;
                layer[part.bias].data += dtype_bytes(DType::f32, offset);
                layer[part.bias].rows = part.size;
            }
            offset += part.size;
        }
    }

    void split_fused(BoundTensors& layer) const {
        if (arch_.fused == FusedLayout::parts)
            split(layer, Role::query_key_value_weight, Role::query_key_value_bias,
                  {{Role::query_weight, Role::query_bias, config_.query_width()},
                   {Role::key_weight, Role::key_bias, config_.key_width()},
                   {Role::value_weight, Role::value_bias, config_.key_width()}});
        split(layer, Role::gate_up_weight, Role::gate_up_bias,
              {{Role::gate_weight, Role::gate_bias, config_.feed_forward},
               {Role::up_weight, Role::up_bias, config_.feed_forward}});
    }

    /// A matrix of its own counts, whatever config.json says of tying: where it is the embedding
    /// again the logits are the same.
    void bind_head() {
        BoundTensors& model = weights_.model;
        if (config_.head == HeadKind::none) weights_.has_head = false;
        if (!weights_.has_head || model.has(Role::head_weight)) return;
        if (!config_.tied_output) {
            weights_.has_head = false;
            return;
        }
        // Where stacks have embeddings of their own, it is tied to what they share.
        for (const TensorSpec& spec : arch_.tensors)
            if (spec.role == Role::token_embedding && !arch_.shared_embedding.empty())
                bind({Role::head_weight, arch_.shared_embedding, spec.shape, Presence::optional}, 0,
                     model);
        if (!model.has(Role::head_weight)) model[Role::head_weight] = model[Role::token_embedding];
    }

    Error all_problems() const {
        return fail("{}: {} of the model's tensors do not fit: {}", checkpoint_.name(),
                    problems_.size(), fmt::join(problems_, "; "));
    }

    const ArchSpec& arch_;
    const ModelConfig& config_;
    const Checkpoint& checkpoint_;
    Weights weights_;
    std::vector<std::string> problems_;
};

}  // namespace

Result<Weights> bind_weights(const ArchSpec& arch, const ModelConfig& config,
                             const Checkpoint& checkpoint) {
    return Binder(arch, config, checkpoint).run();
}

bool finds_language_head(const ArchSpec& arch, const ModelConfig& config,
                         const Checkpoint& checkpoint) {
    if (config.head == HeadKind::none || !head_is_there(arch, checkpoint)) return false;
    return config.tied_output || std::ranges::any_of(arch.tensors, [&](const TensorSpec& spec) {
               return spec.role == Role::head_weight &&
                      !config.left_out[static_cast<size_t>(spec.role)] &&
                      find_spelling(arch, checkpoint, std::string(spec.name));
           });
}

}  // namespace fovea
