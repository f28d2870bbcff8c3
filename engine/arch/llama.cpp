#include "engine/arch/parts.h"

namespace fovea {

ArchSpec llama_architecture() {
    ArchSpec spec = llama_like("llama", "Llama (Touvron et al. 2023)");
    spec.class_names = {"Llama"};
    return spec;
}

}  // namespace fovea
