#include "engine/model/embedding.h"

#include <Eigen/Core>
#include <cmath>

#include "engine/arch/arch_spec.h"
#include "engine/model/position.h"
#include "engine/model/weights.h"

namespace fovea {
namespace {

using Array = Eigen::Map<Eigen::ArrayXf>;

/// Rows of a table by index, added to or written over the rows of `state` [n, columns].
class TableRows {
  public:
    explicit TableRows(const BoundTensor& table)
        : table_(table), row_(Tensor::uninitialised({table.columns})) {}

    void add(Index index, float scale, float* to) {
        table_.unpack_row(index, row_.data());
        Array(to, table_.columns) += scale * Array(row_.data(), table_.columns);
    }

  private:
    const BoundTensor& table_;
    Tensor row_;  // [columns]
};

void add_positions(const Stack& stack, std::span<const std::int32_t> ids, Tensor& state) {
    const ModelConfig& config = *stack.config;
    const BoundTensors& w = stack.weights->model;
    if (config.relative_keys != RelativeKeys::none) return;
    if (!w.has(Role::position_embedding)) {
        if (stack.arch->position == PositionKind::sinusoidal)
            for (Index t = 0; t < state.extent(0); ++t)
                add_sinusoid(t, state.extent(1), state.slice(t));
        return;
    }
    TableRows positions(w[Role::position_embedding]);
    Index next = config.position_offset;
    for (Index t = 0; t < state.extent(0); ++t) {
        const bool padding =
            config.skips_padding && ids[static_cast<size_t>(t)] == config.padding_id;
        positions.add(padding ? config.padding_id : next, 1, state.slice(t));
        next += !padding;
    }
}

Tensor project(const Stack& stack, Tensor narrow) {
    const BoundTensors& w = stack.weights->model;
    if (!w.has(Role::embedding_projection_weight)) return narrow;
    Tensor state = Tensor::uninitialised({narrow.extent(0), stack.config->width});
    const LinearTask task[] = {
        {w.linear(Role::embedding_projection_weight, Role::embedding_projection_bias),
         narrow.data(), state.data()}};
    apply_linear(task, narrow.extent(0));
    return state;
}

}  // namespace

Tensor embed(const Stack& stack, std::span<const std::int32_t> ids,
             std::span<const std::int32_t> types) {
    const ModelConfig& config = *stack.config;
    const BoundTensors& w = stack.weights->model;
    const auto n = static_cast<Index>(ids.size());
    Tensor state = Tensor::filled({n, config.embedding_width}, 0);
    TableRows tokens(w[Role::token_embedding]);
    const float scale =
        config.scaled_embedding ? std::sqrt(static_cast<float>(config.width)) : 1.0f;
    for (Index t = 0; t < n; ++t)
        tokens.add(ids[static_cast<size_t>(t)], scale, state.slice(t));
    if (stack.arch->projected_before_positions) state = project(stack, std::move(state));
    add_positions(stack, ids, state);
    if (w.has(Role::type_embedding)) {
        TableRows rows(w[Role::type_embedding]);
        for (Index t = 0; t < n; ++t)
            rows.add(types.empty() ? 0 : types[static_cast<size_t>(t)], 1, state.slice(t));
    }
    if (w.has(Role::embedding_norm_gain))
        apply_norm(
            w.norm(norm_settings(stack), Role::embedding_norm_gain, Role::embedding_norm_bias),
            state.data(), n, state.extent(1), state.data());
    if (!stack.arch->projected_before_positions) state = project(stack, std::move(state));
    return state;
}

}  // namespace fovea
