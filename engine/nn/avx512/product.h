#pragma once

#include "engine/nn/product_kernels.h"

// The program itself is compiled for less: these functions alone may use the wider registers, and
// only a processor that has them is sent there.
#if defined(__AVX2__) && defined(__GNUC__)
#define FOVEA_HAS_AVX512
#define FOVEA_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#endif

namespace fovea::avx512 {

/// This processor has the instructions.
bool supported();

/// See ProductKernels.
void narrow_product(const Product& product, Index begin, Index end);
Index narrow_rows(DType dtype, bool input_major);
void wide_product(const Product& product, Index begin, Index end);

}  // namespace fovea::avx512
