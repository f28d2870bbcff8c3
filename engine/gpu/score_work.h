#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/gpu/scorer.h"
#include "engine/gpu/sliced_work.h"
#include "engine/gpu/stream_buffer.h"

namespace fovea::gpu {

/// Heads to score, in as few dispatches as their layers and textures allow.
class ScoreWork final : public SlicedWork {
  public:
    explicit ScoreWork(std::shared_ptr<ComputeDevice> device) : SlicedWork(std::move(device)) {}

    /// `described` without the offsets of masks and rows, which it gets here; of one of the layer's
    /// heads. `texture` 0: rows only.
    Status add(const HeadJob& job, ScoreJob described, unsigned texture, bool layered);
    /// After the last head, before the first step.
    Status prepare();
    /// Once all is queued: rows of all heads, in the order they were added. Waits for the GPU.
    Result<RowResults> read_rows() const;

  private:
    /// One dispatch: heads of one layer that go to one texture (array), or to none.
    struct Group {
        std::shared_ptr<const Projections> projections;
        GLuint texture = 0;
        bool layered = false;
        ScoreTile tile;
        std::vector<ScoreJob> jobs;
        std::vector<double> costs;  // [row of work groups]
    };

    Status dispatch(size_t part, Index begin, Index end) override;
    const char* doing() const override { return "scoring attention on the GPU"; }

    std::vector<Group> groups_;
    std::vector<std::uint32_t> mask_words_;
    Index rows_total_ = 0;
    StreamBuffer jobs_, masks_, rows_;
};

}  // namespace fovea::gpu
