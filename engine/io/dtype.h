#pragma once

#include <cstddef>
#include <string_view>

#include "engine/core/tensor.h"

namespace fovea {

/// How a file stores numbers: one by one, or in blocks that share a scale (GGUF's).
enum class DType {
    f32,
    f16,
    bf16,
    f64,
    f8_e4m3,  ///< no infinities, NaN at S.1111.111 (Micikevicius et al. 2022)
    f8_e5m2,
    i8,
    u8,
    i16,
    i32,
    i64,
    boolean,
    q8_0,
    q4_0,
    q4_1,
    q5_0,
    q5_1,
    q4_k,
    q5_k,
    q6_k,
};
inline constexpr int dtype_count = static_cast<int>(DType::q6_k) + 1;

/// As safetensors or GGUF spells it: "F32", "Q4_K".
std::string_view dtype_name(DType dtype);
/// Numbers in one block: 1, or 32 or 256 where they share a scale.
Index dtype_block_elements(DType dtype);
size_t dtype_block_bytes(DType dtype);
/// Bytes of `elements` numbers, a multiple of the block.
size_t dtype_bytes(DType dtype, Index elements);
/// Weights may be of this type: `unpack` knows it.
bool is_weight_type(DType dtype);

/// `count` numbers (a multiple of the block) as floats. `from` need not be aligned.
void unpack(DType dtype, const std::byte* from, Index count, float* to);

}  // namespace fovea
