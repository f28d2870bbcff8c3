#include "engine/core/row_memory.h"

#include <algorithm>
#include <utility>

#include "engine/core/held_memory.h"

namespace fovea {
namespace {

/// Recycled buffers of all tensors take what the sentence before did, and stay while nobody types:
/// those of a book are let go. 8,192 tokens of 768 with their room.
constexpr Index largest_recycled = Index{32} << 20;  // bytes

/// Room for some words more: a quarter of a sentence, a page of a book.
Index roomy(Index rows) {
    constexpr Index line = 16;  // floats of a cache line, so that groups begin at one
    constexpr Index page = 256;
    return (rows + std::min(rows / 4, page) + 2 * line - 1) / line * line;
}

std::int64_t bytes_of(const RowMemory::Shape& shape) {
    return shape.floats() * std::int64_t{sizeof(float)};
}

/// Most of a memory of that many rows would lie idle under so many.
bool wasteful(Index capacity, Index rows) {
    return capacity > 2 * roomy(rows);
}

}  // namespace

void RowMemory::Free::operator()(float* data) const {
    count_freed(bytes);
    ::operator delete(data, alignment);
}

RowMemory::Buffer RowMemory::allocate(const Shape& shape) {
    const std::int64_t bytes = bytes_of(shape);
    Buffer buffer(static_cast<float*>(::operator new(static_cast<size_t>(bytes), alignment)),
                  Free{bytes});
    count_taken(bytes);
    return buffer;
}

RowMemory::RowMemory(Shape shape) : RowMemory(shape, allocate(shape)) {}

RowMemory::RowMemory(Shape shape, Buffer buffer) : shape_(shape), buffer_(std::move(buffer)) {}

RowMemory::~RowMemory() {
    for (const SharedPrefix& prefix : prefixes_) {
        if (const auto other = prefix.other.lock()) {
            other->recycle({std::move(buffer_), shape_}, *prefix.rows);
            return;
        }
    }
}

bool RowMemory::extend(Index known, Index rows) {
    const std::scoped_lock lock(mutex_);
    if (claimed_ != known || rows > shape_.capacity) return false;
    claimed_ = rows;
    // Rows that stood there before, and are held by nobody now, may have been those of others.
    for (const SharedPrefix& prefix : prefixes_)
        prefix.rows->store(std::min(prefix.rows->load(), known));
    if (recycled_) recycled_->equal = std::min(recycled_->equal, known);
    return true;
}

void RowMemory::give_back(Index begin) {
    const std::scoped_lock lock(mutex_);
    claimed_ = begin;
}

std::optional<RowMemory::Recycled> RowMemory::take_recycled(Index rows) {
    const std::scoped_lock lock(mutex_);
    if (!recycled_ || recycled_->shape.capacity < rows) return std::nullopt;
    return std::exchange(recycled_, std::nullopt);
}

void RowMemory::recycle(Recycled buffer, const std::atomic<Index>& equal) {
    if (bytes_of(buffer.shape) > largest_recycled ||
        wasteful(buffer.shape.capacity, shape_.capacity))
        return;
    const std::scoped_lock lock(mutex_);
    buffer.equal = equal.load();
    if (!recycled_ || recycled_->equal <= buffer.equal) recycled_ = std::move(buffer);
}

void RowMemory::share_prefix(SharedPrefix prefix) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(prefixes_, [](const SharedPrefix& old) { return old.other.expired(); });
    prefixes_.push_back(std::move(prefix));
}

RowClaim::RowClaim(RowMemory::Shape shape)
    : RowClaim(std::make_shared<RowMemory>(shape), nullptr, 0) {
    memory_->claimed_ = shape.capacity;
}

std::shared_ptr<const RowClaim> RowClaim::with_room(RowMemory::Shape shape) {
    const Index rows = std::exchange(shape.capacity, roomy(shape.capacity));
    std::shared_ptr<RowClaim> claim = std::make_shared<RowClaim>(shape);
    claim->memory_->claimed_ = rows;
    return claim;
}

std::shared_ptr<const RowClaim> RowClaim::grown(const std::shared_ptr<const RowClaim>& before,
                                                Index known, Index added) {
    if (!before && added == 0) return before;
    RowMemory& old = *before->memory_;
    const Index rows = known + added;
    // What is left of a long text does not keep its memory.
    const bool stays = !wasteful(old.shape_.capacity, rows);
    if (added == 0 && stays) return before;
    const auto claim = [&](auto memory, auto under, Index begin) {
        return std::shared_ptr<const RowClaim>(
            new RowClaim(std::move(memory), std::move(under), begin));
    };
    if (stays && old.extend(known, rows)) return claim(before->memory_, before, known);

    std::optional<RowMemory::Recycled> buffer = old.take_recycled(rows);
    if (!buffer || wasteful(buffer->shape.capacity, rows)) {
        RowMemory::Shape shape = old.shape_;
        shape.capacity = roomy(rows);
        buffer = RowMemory::Recycled{RowMemory::allocate(shape), shape};
    }
    const std::shared_ptr<RowMemory> memory(
        new RowMemory(buffer->shape, std::move(buffer->buffer)));
    memory->claimed_ = rows;
    const RowMemory::Shape &from = old.shape_, &to = memory->shape_;
    const Index equal = std::min(buffer->equal, known);
    for (Index g = 0; g < to.groups; ++g)
        std::copy_n(old.data() + (g * from.capacity + equal) * from.width,
                    (known - equal) * from.width,
                    memory->data() + (g * to.capacity + equal) * to.width);
    const auto shared_rows = std::make_shared<std::atomic<Index>>(known);
    old.share_prefix({memory, shared_rows});
    memory->share_prefix({before->memory_, shared_rows});
    return claim(memory, nullptr, 0);
}

}  // namespace fovea
