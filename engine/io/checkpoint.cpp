#include "engine/io/checkpoint.h"

namespace fovea {

const TensorView* Checkpoint::find(std::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace fovea
