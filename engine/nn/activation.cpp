#include "engine/nn/activation.h"

#include <Eigen/Core>
#include <numbers>
#include <unsupported/Eigen/SpecialFunctions>
#include <utility>

namespace fovea {

namespace {

constexpr std::pair<std::string_view, Activation> names[] = {
    {"gelu", Activation::gelu},
    {"gelu_python", Activation::gelu},
    {"gelu_new", Activation::gelu_tanh},
    {"gelu_fast", Activation::gelu_tanh},
    {"gelu_pytorch_tanh", Activation::gelu_tanh},
    {"gelu_python_tanh", Activation::gelu_tanh},
    {"gelu_accurate", Activation::gelu_tanh},
    {"gelu_10", Activation::gelu_clipped},
    {"quick_gelu", Activation::gelu_sigmoid},
    {"relu", Activation::relu},
    {"relu2", Activation::relu_squared},
    {"relu6", Activation::relu_6},
    {"leaky_relu", Activation::leaky_relu},
    {"silu", Activation::silu},
    {"swish", Activation::silu},
    {"hardswish", Activation::hard_swish},
    {"mish", Activation::mish},
    {"tanh", Activation::tanh},
    {"sigmoid", Activation::sigmoid},
    {"laplace", Activation::laplace},
    {"sqrtsoftplus", Activation::sqrt_softplus},
    {"linear", Activation::identity},
};

/// ln(1 + e^x), which neither overflows nor loses a small e^x.
template <class Array>
Eigen::ArrayXf softplus(const Array& x) {
    return x.max(0.0f) + (-x.abs()).exp().log1p();
}

}  // namespace

std::optional<Activation> activation_by_name(std::string_view name) {
    for (const auto& [known, activation] : names)
        if (known == name) return activation;
    return std::nullopt;
}

std::string activation_names() {
    std::string all;
    for (const auto& [name, activation] : names)
        all += (all.empty() ? "" : ", ") + std::string(name);
    return all;
}

void activate(Activation activation, std::span<float> values) {
    Eigen::Map<Eigen::ArrayXf> x(values.data(), static_cast<Eigen::Index>(values.size()));
    constexpr float inverse_sqrt2 = 1 / std::numbers::sqrt2_v<float>;
    constexpr float sqrt_2 = std::numbers::sqrt2_v<float>;
    constexpr float sqrt_2_over_pi = 0.7978845608028654f;
    switch (activation) {
        case Activation::identity:
            break;
        case Activation::gelu:
            x = 0.5f * x * (1.0f + (x * inverse_sqrt2).erf());
            break;
        case Activation::gelu_tanh:
            // (1 + tanh(u)) / 2 as 1 / (1 + exp(-2u)): where u is far below 0 the sum would keep
            // few digits, and a norm behind it makes them large.
            x = x / (1.0f + (-2.0f * sqrt_2_over_pi * (x + 0.044715f * x * x * x)).exp());
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
        case Activation::gelu_clipped:
            x = (0.5f * x * (1.0f + (x * inverse_sqrt2).erf())).max(-10.0f).min(10.0f);
            break;
        case Activation::gelu_sigmoid:
            x = x / (1.0f + (-1.702f * x).exp());
            break;
        case Activation::relu_squared:
            x = x.max(0.0f).square();
            break;
        case Activation::relu_6:
            x = x.max(0.0f).min(6.0f);
            break;
        case Activation::leaky_relu:
            x = x.max(0.0f) + 0.01f * x.min(0.0f);
            break;
        case Activation::hard_swish:
            x = x * (x + 3.0f).max(0.0f).min(6.0f) / 6.0f;
            break;
        case Activation::mish:
            x = x * softplus(x).tanh();
            break;
        case Activation::sigmoid:
            x = 1.0f / (1.0f + (-x).exp());
            break;
        case Activation::laplace:
            x = 0.5f * (1.0f + ((x - 0.707107f) / (0.282095f * sqrt_2)).erf());
            break;
        case Activation::sqrt_softplus:
            x = softplus(x).sqrt();
            break;
    }
}

}  // namespace fovea
