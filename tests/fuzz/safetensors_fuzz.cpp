#include <cstdint>
#include <cstdlib>

#include "engine/io/checkpoint.h"

/// Whatever a file says, its tensors lie within it, apart from each other, and have the size that
/// their shapes say.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto result = fovea::Checkpoint::parse_safetensors(bytes, "fuzz");
    if (!result) return 0;
    std::size_t covered = 0;
    for (const auto& [name, view] : (*result)->tensors()) {
        std::size_t expected = fovea::dtype_block_bytes(view.dtype);
        for (const fovea::Index extent : view.shape)
            expected *= static_cast<std::size_t>(extent);
        if (view.bytes.size() != expected) std::abort();
        if (expected == 0) continue;
        if (view.bytes.data() < bytes.data() + 8) std::abort();
        if (view.bytes.data() + expected > bytes.data() + size) std::abort();
        covered += expected;
    }
    if (covered > size) std::abort();
    return 0;
}
