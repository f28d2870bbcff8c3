#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen2_architecture() {
    ArchSpec spec = llama_like("qwen2", "Qwen 2 (Yang et al. 2024)");
    spec.layer_kinds = {.window = {"sliding_window"},
                        .first_sliding = "max_window_layers",
                        .enabled = "use_sliding_window"};
    return spec;
}

}  // namespace fovea
