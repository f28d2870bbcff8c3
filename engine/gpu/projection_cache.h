#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "engine/core/result.h"
#include "engine/gpu/gl.h"
#include "engine/trace/trace.h"

namespace fovea::gpu {

/// A stretch of a buffer, in bytes.
struct BufferRange {
    std::ptrdiff_t offset = 0;
    std::ptrdiff_t size = 0;
};

/// Q, K and position bias of one layer on the GPU, one after the other in one buffer. head_dim is
/// padded with zeros to whole words of four components, so that a shader reads whole words.
struct UploadedProjections {
    Buffer buffer;
    BufferRange query;  // [heads, queries, words]
    BufferRange key;    // [key_heads, keys, words]
    BufferRange bias;   // [heads, queries + keys - 1], size 0 where there is none
    std::size_t bytes = 0;

    /// To queries_binding, keys_binding and bias_binding.
    void bind() const;
};

/// Keeps uploaded layers as long as their Projections live and the budget lasts; the ones not used
/// for longest go first. Knows a Projections object by its owner, so an address that is used again
/// is not mistaken for what lay there before.
class ProjectionCache {
  public:
    explicit ProjectionCache(std::size_t budget_bytes);

    /// Uploads unless it is there. The pointer lasts until the next call.
    Result<const UploadedProjections*> get(const std::shared_ptr<const Projections>& projections);

    /// Frees what belongs to layers that nobody holds any more.
    void drop_expired();

    std::size_t bytes() const { return bytes_; }
    std::size_t uploads() const { return uploads_; }

  private:
    struct Entry {
        std::weak_ptr<const Projections> owner;
        UploadedProjections uploaded;
    };

    void make_room(std::size_t bytes);

    std::list<Entry> entries_;  // the latest used first
    std::size_t budget_;
    std::size_t bytes_ = 0;
    std::size_t uploads_ = 0;
    std::ptrdiff_t alignment_;
    std::ptrdiff_t largest_range_;
};

}  // namespace fovea::gpu
