#include "engine/model/embedding.h"

#include <Eigen/Core>
#include <cmath>
#include <numeric>
#include <vector>

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

/// Positions are told by vectors added to the embedding.
bool has_positions(const Stack& stack) {
    if (stack.config->relative_keys != RelativeKeys::none) return false;
    return stack.weights->model.has(Role::position_embedding) ||
           stack.arch->position == PositionKind::sinusoidal;
}

/// Adds to the rows of `state` the positions of the tokens that `rows` names.
void add_positions(const Stack& stack, std::span<const std::int32_t> ids,
                   std::span<const Index> rows, Tensor& state) {
    const ModelConfig& config = *stack.config;
    const BoundTensors& w = stack.weights->model;
    if (!w.has(Role::position_embedding)) {
        for (size_t i = 0; i < rows.size(); ++i)
            add_sinusoid(rows[i], state.extent(1), state.slice(static_cast<Index>(i)));
        return;
    }
    std::vector<Index> of_token(ids.size());
    Index next = config.position_offset;
    for (size_t t = 0; t < ids.size(); ++t) {
        const bool padding = config.skips_padding && ids[t] == config.padding_id;
        of_token[t] = padding ? config.padding_id : next;
        next += !padding;
    }
    TableRows positions(w[Role::position_embedding]);
    for (size_t i = 0; i < rows.size(); ++i)
        positions.add(of_token[static_cast<size_t>(rows[i])], 1,
                      state.slice(static_cast<Index>(i)));
}

void add_tokens(const Stack& stack, std::span<const std::int32_t> ids, std::span<const Index> rows,
                Tensor& state) {
    const float scale =
        stack.config->scaled_embedding ? std::sqrt(static_cast<float>(stack.config->width)) : 1.0f;
    TableRows tokens(stack.weights->model[Role::token_embedding]);
    for (size_t i = 0; i < rows.size(); ++i)
        tokens.add(ids[static_cast<size_t>(rows[i])], scale, state.slice(static_cast<Index>(i)));
}

void add_types(const Stack& stack, std::span<const std::int32_t> types, std::span<const Index> rows,
               Tensor& state) {
    TableRows table(stack.weights->model[Role::type_embedding]);
    for (size_t i = 0; i < rows.size(); ++i)
        table.add(types.empty() ? 0 : types[static_cast<size_t>(rows[i])], 1,
                  state.slice(static_cast<Index>(i)));
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
    const BoundTensors& w = stack.weights->model;
    const auto n = static_cast<Index>(ids.size());
    std::vector<Index> all(ids.size());
    std::iota(all.begin(), all.end(), Index{0});
    Tensor state = Tensor::filled({n, stack.config->embedding_width}, 0);
    add_tokens(stack, ids, all, state);
    if (stack.arch->projected_before_positions) state = project(stack, std::move(state));
    if (has_positions(stack)) add_positions(stack, ids, all, state);
    if (w.has(Role::type_embedding)) add_types(stack, types, all, state);
    if (w.has(Role::embedding_norm_gain))
        apply_norm(
            w.norm(norm_settings(stack), Role::embedding_norm_gain, Role::embedding_norm_bias),
            state.data(), n, state.extent(1), state.data());
    if (!stack.arch->projected_before_positions) state = project(stack, std::move(state));
    return state;
}

EmbeddingParts embedding_parts(const Stack& stack, std::span<const std::int32_t> ids,
                               std::span<const std::int32_t> types, std::span<const Index> rows) {
    const ModelConfig& config = *stack.config;
    const auto count = static_cast<Index>(rows.size());
    // Positions stand in the width that the tokens have where they are added.
    const Index added =
        stack.arch->projected_before_positions ? config.width : config.embedding_width;
    EmbeddingParts parts;
    parts.token = Tensor::filled({count, config.embedding_width}, 0);
    add_tokens(stack, ids, rows, parts.token);
    if (has_positions(stack)) {
        parts.position = Tensor::filled({count, added}, 0);
        add_positions(stack, ids, rows, parts.position);
    }
    if (stack.weights->model.has(Role::type_embedding)) {
        parts.type = Tensor::filled({count, added}, 0);
        add_types(stack, types, rows, parts.type);
    }
    return parts;
}

}  // namespace fovea
