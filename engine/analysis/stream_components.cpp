#include "engine/analysis/stream_components.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <optional>

#include "engine/analysis/feed_forward_output.h"
#include "engine/analysis/frozen_norm.h"
#include "engine/arch/arch_spec.h"
#include "engine/model/embedding.h"
#include "engine/model/head_writing.h"
#include "engine/model/weights.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Kind = Writer::Kind;

/// The components of one row while they are collected, and their sum so far.
class Collector {
  public:
    Collector(const Stack& stack, Index row) : stack_(stack), row_(row) {}

    void add(Writer writer, const Eigen::RowVectorXf& vector) {
        writers_.push_back(writer);
        vectors_.push_back(vector);
    }
    /// What norms and projections add is one writer, which stands last.
    void add_bias(const Eigen::RowVectorXf& vector) {
        if (bias_.size() == 0)
            bias_ = vector;
        else
            bias_ += vector;
    }

    Eigen::RowVectorXf sum() const {
        Eigen::RowVectorXd total = Eigen::RowVectorXd::Zero(vectors_.front().size());
        for (const auto& vector : vectors_)
            total += vector.cast<double>();
        if (bias_.size() > 0) total += bias_.cast<double>();
        return total.cast<float>();
    }

    /// A norm behind all that was written so far.
    void pass(const Norm& norm, const Eigen::RowVectorXf& whole) {
        const FrozenNorm frozen(norm, whole.data(), whole.size());
        for (auto& vector : vectors_)
            frozen.apply(vector);
        if (bias_.size() > 0) frozen.apply(bias_);
        if (frozen.has_shift()) {
            Eigen::RowVectorXf shift = Eigen::RowVectorXf::Zero(whole.size());
            frozen.add_shift(shift);
            add_bias(shift);
        }
    }

    /// A linear map of all that was written so far.
    void project(const Linear& linear) {
        const Linear map{linear.weight,  linear.dtype,       linear.row_bytes, linear.inputs,
                         linear.outputs, linear.input_major, nullptr};
        const auto mapped = [&](const Eigen::RowVectorXf& vector) {
            Eigen::RowVectorXf result(map.outputs);
            const LinearTask task[] = {{map, vector.data(), result.data()}};
            apply_linear(task, 1);
            return result;
        };
        for (auto& vector : vectors_)
            vector = mapped(vector);
        if (bias_.size() > 0) bias_ = mapped(bias_);
        if (linear.bias) add_bias(Eigen::Map<const Eigen::RowVectorXf>(linear.bias, map.outputs));
    }

    std::vector<Writer> writers() const {
        std::vector<Writer> all = writers_;
        if (bias_.size() > 0) all.push_back({Kind::bias});
        return all;
    }
    void write(float* to) const {
        const auto put = [&](const Eigen::RowVectorXf& vector) {
            to = std::copy_n(vector.data(), vector.size(), to);
        };
        for (const auto& vector : vectors_)
            put(vector);
        if (bias_.size() > 0) put(bias_);
    }
    const Stack& stack() const { return stack_; }
    Index row() const { return row_; }

  private:
    const Stack& stack_;
    Index row_;
    std::vector<Writer> writers_;
    std::vector<Eigen::RowVectorXf> vectors_;
    Eigen::RowVectorXf bias_;  // empty: nothing yet
};

Eigen::RowVectorXf row_of(const Tensor& tensor, Index row) {
    return Eigen::Map<const Eigen::RowVectorXf>(tensor.slice(row), tensor.extent(1));
}

Collector embedded(const Stack& stack, const EmbeddingParts& parts, Index i, Index token) {
    const BoundTensors& w = stack.weights->model;
    Collector row(stack, token);
    const auto project = [&] {
        if (w.has(Role::embedding_projection_weight))
            row.project(
                w.linear(Role::embedding_projection_weight, Role::embedding_projection_bias));
    };
    row.add({Kind::embedding}, row_of(parts.token, i));
    if (stack.arch->projected_before_positions) project();
    if (!parts.position.empty()) row.add({Kind::position}, row_of(parts.position, i));
    if (!parts.type.empty()) row.add({Kind::type}, row_of(parts.type, i));
    if (w.has(Role::embedding_norm_gain))
        row.pass(w.norm(norm_settings(stack), Role::embedding_norm_gain, Role::embedding_norm_bias),
                 row.sum());
    if (!stack.arch->projected_before_positions) project();
    return row;
}

