#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace fovea {

enum class Activation {
    identity,
    gelu,       ///< x Φ(x) with the error function (Hendrycks & Gimpel 2016)
    gelu_tanh,  ///< its tanh approximation, "gelu_new"
    relu,
    silu,  ///< x σ(x) (Elfwing et al. 2018)
    tanh,
};

/// By the name that config.json gives it; nullopt where it is none of ours.
std::optional<Activation> activation_by_name(std::string_view name);

/// In place.
void activate(Activation activation, std::span<float> values);

}  // namespace fovea
