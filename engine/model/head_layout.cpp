#include "engine/model/head_layout.h"

namespace fovea {

void split_heads(const HeadRows& rows, Tensor& heads) {
    const Index tokens = heads.extent(1), head_dim = heads.extent(2);
    for (Index h = 0; h < heads.extent(0); ++h)
        for (Index t = 0; t < tokens; ++t)
            std::copy_n(rows.data + t * rows.row + h * rows.head, head_dim,
                        heads.slice(h) + t * head_dim);
}

Tensor join_heads(const Tensor& heads, Index first) {
    const Index count = heads.extent(0), head_dim = heads.extent(2);
    Tensor joined = Tensor::uninitialised({heads.extent(1) - first, count * head_dim});
    for (Index h = 0; h < count; ++h)
        for (Index t = 0; t < joined.extent(0); ++t)
            std::copy_n(heads.slice(h) + (first + t) * head_dim, head_dim,
                        joined.data() + (t * count + h) * head_dim);
    return joined;
}

}  // namespace fovea
