#include "engine/analysis/query_key_components.h"

#include <Eigen/Core>
#include <optional>

#include "engine/analysis/frozen_norm.h"
#include "engine/arch/arch_spec.h"
#include "engine/model/weights.h"
#include "engine/nn/rotary.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

enum class Side { query, key };

/// One head's rows of a projection.
struct HeadReading {
    RowMajor weight;          // [head_dim, width]
    Eigen::RowVectorXf bias;  // [head_dim], or empty
};

HeadReading head_reading(const Stack& stack, const HeadCell& cell, Side side, bool cross,
                         Index key_head) {
    const BoundTensors& w = stack.weights->layers[static_cast<size_t>(cell.layer)];
    const Index d = stack.config->head_dim;
    Linear linear;
    Index first = 0;
    if (stack.arch->fused == FusedLayout::heads && !cross) {
        linear = w.linear(Role::query_key_value_weight, Role::query_key_value_bias);
        first = (3 * cell.head + (side == Side::key ? 1 : 0)) * d;
    } else if (side == Side::query) {
        linear = cross ? w.linear(Role::cross_query_weight, Role::cross_query_bias)
                       : w.linear(Role::query_weight, Role::query_bias);
        first = cell.head * d;
    } else {
        linear = cross ? w.linear(Role::cross_key_weight, Role::cross_key_bias)
                       : w.linear(Role::key_weight, Role::key_bias);
        first = key_head * d;
    }
    HeadReading reading;
    RowMajor unpacked(linear.input_major ? linear.inputs : d,
                      linear.input_major ? d : linear.inputs);
    linear.unpack_outputs(first, first + d, unpacked.data());
    reading.weight = linear.input_major ? RowMajor(unpacked.transpose()) : std::move(unpacked);
    if (linear.bias) reading.bias = Eigen::Map<const Eigen::RowVectorXf>(linear.bias + first, d);
    return reading;
}

/// What each writer put into the query or the key of one token, [writers, head_dim].
struct SideComponents {
    std::vector<Writer> writers;
    RowMajor vectors;
};

/// The norm that the projection reads behind; nullopt: none stands there.
std::optional<Norm> front_norm(const Stack& stack, const HeadCell& cell, Side side, Part part) {
    const NormSettings settings = norm_settings(stack);
    if (part == Part::cross && side == Side::key) {
        const BoundTensors& w = stack.weights->model;
        if (!w.has(Role::final_norm_gain)) return std::nullopt;
        return w.norm(settings, Role::final_norm_gain, Role::final_norm_bias);
    }
    const BoundTensors& w = stack.weights->layers[static_cast<size_t>(cell.layer)];
    const bool cross = part == Part::cross;
    const Role gain = cross ? Role::cross_norm_gain : Role::attention_norm_gain;
    if (!stack.config->norm_before || !w.has(gain)) return std::nullopt;
    return w.norm(settings, gain, cross ? Role::cross_norm_bias : Role::attention_norm_bias);
}

/// What of the stream a side reads: one row of these.
StreamComponents stream_of(const Model& model, const Trace& main, Part part, const HeadCell& cell,
                           std::initializer_list<Side> sides) {
    std::vector<Index> rows;
    for (const Side side : sides)
        rows.push_back(side == Side::query ? cell.query : cell.key);
    if (part != Part::cross) return stream_components(model, main.of(part), cell.layer, rows);
    if (*sides.begin() == Side::query)
        return stream_components(model, main, cell.layer, rows, /*after_attention=*/true);
    return stream_components(model, *main.encoder, model.layers(Part::encoder), rows);
}

