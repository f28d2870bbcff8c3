#include "engine/gpu/score_work.h"

#include <algorithm>

#include "engine/gpu/mask_words.h"
#include "engine/gpu/work_cost.h"

namespace fovea::gpu {

namespace {

/// What the shader leaves for each row.
struct Row {
    float log_sum_exp;
    float entropy;
};

}  // namespace

Status ScoreWork::add(const HeadJob& job, ScoreJob described, unsigned texture, bool layered) {
    FOVEA_CHECK(append_mask(job.edits.mask, described, mask_words_));
    described.row_offset = static_cast<int>(rows_total_);
    rows_total_ += described.queries;

    const auto& projections = job.layer->projections;
    const bool joins = layered && !groups_.empty() && groups_.back().layered &&
                       groups_.back().texture == texture &&
                       groups_.back().projections == projections;
    if (!joins) {
        Group group{projections, texture, layered, device().tile_for(*projections), {}, {}};
        const Index extent = group.tile.extent();
        group.costs.assign(static_cast<size_t>((described.queries + extent - 1) / extent), 0);
        groups_.push_back(std::move(group));
    }
    Group& group = groups_.back();
    group.jobs.push_back(described);
    const Index extent = group.tile.extent();
    for (Index row = 0; row < static_cast<Index>(group.costs.size()); ++row) {
        const CellCount cells = count_cells(
            job.edits.mask, {row * extent, std::min((row + 1) * extent, projections->queries), 0,
                             projections->keys});
        const double passes = described.write_weights != 0 ? 2 : 1;
        group.costs[static_cast<size_t>(row)] +=
            passes * logit_cost(cells.visible, projections->head_dim) +
            (described.write_weights != 0 ? write_cost(cells.all) : 0);
    }
    return {};
}

Status ScoreWork::prepare() {
    drop_gl_errors();
    constexpr std::uint32_t nothing = 0;
    masks_.fill(mask_words_.empty() ? &nothing : mask_words_.data(),
                static_cast<std::ptrdiff_t>(std::max<size_t>(mask_words_.size(), 1) * 4));
    rows_.fill(nullptr, static_cast<std::ptrdiff_t>(std::max<Index>(rows_total_, 1) * sizeof(Row)));
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    mask_words_ = {};
    for (Group& group : groups_)
        add_part(std::move(group.costs));
    return check_gl(doing());
}

Status ScoreWork::dispatch(size_t part, Index begin, Index end) {
    Group& group = groups_[part];
    FOVEA_TRY(const UploadedProjections* uploaded, device().projections.get(group.projections));
    FOVEA_TRY(const unsigned program,
              device().program(AttentionShader::score, group.tile, group.layered));
    for (ScoreJob& job : group.jobs)
        job.first_query = static_cast<int>(begin * group.tile.extent());
    jobs_.fill(group.jobs.data(),
               static_cast<std::ptrdiff_t>(group.jobs.size() * sizeof(ScoreJob)));
    jobs_.bind(jobs_binding);
    masks_.bind(masks_binding);
    rows_.bind(rows_binding);
    uploaded->bind();
    if (group.texture != 0) {
        glBindImageTexture(0, group.texture, 0, group.layered ? GL_TRUE : GL_FALSE, 0,
                           GL_WRITE_ONLY, GL_R32F);
    }
    glUseProgram(program);
    glDispatchCompute(static_cast<GLuint>(end - begin), 1, static_cast<GLuint>(group.jobs.size()));
    return {};
}

Result<RowResults> ScoreWork::read_rows() const {
    std::vector<Row> rows(static_cast<size_t>(rows_total_));
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, rows_.name());
    glGetBufferSubData(GL_SHADER_STORAGE_BUFFER, 0,
                       static_cast<std::ptrdiff_t>(rows.size() * sizeof(Row)), rows.data());
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    FOVEA_CHECK(check_gl("reading a head's rows from the GPU"));
    RowResults results;
    for (const Row& row : rows) {
        results.log_sum_exp.push_back(row.log_sum_exp);
        results.entropy.push_back(row.entropy);
    }
    return results;
}

}  // namespace fovea::gpu
