#pragma once

#include <span>
#include <string_view>

namespace fovea {

/// Whether a name fits one of the patterns, where "*" stands for anything.
bool fits_any(std::string_view name, std::span<const std::string_view> patterns);

/// Keys of a config.json that change nothing of what Fovea shows, whatever the architecture: how
/// the model was trained, how a library runs it, what is done with its output.
std::span<const std::string_view> neutral_keys();

/// Tensors that change nothing either: buffers that are made anew, heads for other tasks.
std::span<const std::string_view> neutral_tensors();

}  // namespace fovea
