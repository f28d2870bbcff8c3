#include "engine/gpu/made_up_layer.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace fovea::gpu {
namespace {

Tensor made_up(std::vector<Index> shape, float step) {
    Tensor tensor = Tensor::uninitialised(std::move(shape));
    for (Index i = 0; i < tensor.size(); ++i)
        tensor.data()[i] = std::sin(step * static_cast<float>(i % 1000003));
    return tensor;
}

}  // namespace

LayerTrace made_up_layer(Index heads, Index tokens, Index head_dim) {
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = heads;
    projections->queries = projections->keys = tokens;
    projections->head_dim = head_dim;
    projections->scale = 1 / std::sqrt(static_cast<float>(head_dim));
    projections->query = made_up({heads, tokens, head_dim}, 0.7f);
    projections->key = made_up({heads, tokens, head_dim}, 1.3f);
    LayerTrace layer;
    layer.projections = std::move(projections);
    layer.edits.resize(static_cast<size_t>(heads));
    return layer;
}

}  // namespace fovea::gpu
