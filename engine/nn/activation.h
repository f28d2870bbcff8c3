#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fovea {

enum class Activation {
    identity,
    gelu,       ///< x Φ(x) with the error function (Hendrycks & Gimpel 2016)
    gelu_tanh,  ///< its tanh approximation, "gelu_new"
    relu,
    silu,  ///< x σ(x) (Elfwing et al. 2018)
    tanh,
    gelu_clipped,  ///< gelu within ±10 (Wu et al. 2020)
    gelu_sigmoid,  ///< x σ(1.702 x), "quick_gelu"
    relu_squared,  ///< So et al. 2021
    relu_6,        ///< relu, at most 6
    leaky_relu,    ///< 0.01 x below zero
    hard_swish,    ///< x relu_6(x + 3) / 6 (Howard et al. 2019)
    mish,          ///< x tanh(ln(1 + e^x)) (Misra 2019)
    sigmoid,
    laplace,  ///< Ma et al. 2022
    sqrt_softplus,
};

/// By the name that config.json gives it; nullopt where it is none of ours.
std::optional<Activation> activation_by_name(std::string_view name);

/// Those names, for an error.
std::string activation_names();

/// In place.
void activate(Activation activation, std::span<float> values);

}  // namespace fovea
