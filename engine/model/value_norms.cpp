#include "engine/model/value_norms.h"

#include <utility>

#include "engine/core/task_pool.h"
#include "engine/model/head_writing.h"

namespace fovea {
namespace {

// Multiplications that a frame may spend on the norms of a layer: about a millisecond.
constexpr double quick_norm_multiplications = 3e7;

}  // namespace

Tensor value_norms(const Model& model, const LayerTrace& trace, Index layer, Part part) {
    const Projections& p = *trace.projections;
    const HeadWriting writing(model.stack(part), layer, part == Part::cross);
    Tensor norms = Tensor::uninitialised({p.heads, p.keys});
    parallel_for(p.heads, [&](Index h) {
        const Eigen::Map<const HeadWriting::RowMajor> value(p.value_of(h), p.keys, p.head_dim);
        Eigen::Map<Eigen::VectorXf>(norms.slice(h), p.keys) =
            writing.through(h, value).rowwise().norm();
    });
    return norms;
}

ValueNorms::ValueNorms(std::shared_ptr<const Model> model, std::shared_ptr<const LayerTrace> layer,
                       Index layer_index, Part part)
    : model_(std::move(model)), layer_(std::move(layer)), layer_index_(layer_index), part_(part) {
    const Projections& p = *layer_->projections;
    const double width = static_cast<double>(p.heads * p.head_dim);
    quick_ = width * width * static_cast<double>(p.keys) < quick_norm_multiplications;
}

bool ValueNorms::at_hand() const {
    return quick_ || made_;
}

std::span<const float> ValueNorms::of_head(Index head) const {
    std::call_once(once_, [&] {
        norms_ = value_norms(*model_, *layer_, layer_index_, part_);
        model_.reset();
        layer_.reset();
        made_ = true;
    });
    return {norms_.slice(head), static_cast<size_t>(norms_.extent(1))};
}

}  // namespace fovea