/// What one attention wrote into a row: its heads, and its bias.
void add_attention(Collector& row, const BoundTensors& w, const LayerTrace& trace, Index layer,
                   bool cross, const HeadWriting& writing) {
    const Stack& stack = row.stack();
    RowMajor heads = writing.of_row(trace, row.row());
    Eigen::RowVectorXf bias = writing.bias();
    const Role output_norm = cross ? Role::count : Role::attention_output_norm_gain;
    if (output_norm != Role::count && w.has(output_norm)) {
        Eigen::RowVectorXf whole = heads.colwise().sum();
        if (bias.size() > 0) whole += bias;
        const FrozenNorm frozen(w.norm(norm_settings(stack), output_norm, Role::count),
                                whole.data(), whole.size());
        for (Index h = 0; h < heads.rows(); ++h)
            frozen.apply(heads.row(h));
        if (bias.size() > 0) frozen.apply(bias);
    }
    for (Index h = 0; h < heads.rows(); ++h)
        row.add({cross ? Kind::cross_attention : Kind::attention, layer, h}, heads.row(h));
    if (bias.size() > 0)
        row.add({cross ? Kind::cross_attention_bias : Kind::attention_bias, layer}, bias);
}

}  // namespace

std::string writer_name(const Writer& writer) {
    switch (writer.kind) {
        case Kind::embedding:
            return "embedding";
        case Kind::position:
            return "position";
        case Kind::type:
            return "type";
        case Kind::attention:
            return fmt::format("attention.{}.{}", writer.layer, writer.head);
        case Kind::attention_bias:
            return fmt::format("attention_bias.{}", writer.layer);
        case Kind::cross_attention:
            return fmt::format("cross.{}.{}", writer.layer, writer.head);
        case Kind::cross_attention_bias:
            return fmt::format("cross_bias.{}", writer.layer);
        case Kind::mlp:
            return fmt::format("mlp.{}", writer.layer);
        case Kind::bias:
            return "bias";
    }
    return {};
}

StreamComponents stream_components(const Model& model, const Trace& trace, Index layer,
                                   std::span<const Index> rows, bool after_attention) {
    const Stack& stack = model.stack(trace.part);
    const ModelConfig& config = *stack.config;
    const EmbeddingParts parts = embedding_parts(stack, trace.ids, trace.token_types, rows);
    std::vector<Collector> collected;
    for (size_t i = 0; i < rows.size(); ++i)
        collected.push_back(embedded(stack, parts, static_cast<Index>(i), rows[i]));

    for (Index m = 0; m < layer + after_attention; ++m) {
        const BoundTensors& w = stack.weights->layers[static_cast<size_t>(m)];
        const auto at = static_cast<size_t>(m);
        const HeadWriting own(stack, m, /*cross=*/false);
        std::optional<HeadWriting> across;
        if (trace.cross && m < layer) across.emplace(stack, m, /*cross=*/true);
        const auto behind = [&](Collector& row, Role gain, Role bias) {
            if (!config.norm_before && w.has(gain))
                row.pass(w.norm(norm_settings(stack), gain, bias), row.sum());
        };
        for (Collector& row : collected) {
            // What the feed-forward reads where both halves of a layer read the same.
            const Eigen::RowVectorXf before = row_of(*trace.hidden_states[at], row.row());
            add_attention(row, w, *trace.layers[at], m, /*cross=*/false, own);
            behind(row, Role::attention_norm_gain, Role::attention_norm_bias);
            if (m == layer) continue;
            if (across) {
                add_attention(row, w, *trace.cross->layers[at], m, /*cross=*/true, *across);
                behind(row, Role::cross_norm_gain, Role::cross_norm_bias);
            }
            const bool last = m + 1 == config.layers;
            if (config.norm_before && !last) {
                // The rest of what the layer wrote, to the last digit of the stream.
                row.add({Kind::mlp, m},
                        row_of(*trace.hidden_states[at + 1], row.row()) - row.sum());
            } else {
                const Eigen::RowVectorXf read = config.parallel_block ? before : row.sum();
                row.add({Kind::mlp, m}, feed_forward_output(stack, m, read));
            }
            behind(row, Role::feed_forward_norm_gain, Role::feed_forward_norm_bias);
        }
    }

    StreamComponents result;
    result.writers = collected.empty() ? std::vector<Writer>{} : collected.front().writers();
    result.rows.assign(rows.begin(), rows.end());
    const auto count = static_cast<Index>(result.writers.size());
    result.vectors = Tensor::uninitialised({static_cast<Index>(rows.size()), count, config.width});
    for (size_t i = 0; i < collected.size(); ++i)
        collected[i].write(result.vectors.slice(static_cast<Index>(i)));
    return result;
}

}  // namespace fovea
