#include "engine/model/value_norms.h"

#include "engine/core/task_pool.h"
#include "engine/model/head_writing.h"

namespace fovea {

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

}  // namespace fovea
