#include "engine/analysis/findings.h"

#include <algorithm>
#include <memory>

namespace fovea {

FoundArray found_array(std::string name, Tensor values) {
    auto kept = std::make_shared<const Tensor>(std::move(values));
    FoundArray array{std::move(name), kept->shape(), {}};
    array.fill = [kept](Index begin, Index end, float* to) {
        const Index slice = kept->size() / std::max<Index>(kept->extent(0), 1);
        for (Index i = begin; i < end; ++i)
            to = std::copy_n(kept->slice(i), slice, to);
    };
    return array;
}

}  // namespace fovea
