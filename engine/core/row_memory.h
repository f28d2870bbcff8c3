#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <vector>

#include "engine/core/index.h"

namespace fovea {

/// The memory of a tensor [groups, rows, width] whose rows may grow: a sentence that is typed on
/// keeps the rows of the tokens before. Rows are written once and never changed, so a longer tensor
/// may stand in the memory of a shorter one that others still read. Where it cannot, because
/// another has grown there already, the memory of one that is gone serves, which holds most of the
/// same rows. Safe for any threads.
class RowMemory {
  public:
    struct Shape {
        Index groups = 1;
        Index capacity = 0;  ///< rows of each group that there is room for
        Index width = 1;
        Index floats() const { return groups * capacity * width; }
    };

    /// Not initialised; cache-aligned.
    explicit RowMemory(Shape shape);
    /// Leaves its buffer to a memory with the same first rows, if there is one.
    ~RowMemory();
    RowMemory(const RowMemory&) = delete;
    RowMemory& operator=(const RowMemory&) = delete;

    float* data() const { return buffer_.get(); }
    const Shape& shape() const { return shape_; }

  private:
    friend class RowClaim;

    // A cache line. Vectorised sums group their terms by alignment, so where it is left to chance
    // the last digit of a result is, too.
    static constexpr std::align_val_t alignment{64};
    /// Counts what is held (held_memory.h).
    struct Free {
        std::int64_t bytes = 0;
        void operator()(float* data) const;
    };
    using Buffer = std::unique_ptr<float[], Free>;

    /// The buffer of a memory that is gone, to be used again.
    struct Recycled {
        Buffer buffer;
        Shape shape;
        Index equal = 0;  ///< its first rows are those of the memory that has it now
    };
    /// Another memory with the same first rows.
    struct SharedPrefix {
        std::weak_ptr<RowMemory> other;
        std::shared_ptr<std::atomic<Index>> rows;  ///< how many; either of the two lowers it
    };

    RowMemory(Shape shape, Buffer buffer);
    static Buffer allocate(const Shape& shape);
    /// Rows [known, rows), if nobody has any from `known` on and there is room.
    bool extend(Index known, Index rows);
    void give_back(Index begin);
    std::optional<Recycled> take_recycled(Index rows);
    void recycle(Recycled buffer, const std::atomic<Index>& equal);
    void share_prefix(SharedPrefix prefix);

    const Shape shape_;
    Buffer buffer_;
    std::mutex mutex_;   // of what follows
    Index claimed_ = 0;  // rows that claims hold, from the first on
    std::optional<Recycled> recycled_;
    std::vector<SharedPrefix> prefixes_;
};

/// A tensor's right to the first `end` rows of a memory: to read them all, and to write those that
/// the claims under it do not hold.
class RowClaim {
  public:
    /// All of a new memory.
    explicit RowClaim(RowMemory::Shape shape);
    /// That many rows of a new memory that has room for more.
    static std::shared_ptr<const RowClaim> with_room(RowMemory::Shape shape);
    ~RowClaim() { memory_->give_back(begin_); }
    RowClaim(const RowClaim&) = delete;
    RowClaim& operator=(const RowClaim&) = delete;

    const RowMemory& memory() const { return *memory_; }

    /// The first `known` rows of `before`, then `added` that are not initialised: in its memory,
    /// or copied to another.
    static std::shared_ptr<const RowClaim> grown(const std::shared_ptr<const RowClaim>& before,
                                                 Index known, Index added);

  private:
    RowClaim(std::shared_ptr<RowMemory> memory, std::shared_ptr<const RowClaim> under, Index begin)
        : memory_(std::move(memory)), under_(std::move(under)), begin_(begin) {}

    std::shared_ptr<RowMemory> memory_;
    // Holds the rows in front: nobody else may be given them meanwhile.
    std::shared_ptr<const RowClaim> under_;
    Index begin_ = 0;
};

}  // namespace fovea
