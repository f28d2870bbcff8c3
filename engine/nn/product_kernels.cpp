#include "engine/nn/product_kernels.h"

#include <vector>

#include "engine/nn/amx/product.h"
#include "engine/nn/avx2/product.h"
#include "engine/nn/avx512/product.h"

namespace fovea {

std::span<const ProductKernels> product_kernels() {
    static const std::vector<ProductKernels> usable = [] {
        std::vector<ProductKernels> kernels;
#ifdef FOVEA_HAS_AMX
        if (amx::supported())
            kernels.push_back({"AMX", avx512::narrow_product, avx512::narrow_rows,
                               amx::wide_product, amx::packed_input_bytes, amx::pack_whole_input,
                               amx::tiled_product, amx::suits_tiles});
#endif
#ifdef FOVEA_HAS_AVX512
        if (avx512::supported())
            kernels.push_back(
                {"AVX-512", avx512::narrow_product, avx512::narrow_rows, avx512::wide_product});
#endif
#ifdef __AVX2__
        kernels.push_back({"AVX2", avx2::narrow_product, avx2::narrow_rows, nullptr});
#endif
        return kernels;
    }();
    return usable;
}

}  // namespace fovea
