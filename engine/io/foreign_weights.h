#pragma once

#include <filesystem>
#include <functional>
#include <optional>
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

/// What stands behind the folder's name where it holds an adapter (LoRA) and no model: of which
/// model, and what its owner can do. Nothing where there is no adapter_config.json.
std::optional<std::string> adapter_in(const std::filesystem::path& folder);

/// Safetensors beside each other in a folder without a model.safetensors: the file to open where
/// there is one whole model under another name ("model.fp16.safetensors"), or a sentence about what
/// is there. The sentence is empty where there is nothing.
struct OtherSafetensors {
    std::filesystem::path file;
    std::string refusal;
};
OtherSafetensors find_other_safetensors(const std::filesystem::path& folder);

/// The first kind whose file is there; nullptr where there is none.
const ForeignWeights* find_foreign_weights(
    const std::function<bool(std::string_view file)>& is_there);

}  // namespace fovea
