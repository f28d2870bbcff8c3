#include "engine/gpu/projection_cache.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/gpu/score_layout.h"

namespace fovea::gpu {

namespace {

std::ptrdiff_t limit(GLenum name) {
    GLint64 value = 0;
    glGetInteger64v(name, &value);
    return static_cast<std::ptrdiff_t>(std::max<GLint64>(value, 1));
}

/// The shader counts in 32-bit elements.
constexpr std::ptrdiff_t addressable = std::ptrdiff_t{std::numeric_limits<int>::max()} * 4;

/// Rows of `components`, each padded to `width`, to the buffer that is bound.
void upload(const BufferRange& range, const Tensor& tensor, Index components, Index width) {
    if (range.size == 0) return;
    const Index slices = tensor.extent(0), slice = tensor.size() / slices;
    const std::ptrdiff_t bytes = range.size / slices;
    std::vector<float> padded;
    for (Index i = 0; i < slices; ++i) {
        const float* data = tensor.slice(i);
        if (components != width) {
            padded.assign(static_cast<size_t>(slice / components * width), 0);
            for (Index row = 0; row < slice / components; ++row)
                std::copy_n(data + row * components, components, padded.data() + row * width);
            data = padded.data();
        }
        glBufferSubData(GL_SHADER_STORAGE_BUFFER, range.offset + i * bytes, bytes, data);
    }
}

}  // namespace

void UploadedProjections::bind() const {
    const auto bind_range = [&](ScoreBinding binding, const BufferRange& range) {
        glBindBufferRange(GL_SHADER_STORAGE_BUFFER, binding, buffer.name(), range.offset,
                          range.size);
    };
    bind_range(queries_binding, query);
    bind_range(keys_binding, key);
    // A binding must hold something even where no job looks at it.
    bind_range(bias_binding, bias.size > 0 ? bias : query);
}

ProjectionCache::ProjectionCache(std::size_t budget_bytes)
    : budget_(budget_bytes),
      alignment_(limit(GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT)),
      largest_range_(std::min(limit(GL_MAX_SHADER_STORAGE_BLOCK_SIZE), addressable)) {}

Result<const UploadedProjections*> ProjectionCache::get(
    const std::shared_ptr<const Projections>& projections) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (entry->owner.lock() != projections) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return &entries_.front().uploaded;
    }

    UploadedProjections uploaded;
    std::ptrdiff_t end = 0;
    const auto place = [&](std::ptrdiff_t floats) {
        const std::ptrdiff_t size = floats * std::ptrdiff_t{sizeof(float)};
        const BufferRange range{end, size};
        end = (end + size + alignment_ - 1) / alignment_ * alignment_;
        return range;
    };
    const Projections& p = *projections;
    const Index width = words_of(p.head_dim) * word_components;
    uploaded.query = place(p.heads * p.queries * width);
    uploaded.key = place(p.key_heads * p.keys * width);
    uploaded.bias = place(p.bias.size());
    for (const BufferRange& range : {uploaded.query, uploaded.key, uploaded.bias}) {
        if (range.size > largest_range_) {
            return fail(
                "a layer's queries or keys take {} MiB, more than the {} MiB that a shader of this "
                "driver reads",
                range.size >> 20, largest_range_ >> 20);
        }
    }
    uploaded.bytes = static_cast<std::size_t>(end);
    make_room(uploaded.bytes);

    drop_gl_errors();
    uploaded.buffer = Buffer::make();
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, uploaded.buffer.name());
    glBufferData(GL_SHADER_STORAGE_BUFFER, end, nullptr, GL_STATIC_DRAW);
    upload(uploaded.query, p.query, p.head_dim, width);
    upload(uploaded.key, p.key, p.head_dim, width);
    upload(uploaded.bias, p.bias, 1, 1);
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    FOVEA_CHECK(check_gl("uploading queries and keys"));

    bytes_ += uploaded.bytes;
    ++uploads_;
    entries_.push_front({projections, std::move(uploaded)});
    return &entries_.front().uploaded;
}

void ProjectionCache::drop_expired() {
    std::erase_if(entries_, [&](const Entry& entry) {
        if (!entry.owner.expired()) return false;
        bytes_ -= entry.uploaded.bytes;
        return true;
    });
}

void ProjectionCache::make_room(std::size_t bytes) {
    while (!entries_.empty() && bytes_ + bytes > budget_) {
        bytes_ -= entries_.back().uploaded.bytes;
        entries_.pop_back();
    }
}

}  // namespace fovea::gpu
