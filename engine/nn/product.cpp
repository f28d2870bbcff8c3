#include "engine/nn/product.h"

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/nn/product_kernels.h"

namespace fovea {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<RowMajor, 0, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>>;

/// The fastest of this processor; nullptr: Eigen does all.
const ProductKernels* kernels() {
    const auto all = product_kernels();
    return all.empty() ? nullptr : &all.front();
}

/// So few rows that reading the weights is what takes the time.
bool is_narrow(const Product& p, DType dtype) {
    return kernels() && p.rows <= kernels()->narrow_rows(dtype, p.input_major);
}

/// Instructions that multiply matrices do it best.
bool is_tiled(const Product& p) {
    return kernels() && kernels()->tiled && kernels()->suits_tiles(p.dtype, p.rows);
}

/// The weights can be read as floats where they lie.
bool plain_floats(const Product& p) {
    return p.dtype == DType::f32 &&
           reinterpret_cast<std::uintptr_t>(p.weight) % alignof(float) == 0 &&
           p.row_bytes % sizeof(float) == 0;
}

/// Over plain floats.
void multiply_with_eigen(const Product& p, Index begin, Index end) {
    const auto* weights = reinterpret_cast<const float*>(p.weight);
    const auto stride = static_cast<Index>(p.row_bytes / sizeof(float));
    const Eigen::OuterStride<> output_stride(p.output_stride);
    const Eigen::OuterStride<> weight_stride(stride);
    Strided y(p.output + begin, p.rows, end - begin, output_stride);
    const Eigen::OuterStride<> input_stride(p.input_row(1) - p.input);
    const ConstStrided x(p.input, p.rows, p.inputs, input_stride);
    if (p.input_major) {
        y.noalias() = x * ConstStrided(weights + begin, p.inputs, end - begin, weight_stride);
    } else {
        y.noalias() =
            x * ConstStrided(weights + begin * stride, end - begin, p.inputs, weight_stride)
                    .transpose();
    }
}

void multiply_floats(const Product& p, Index begin, Index end) {
    is_narrow(p, DType::f32) ? kernels()->narrow(p, begin, end)
                             : multiply_with_eigen(p, begin, end);
}

/// Some outputs after others, unpacked to floats that are used up in the cache.
void multiply_through_cache(const Product& p, Index begin, Index end) {
    // Few rows: weights go from memory to the first cache and are used up there. Many: Eigen packs
    // the input anew for each product, so as few products as the outer cache allows.
    const Index bytes = is_narrow(p, DType::f32) ? 64 << 10 : 4 << 20;
    const Index wanted = bytes / static_cast<Index>(sizeof(float)) / p.inputs;
    // Short pieces of long rows cost more to fetch than to unpack: a few cache lines at least.
    const Index step = std::max<Index>(p.input_major ? 64 : 4, wanted / 4 * 4);
    thread_local std::vector<float> unpacked;
    for (Index first = begin; first < end; first += step) {
        const Index last = std::min(first + step, end);
        unpacked.resize(static_cast<size_t>((last - first) * p.inputs));
        unpack_outputs(p, first, last, unpacked.data());
        Product floats = p;
        floats.weight = reinterpret_cast<const std::byte*>(unpacked.data());
        floats.dtype = DType::f32;
        floats.row_bytes = dtype_bytes(DType::f32, p.input_major ? last - first : p.inputs);
        floats.output += first;
        multiply_floats(floats, 0, last - first);
    }
}

}  // namespace

void multiply(const Product& p, Index begin, Index end) {
    if (p.inputs == 0) {
        for (Index t = 0; t < p.rows; ++t)
            std::fill(p.output + t * p.output_stride + begin, p.output + t * p.output_stride + end,
                      0.0f);
        return;
    }
    if (is_tiled(p)) {
        kernels()->tiled(p, begin, end);
    } else if (is_narrow(p, p.dtype)) {
        kernels()->narrow(p, begin, end);
    } else if (!is_narrow(p, DType::f32) && kernels() && kernels()->wide) {
        kernels()->wide(p, begin, end);
    } else if (plain_floats(p)) {
        multiply_floats(p, begin, end);
    } else {
        multiply_through_cache(p, begin, end);
    }
}

size_t packed_bytes(const Product& p) {
    const bool wide =
        p.inputs > 0 && !is_tiled(p) && !is_narrow(p, p.dtype) && !is_narrow(p, DType::f32);
    return wide && kernels() && kernels()->packed_bytes ? kernels()->packed_bytes(p) : 0;
}

void pack(const Product& p, Index begin, Index end, std::byte* to) {
    kernels()->pack(p, begin, end, to);
}

bool divides_freely(const Product& p) {
    if (is_tiled(p)) return false;
    if (is_narrow(p, DType::f32)) return !p.input_major;
    return kernels() && kernels()->wide;
}

bool divides_by_inputs(const Product& p) {
    // More rows: bound by arithmetic.
    return p.input_major && (is_tiled(p) ? p.rows <= 64 : is_narrow(p, p.dtype));
}

void unpack_outputs(const Product& p, Index begin, Index end, float* to) {
    if (p.input_major) {
        for (Index i = 0; i < p.inputs; ++i)
            unpack(p.dtype,
                   p.weight + static_cast<size_t>(i) * p.row_bytes + dtype_bytes(p.dtype, begin),
                   end - begin, to + i * (end - begin));
    } else {
        for (Index o = begin; o < end; ++o)
            unpack(p.dtype, p.weight + static_cast<size_t>(o) * p.row_bytes, p.inputs,
                   to + (o - begin) * p.inputs);
    }
}

}  // namespace fovea
