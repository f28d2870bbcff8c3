#include "engine/nn/activation.h"

#include <Eigen/Core>
#include <numbers>
#include <unsupported/Eigen/SpecialFunctions>
#include <utility>

namespace fovea {

std::optional<Activation> activation_by_name(std::string_view name) {
    static constexpr std::pair<std::string_view, Activation> names[] = {
        {"gelu", Activation::gelu},           {"gelu_new", Activation::gelu_tanh},
        {"gelu_fast", Activation::gelu_tanh}, {"gelu_pytorch_tanh", Activation::gelu_tanh},
        {"relu", Activation::relu},           {"silu", Activation::silu},
        {"swish", Activation::silu},          {"tanh", Activation::tanh},
        {"linear", Activation::identity},
    };
    for (const auto& [known, activation] : names)
        if (known == name) return activation;
    return std::nullopt;
}

void activate(Activation activation, std::span<float> values) {
    Eigen::Map<Eigen::ArrayXf> x(values.data(), static_cast<Eigen::Index>(values.size()));
    constexpr float inverse_sqrt2 = 1 / std::numbers::sqrt2_v<float>;
    constexpr float sqrt_2_over_pi = 0.7978845608028654f;
    switch (activation) {
        case Activation::identity:
            break;
        case Activation::gelu:
            x = 0.5f * x * (1.0f + (x * inverse_sqrt2).erf());
            break;
        case Activation::gelu_tanh:
            x = 0.5f * x * (1.0f + (sqrt_2_over_pi * (x + 0.044715f * x * x * x)).tanh());
            break;
        case Activation::relu:
            x = x.max(0.0f);
            break;
        case Activation::silu:
            x = x / (1.0f + (-x).exp());
            break;
        case Activation::tanh:
            x = x.tanh();
            break;
    }
}

}  // namespace fovea
