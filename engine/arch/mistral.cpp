#include "engine/arch/parts.h"

namespace fovea {

ArchSpec mistral_architecture() {
    ArchSpec spec = llama_like("mistral", "Mistral (Jiang et al. 2023)");
    spec.layer_kinds.window = {"sliding_window"};
    return spec;
}

}  // namespace fovea
