#pragma once

#include "engine/nn/avx512/product.h"

// Linux gives a process the tiles when asked; other systems are not asked. The headers, GCC's or
// Clang's, tell that the compiler knows the instructions.
#if defined(FOVEA_HAS_AVX512) && defined(__linux__) && \
    (__has_include(<amxbf16intrin.h>) || __has_include(<amxintrin.h>))
#define FOVEA_HAS_AMX
#define FOVEA_AMX \
    __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,fma")))
#endif

namespace fovea::amx {

/// This processor has the instructions and the system lets this process use them.
bool supported();

/// See ProductKernels.
void wide_product(const Product& product, Index begin, Index end);
size_t packed_input_bytes(const Product& product);
void pack_whole_input(const Product& product, Index begin, Index end, std::byte* to);
/// Weights are bfloat16.
void tiled_product(const Product& product, Index begin, Index end);
bool suits_tiles(DType dtype, Index rows);

}  // namespace fovea::amx
