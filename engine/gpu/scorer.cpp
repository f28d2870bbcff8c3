#include "engine/gpu/scorer.h"

#include <limits>

#include "engine/gpu/compute_device.h"
#include "engine/gpu/gl.h"
#include "engine/gpu/head_description.h"
#include "engine/gpu/score_work.h"

namespace fovea::gpu {

namespace {

bool empty_map(const HeadJob& job) {
    return job.layer != nullptr && job.layer->projections != nullptr &&
           (job.layer->projections->queries == 0 || job.layer->projections->keys == 0);
}

/// A texture of a head's size, to read its weights back from.
Result<Texture> texture_for(const ScoreJob& described) {
    GLint largest = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
    if (described.queries > largest || described.keys > largest) {
        return fail(
            "scoring attention on the GPU: a map of {} x {} is larger than this driver's largest "
            "texture, {}",
            described.queries, described.keys, largest);
    }
    Texture texture = Texture::make();
    glBindTexture(GL_TEXTURE_2D, texture.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_R32F, described.keys, described.queries);
    glBindTexture(GL_TEXTURE_2D, 0);
    FOVEA_CHECK(check_gl("making room for a head's weights on the GPU"));
    return texture;
}

}  // namespace

Scorer::Scorer(std::shared_ptr<ComputeDevice> device) : device_(std::move(device)) {}
Scorer::~Scorer() = default;

Result<std::unique_ptr<Scorer>> Scorer::create() {
    FOVEA_TRY(auto device, ComputeDevice::create());
    // The program of most models; a driver that cannot compile it is found out here.
    const ScoreTile tile = score_tile_for(64, 1, device->shared_limit());
    FOVEA_TRY([[maybe_unused]] const unsigned program,
              device->program(AttentionShader::score, tile, false));
    return std::unique_ptr<Scorer>(new Scorer(std::move(device)));
}

Result<std::unique_ptr<SlicedWork>> Scorer::begin(std::span<const HeadJob> jobs) {
    drop_gl_errors();
    device_->projections.drop_expired();
    auto work = std::make_unique<ScoreWork>(device_);
    for (const HeadJob& job : jobs) {
        if (empty_map(job)) continue;
        FOVEA_TRY(ScoreJob described, describe_head(job.layer, job.head, job.edits.temperature));
        FOVEA_CHECK(check_target(job.target, described.queries, described.keys));
        described.write_weights = 1;
        described.hidden_weight = job.mark_hidden ? hidden_mark : 0;
        described.target_layer = job.target.layer;
        FOVEA_CHECK(work->add(job, described, job.target.texture, job.target.layer >= 0));
    }
    FOVEA_CHECK(work->prepare());
    return std::unique_ptr<SlicedWork>(std::move(work));
}

Status Scorer::score(std::span<const HeadJob> jobs) {
    FOVEA_TRY(const auto work, begin(jobs));
    return work->finish();
}

Result<RowResults> Scorer::score_and_read(const HeadJob& job, std::vector<float>* weights) {
    drop_gl_errors();
    device_->projections.drop_expired();
    FOVEA_TRY(ScoreJob described, describe_head(job.layer, job.head, job.edits.temperature));
    const auto queries = static_cast<size_t>(described.queries);
    if (weights != nullptr) weights->assign(queries * static_cast<size_t>(described.keys), 0);
    if (empty_map(job)) {
        RowResults results;
        results.log_sum_exp.assign(queries, -std::numeric_limits<float>::infinity());
        results.entropy.assign(queries, std::numeric_limits<float>::quiet_NaN());
        return results;
    }

    Texture texture;
    if (weights != nullptr) {
        FOVEA_TRY(texture, texture_for(described));
        described.write_weights = 1;
    }
    ScoreWork work(device_);
    FOVEA_CHECK(work.add(job, described, texture.name(), false));
    FOVEA_CHECK(work.prepare());
    FOVEA_CHECK(work.finish());
    FOVEA_TRY(RowResults results, work.read_rows());
    if (weights != nullptr) {
        glBindTexture(GL_TEXTURE_2D, texture.name());
        glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, weights->data());
        glBindTexture(GL_TEXTURE_2D, 0);
    }
    FOVEA_CHECK(check_gl("reading a head's weights from the GPU"));
    return results;
}

const std::string& Scorer::device_name() const {
    return device_->name();
}

UploadCount Scorer::upload_count() const {
    return {device_->projections.uploads(), device_->projections.bytes()};
}

}  // namespace fovea::gpu
