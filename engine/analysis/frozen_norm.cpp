#include "engine/analysis/frozen_norm.h"

#include <cmath>

namespace fovea {

FrozenNorm::FrozenNorm(const Norm& norm, const float* whole, Index width) : norm_(norm) {
    const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXf>(whole, width).cast<double>();
    const double mean = norm.kind == NormKind::layer ? x.mean() : 0;
    const double variance = (x.array() - mean).square().mean();
    inverse_deviation_ = static_cast<float>(1 / std::sqrt(variance + double{norm.epsilon}));
}

void FrozenNorm::apply(Eigen::Ref<Eigen::RowVectorXf> vector) const {
    if (norm_.kind == NormKind::layer)
        vector.array() -= static_cast<float>(vector.cast<double>().mean());
    vector *= inverse_deviation_;
    if (norm_.gain)
        vector.array() *= Eigen::Map<const Eigen::RowVectorXf>(norm_.gain, vector.size()).array() +
                          norm_.gain_offset;
}

void FrozenNorm::add_shift(Eigen::Ref<Eigen::RowVectorXf> vector) const {
    if (norm_.bias) vector += Eigen::Map<const Eigen::RowVectorXf>(norm_.bias, vector.size());
}

}  // namespace fovea
