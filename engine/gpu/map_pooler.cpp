#include "engine/gpu/map_pooler.h"

#include <algorithm>
#include <vector>

#include "engine/gpu/head_description.h"
#include "engine/gpu/mask_words.h"
#include "engine/gpu/stream_buffer.h"
#include "engine/gpu/work_cost.h"

namespace fovea::gpu {

namespace {

constexpr const char* pooling_map = "pooling a map on the GPU";

/// First source cell of each of `count` cells over `source`, and the end.
void append_edges(Index count, Index source, std::vector<int>& edges) {
    for (Index i = 0; i <= count; ++i)
        edges.push_back(static_cast<int>(pooled_begin(i, count, source)));
}

/// Cells along one side of a work group's block: as many as one tile holds, or one.
Index cells_of_block(Index count, Index source, Index tile) {
    const Index widest = (source + count - 1) / count;
    return std::clamp<Index>(tile / widest, 1, tile);
}

/// [rows, 2]: the largest logit and the log-sum of each query.
std::vector<float> sums_of_rows(const PoolJob& job) {
    const HeadScores& scores = *job.layer->scores;
    std::vector<float> sums;
    sums.reserve(static_cast<size_t>(2 * job.region.rows()));
    for (Index query = job.region.query_begin; query < job.region.query_end; ++query) {
        sums.push_back(scores.largest_logit.at(job.head, query));
        sums.push_back(scores.log_sum.at(job.head, query));
    }
    return sums;
}

class PoolWork final : public SlicedWork {
  public:
    explicit PoolWork(std::shared_ptr<ComputeDevice> device) : SlicedWork(std::move(device)) {}

    Status prepare(const PoolJob& job, ScoreJob head) {
        projections_ = job.layer->projections;
        tile_ = pool_tile_for(projections_->head_dim, device().shared_limit());
        texture_ = job.texture;
        const MapRegion& region = job.region;
        area_.rows = static_cast<int>(job.rows);
        area_.columns = static_cast<int>(job.columns);
        area_.cell_rows = static_cast<int>(cells_of_block(job.rows, region.rows(), tile_.extent()));
        area_.cell_columns =
            static_cast<int>(cells_of_block(job.columns, region.columns(), tile_.extent()));
        area_.query_begin = static_cast<int>(region.query_begin);
        area_.key_begin = static_cast<int>(region.key_begin);
        area_.largest = job.pooling == Pooling::largest;
        area_.hidden_value = job.mark_hidden ? hidden_mark : 0;

        std::vector<int> edges;
        append_edges(job.rows, region.rows(), edges);
        append_edges(job.columns, region.columns(), edges);
        const HeadEdits& edits = job.layer->edits[static_cast<size_t>(job.head)];
        std::vector<std::uint32_t> mask_words;
        FOVEA_CHECK(append_mask(edits.mask, head, mask_words));
        if (mask_words.empty()) mask_words.push_back(0);

        drop_gl_errors();
        const auto fill = [](StreamBuffer& buffer, const auto* data, size_t count) {
            buffer.fill(data, static_cast<std::ptrdiff_t>(count * sizeof(*data)));
        };
        fill(head_, &head, 1);
        fill(masks_, mask_words.data(), mask_words.size());
        fill(edges_, edges.data(), edges.size());
        const std::vector<float> sums = sums_of_rows(job);
        fill(log_sums_, sums.data(), sums.size());
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
        FOVEA_CHECK(check_gl(pooling_map));

        std::vector<double> costs;
        for (Index row = 0; row < job.rows; row += area_.cell_rows) {
            const Index end = std::min<Index>(row + area_.cell_rows, job.rows);
            MapRegion band = region;
            band.query_begin = region.query_begin + edges[static_cast<size_t>(row)];
            band.query_end = region.query_begin + edges[static_cast<size_t>(end)];
            costs.push_back(
                logit_cost(count_cells(edits.mask, band).visible, projections_->head_dim) +
                write_cost(static_cast<double>((end - row) * job.columns)));
        }
        add_part(std::move(costs));
        return {};
    }

  private:
    Status dispatch(size_t, Index begin, Index end) override {
        FOVEA_TRY(const UploadedProjections* uploaded, device().projections.get(projections_));
        FOVEA_TRY(const unsigned program, device().program(AttentionShader::pool, tile_, false));
        area_.first_block = static_cast<int>(begin);
        areas_.fill(&area_, sizeof(area_));
        areas_.bind(area_binding);
        head_.bind(jobs_binding);
        masks_.bind(masks_binding);
        edges_.bind(edges_binding);
        log_sums_.bind(log_sums_binding);
        uploaded->bind();
        glBindImageTexture(0, texture_, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_R32F);
        glUseProgram(program);
        const int across = (area_.columns + area_.cell_columns - 1) / area_.cell_columns;
        glDispatchCompute(static_cast<GLuint>(across), static_cast<GLuint>(end - begin), 1);
        return {};
    }
    const char* doing() const override { return pooling_map; }

    std::shared_ptr<const Projections> projections_;
    ScoreTile tile_;
    GLuint texture_ = 0;
    PoolArea area_;
    StreamBuffer head_, areas_, masks_, edges_, log_sums_;
};

Status check_region(const PoolJob& job, const ScoreJob& head) {
    const MapRegion& r = job.region;
    if (r.query_begin < 0 || r.query_end > head.queries || r.query_begin > r.query_end ||
        r.key_begin < 0 || r.key_end > head.keys || r.key_begin > r.key_end) {
        return fail("{}: queries {} to {} and keys {} to {} of a map of {} x {}", pooling_map,
                    r.query_begin, r.query_end, r.key_begin, r.key_end, head.queries, head.keys);
    }
    if (job.rows > r.rows() || job.columns > r.columns() || job.rows < 0 || job.columns < 0) {
        return fail("{}: {} x {} cells over {} x {}", pooling_map, job.rows, job.columns, r.rows(),
                    r.columns());
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<SlicedWork>> MapPooler::begin(const PoolJob& job) {
    drop_gl_errors();
    device_->projections.drop_expired();
    if (job.layer == nullptr || job.layer->scores == nullptr)
        return fail("{}: a head without its log-sum-exp", pooling_map);
    if (job.head < 0 || job.head >= static_cast<Index>(job.layer->edits.size()))
        return fail("{}: head {} of {}", pooling_map, job.head, job.layer->edits.size());
    FOVEA_TRY(const ScoreJob head,
              describe_head(job.layer, job.head,
                            job.layer->edits[static_cast<size_t>(job.head)].temperature));
    FOVEA_CHECK(check_region(job, head));
    auto work = std::make_unique<PoolWork>(device_);
    if (job.rows > 0 && job.columns > 0) {
        FOVEA_CHECK(check_target({job.texture, -1}, job.rows, job.columns));
        FOVEA_CHECK(work->prepare(job, head));
    }
    return std::unique_ptr<SlicedWork>(std::move(work));
}

}  // namespace fovea::gpu
