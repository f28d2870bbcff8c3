#include "engine/arch/parts.h"

namespace fovea {

ArchSpec mt5_architecture() {
    ArchSpec spec = t5_like({"mt5"}, "mT5 (Xue et al. 2021)");
    spec.class_names = {"MT5"};
    ArchSpec encoder = *spec.encoder;
    // Gated where the file does not say otherwise, and never with a scaled output.
    for (ArchSpec* stack : {&spec, &encoder}) {
        stack->default_activation = Activation::gelu_tanh;
        stack->flags = {{&ModelConfig::gated, {}, true}, {&ModelConfig::scaled_output, {}, false}};
    }
    spec.encoder = std::make_shared<const ArchSpec>(std::move(encoder));
    return spec;
}

}  // namespace fovea
