#pragma once

#include "engine/nn/product_kernels.h"

namespace fovea::avx2 {

/// See ProductKernels. Defined where the whole program is compiled for AVX2.
void narrow_product(const Product& product, Index begin, Index end);
void narrow_product_input_major(const Product& product, Index begin, Index end);
Index narrow_rows(DType dtype, bool input_major);

}  // namespace fovea::avx2