SideComponents side_components(const Model& model, const Trace& trace, const HeadCell& cell,
                               Side side, const StreamComponents& parts, Index row) {
    const bool cross = trace.part == Part::cross;
    const bool in_source = cross && side == Side::key;
    // The weights are the asking stack's, the stream may be the encoder's.
    const Stack& reader = model.stack(trace.part);
    const Stack& written = model.stack(in_source ? Part::encoder : trace.part);
    const Index token = side == Side::query ? cell.query : cell.key;
    SideComponents result{parts.writers, {}};
    RowMajor vectors = Eigen::Map<const RowMajor>(parts.vectors.slice(row), parts.vectors.extent(1),
                                                  parts.vectors.extent(2));
    const Eigen::RowVectorXf whole = vectors.cast<double>().colwise().sum().cast<float>();
    Eigen::RowVectorXf shift = Eigen::RowVectorXf::Zero(vectors.cols());
    if (const auto norm = front_norm(in_source ? written : reader, cell, side, trace.part)) {
        const FrozenNorm frozen(*norm, whole.data(), whole.size());
        for (Index c = 0; c < vectors.rows(); ++c)
            frozen.apply(vectors.row(c));
        frozen.add_shift(shift);
    }
    const Projections& p = trace.projections(cell.layer);
    const HeadReading reading = head_reading(reader, cell, side, cross, p.key_head(cell.head));
    result.vectors.noalias() = vectors * reading.weight.transpose();
    Eigen::RowVectorXf bias = shift * reading.weight.transpose();
    if (reading.bias.size() > 0) bias += reading.bias;
    if (!bias.isZero(0)) {
        if (result.writers.back().kind != Writer::Kind::bias) {
            result.writers.push_back({Writer::Kind::bias});
            result.vectors.conservativeResize(result.vectors.rows() + 1, Eigen::NoChange);
            result.vectors.bottomRows(1).setZero();
        }
        result.vectors.bottomRows(1) += bias;
    }
    if (cross) return result;

    const BoundTensors& w = reader.weights->layers[static_cast<size_t>(cell.layer)];
    const Role gain = side == Side::query ? Role::query_norm_gain : Role::key_norm_gain;
    if (w.has(gain)) {
        const Eigen::RowVectorXf head = result.vectors.cast<double>().colwise().sum().cast<float>();
        const FrozenNorm frozen(w.norm(norm_settings(reader), gain, Role::count), head.data(),
                                head.size());
        for (Index c = 0; c < result.vectors.rows(); ++c)
            frozen.apply(result.vectors.row(c));
    }
    if (reader.arch->position == PositionKind::rotary) {
        const Rotary rotary(reader.config->rotary_of(cell.layer), trace.length());
        for (Index c = 0; c < result.vectors.rows(); ++c)
            rotary.turn(result.vectors.row(c).data(), token);
    }
    return result;
}

/// What the logit has beside scale q.k.
double position_part(const Projections& p, const HeadCell& cell) {
    double sum = 0;
    const Index distance = cell.key - cell.query + p.queries - 1;
    if (const float* bias = p.bias_of(cell.head)) sum += bias[distance];
    if (!p.distance.empty()) {
        const auto vector = [&](const float* data) {
            return Eigen::Map<const Eigen::VectorXf>(data, p.head_dim).cast<double>();
        };
        const Eigen::VectorXd e = vector(p.distance.slice(distance));
        double met = vector(p.query_of(cell.head) + cell.query * p.head_dim).dot(e);
        if (p.keys_know_distance) met += vector(p.key_of(cell.head) + cell.key * p.head_dim).dot(e);
        sum += double{p.scale} * met;
    }
    return sum;
}

}  // namespace

QueryKeyComponents query_key_components(const Model& model, const Trace& main, Part part,
                                        const HeadCell& cell) {
    const Trace& trace = main.of(part);
    const bool cross = part == Part::cross;
    const StreamComponents asking =
        cross ? stream_of(model, main, part, cell, {Side::query})
              : stream_of(model, main, part, cell, {Side::query, Side::key});
    SideComponents query = side_components(model, trace, cell, Side::query, asking, 0);
    SideComponents key = cross ? side_components(model, trace, cell, Side::key,
                                                 stream_of(model, main, part, cell, {Side::key}), 0)
                               : side_components(model, trace, cell, Side::key, asking, 1);
    if (!cross && query.writers.size() != key.writers.size()) {
        // A bias on one side only: the other has the writer too, with nothing.
        SideComponents& less = query.writers.size() < key.writers.size() ? query : key;
        less.writers.push_back({Writer::Kind::bias});
        less.vectors.conservativeResize(less.vectors.rows() + 1, Eigen::NoChange);
        less.vectors.bottomRows(1).setZero();
    }
    const Projections& p = trace.projections(cell.layer);
    QueryKeyComponents result;
    result.products = Tensor::uninitialised({query.vectors.rows(), key.vectors.rows()});
    Eigen::Map<RowMajor> products(result.products.data(), query.vectors.rows(), key.vectors.rows());
    products.noalias() = query.vectors * key.vectors.transpose();
    products *= p.scale;
    result.query_writers = std::move(query.writers);
    result.key_writers = std::move(key.writers);
    result.position = position_part(p, cell);
    result.sum = products.cast<double>().sum() + result.position;
    const Eigen::Map<const Eigen::VectorXf> q(p.query_of(cell.head) + cell.query * p.head_dim,
                                              p.head_dim);
    const Eigen::Map<const Eigen::VectorXf> k(p.key_of(cell.head) + cell.key * p.head_dim,
                                              p.head_dim);
    result.logit = double{p.scale} * q.cast<double>().dot(k.cast<double>()) + result.position;
    return result;
}

}  // namespace fovea
