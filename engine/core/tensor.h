#pragma once

#include <algorithm>
#include <cassert>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "engine/core/index.h"
#include "engine/core/row_memory.h"

namespace fovea {

/// Product of the extents; the caller has checked that it does not overflow.
inline Index element_count(std::span<const Index> shape) {
    return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
}

/// A float32 array, row-major (the last axis is contiguous). Moves, never copies by accident:
/// `clone()` says so where a copy is meant.
class Tensor {
  public:
    Tensor() = default;
    Tensor(Tensor&&) noexcept = default;
    Tensor& operator=(Tensor&&) noexcept = default;

    /// Memory is not initialised: whoever makes a tensor fills it.
    static Tensor uninitialised(std::vector<Index> shape) {
        auto claim = std::make_shared<const RowClaim>(rows_of(shape));
        return Tensor(std::move(shape), std::move(claim));
    }
    /// The same with room for more rows (the last axis but one counts them), so that the first
    /// tensor to grow from it need not move. Memory that is never touched takes none.
    static Tensor with_room(std::vector<Index> shape) {
        auto claim = RowClaim::with_room(rows_of(shape));
        return Tensor(std::move(shape), std::move(claim));
    }
    static Tensor filled(std::vector<Index> shape, float value) {
        Tensor tensor = uninitialised(std::move(shape));
        std::fill_n(tensor.data(), tensor.size_, value);
        return tensor;
    }
    /// `before`'s first `known` rows (the last axis but one counts them) in front of `added` new
    /// ones, which are not initialised. The known ones are shared, or copied where another tensor
    /// has grown from `before` already: they must not be written.
    static Tensor grown(const Tensor& before, Index known, Index added) {
        std::vector<Index> shape = before.shape_;
        shape[shape.size() - 2] = known + added;
        return Tensor(std::move(shape), RowClaim::grown(before.claim_, known, added));
    }
    Tensor clone() const {
        Tensor tensor = uninitialised(shape_);
        if (empty()) return tensor;
        for (Index i = 0; i < shape_.front(); ++i)
            std::copy_n(slice(i), size_ / shape_.front(), tensor.slice(i));
        return tensor;
    }

    bool empty() const { return size_ == 0; }
    Index size() const { return size_; }
    const std::vector<Index>& shape() const { return shape_; }
    Index extent(int axis) const { return shape_[static_cast<size_t>(axis)]; }

    /// Rows (the last axis but one) that its memory holds: it may grow so far without moving.
    Index room() const { return claim_ ? claim_->memory().shape().capacity : 0; }

    /// Slices follow one another without a gap, as in every tensor of up to two axes and every one
    /// that neither has grown nor has room to.
    bool contiguous() const { return shape_.empty() || stride_ * shape_.front() == size_; }
    float* data() {
        assert(contiguous());
        return data_;
    }
    const float* data() const {
        assert(contiguous());
        return data_;
    }
    std::span<float> values() { return {data(), static_cast<size_t>(size_)}; }
    std::span<const float> values() const { return {data(), static_cast<size_t>(size_)}; }

    /// Everything below one index of the first axis, contiguous: `[heads, n, d].slice(h)` is
    /// `[n, d]`.
    float* slice(Index i) { return data_ + i * stride_; }
    const float* slice(Index i) const { return data_ + i * stride_; }

    float& at(Index i, Index j) { return data_[i * shape_.back() + j]; }
    float at(Index i, Index j) const { return data_[i * shape_.back() + j]; }
    float at(Index i, Index j, Index k) const {
        assert(shape_.size() == 3);
        return data_[i * stride_ + j * shape_[2] + k];
    }

  private:
    /// Stands in the memory that the claim is on, which was made for these rows.
    Tensor(std::vector<Index> shape, std::shared_ptr<const RowClaim> claim)
        : shape_(std::move(shape)),
          claim_(std::move(claim)),
          data_(claim_->memory().data()),
          size_(element_count(shape_)) {
        if (shape_.empty()) return;
        const RowMemory::Shape& room = claim_->memory().shape();
        // Groups are slices where there are three axes; rows are where there are two.
        stride_ = shape_.size() == 3 ? room.capacity * room.width
                                     : size_ / std::max<Index>(shape_.front(), 1);
    }
    static RowMemory::Shape rows_of(std::span<const Index> shape) {
        const Index size = element_count(shape);
        if (shape.size() < 2) return {1, size, 1};
        const Index rows = shape[shape.size() - 2], width = shape.back();
        return {rows * width == 0 ? 0 : size / (rows * width), rows, width};
    }

    std::vector<Index> shape_;
    std::shared_ptr<const RowClaim> claim_;
    float* data_ = nullptr;
    Index size_ = 0;
    Index stride_ = 0;  // from slice to slice
};

}  // namespace fovea
