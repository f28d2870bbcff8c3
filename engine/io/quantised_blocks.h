#pragma once

#include <cstddef>

#include "engine/core/tensor.h"

namespace fovea {

/// The block formats of GGUF files. A block holds so many consecutive elements of a row as small
/// integers with the scales that they share; it has no alignment. `unpack_X` writes `count`
/// elements, whole blocks, to `to`. Every product that a formula asks for fits a float's 24 bits,
/// so results are exact: they depend on no rounding and on no order.
///
/// Formats with one scale (and one minimum) for 32 elements:
///     q8_0   d q            q from -128 to 127
///     q4_0   d (q - 8)      q from 0 to 15
///     q4_1   d q + m
///     q5_0   d (q - 16)     q from 0 to 31
///     q5_1   d q + m
/// Formats with scales of their own for the parts of 256 elements:
///     q4_k   d s q - m t    q from 0 to 15, s and t from 0 to 63 for each 32
///     q5_k   d s q - m t    q from 0 to 31
///     q6_k   d s (q - 32)   q from 0 to 63, s from -128 to 127 for each 16
/// with d and m as 16-bit floats.
void unpack_q8_0(const std::byte* from, Index count, float* to);
void unpack_q4_0(const std::byte* from, Index count, float* to);
void unpack_q4_1(const std::byte* from, Index count, float* to);
void unpack_q5_0(const std::byte* from, Index count, float* to);
void unpack_q5_1(const std::byte* from, Index count, float* to);
void unpack_q4_k(const std::byte* from, Index count, float* to);
void unpack_q5_k(const std::byte* from, Index count, float* to);
void unpack_q6_k(const std::byte* from, Index count, float* to);

constexpr size_t q8_0_block_bytes = 34;
constexpr size_t q4_0_block_bytes = 18;
constexpr size_t q4_1_block_bytes = 20;
constexpr size_t q5_0_block_bytes = 22;
constexpr size_t q5_1_block_bytes = 24;
constexpr size_t q4_k_block_bytes = 144;
constexpr size_t q5_k_block_bytes = 176;
constexpr size_t q6_k_block_bytes = 210;

}  // namespace fovea
