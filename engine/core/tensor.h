#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <new>
#include <numeric>
#include <span>
#include <vector>

namespace fovea {

using Index = std::int64_t;

/// Product of the extents; the caller has checked that it does not overflow.
inline Index element_count(std::span<const Index> shape) {
    return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
}

/// An owned float32 array, row-major (the last axis is contiguous). Moves, never copies by
/// accident: `clone()` says so where a copy is meant.
class Tensor {
  public:
    Tensor() = default;
    Tensor(Tensor&&) noexcept = default;
    Tensor& operator=(Tensor&&) noexcept = default;

    /// Memory is not initialised: whoever makes a tensor fills it.
    static Tensor uninitialised(std::vector<Index> shape) {
        Tensor tensor;
        tensor.size_ = element_count(shape);
        tensor.shape_ = std::move(shape);
        const size_t bytes = static_cast<size_t>(tensor.size_) * sizeof(float);
        tensor.data_.reset(static_cast<float*>(::operator new(bytes, alignment)));
        return tensor;
    }
    static Tensor filled(std::vector<Index> shape, float value) {
        Tensor tensor = uninitialised(std::move(shape));
        std::fill_n(tensor.data(), tensor.size_, value);
        return tensor;
    }
    Tensor clone() const {
        Tensor tensor = uninitialised(shape_);
        std::copy_n(data(), size_, tensor.data());
        return tensor;
    }

    bool empty() const { return size_ == 0; }
    Index size() const { return size_; }
    const std::vector<Index>& shape() const { return shape_; }
    Index extent(int axis) const { return shape_[static_cast<size_t>(axis)]; }

    float* data() { return data_.get(); }
    const float* data() const { return data_.get(); }
    std::span<float> values() { return {data(), static_cast<size_t>(size_)}; }
    std::span<const float> values() const { return {data(), static_cast<size_t>(size_)}; }

    /// Everything below one index of the first axis: `[heads, n, d].slice(h)` is `[n, d]`.
    float* slice(Index i) { return data() + i * (size_ / shape_[0]); }
    const float* slice(Index i) const { return data() + i * (size_ / shape_[0]); }

    float& at(Index i, Index j) { return data_[static_cast<size_t>(i * shape_.back() + j)]; }
    float at(Index i, Index j) const { return data_[static_cast<size_t>(i * shape_.back() + j)]; }
    float at(Index i, Index j, Index k) const {
        assert(shape_.size() == 3);
        return data_[static_cast<size_t>((i * shape_[1] + j) * shape_[2] + k)];
    }

  private:
    // A cache line. Vectorised sums group their terms by alignment, so where it is left to chance
    // the last digit of a result is, too.
    static constexpr std::align_val_t alignment{64};
    struct Free {
        void operator()(float* data) const { ::operator delete(data, alignment); }
    };

    std::vector<Index> shape_;
    std::unique_ptr<float[], Free> data_;
    Index size_ = 0;
};

}  // namespace fovea
