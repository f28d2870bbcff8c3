#include "engine/arch/parts.h"

namespace fovea {

ArchSpec llama_architecture() {
    return llama_like("llama", "Llama (Touvron et al. 2023)");
}

}  // namespace fovea
