#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace fovea {

/// Weights as others save them, which Fovea does not read: a pickle can run any code.
struct ForeignWeights {
    std::string_view file;  ///< its name in a model's folder
    std::string_view what;  ///< "a pickle"
    bool transformers_reads = true;

    /// What stands behind "holds": which file, and what its owner can do.
    std::string refusal() const;
};

/// The first kind whose file is there; nullptr where there is none.
const ForeignWeights* find_foreign_weights(
    const std::function<bool(std::string_view file)>& is_there);

}  // namespace fovea
