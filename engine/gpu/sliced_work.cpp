#include "engine/gpu/sliced_work.h"

#include <numeric>

namespace fovea::gpu {

void SlicedWork::add_part(std::vector<double> costs) {
    total_ += std::accumulate(costs.begin(), costs.end(), 0.0);
    parts_.push_back(std::move(costs));
}

Status SlicedWork::queue(double allowance, double budget_ms) {
    const double start = now_ms();
    for (bool first = true; part_ < parts_.size(); first = false) {
        const auto& costs = parts_[part_];
        const auto rows = static_cast<Index>(costs.size());
        double cost = 0;
        Index end = row_;
        while (end < rows && cost + costs[static_cast<size_t>(end)] <= allowance)
            cost += costs[static_cast<size_t>(end++)];
        if (end == row_ && rows > 0) {
            // Not even one row fits. It is due all the same where nothing else is under way.
            if (!first || device_->clock.under_way() > 0) return {};
            cost = costs[static_cast<size_t>(end++)];
        }
        Status status;
        device_->clock.time(cost, [&] { status = dispatch(part_, row_, end); });
        FOVEA_CHECK(status);
        allowance -= cost;
        queued_ += cost;
        row_ = end;
        if (row_ == rows) {
            ++part_;
            row_ = 0;
        }
        // A renderer without a GPU works within the call.
        if (now_ms() - start >= budget_ms) return {};
    }
    return {};
}

Result<bool> SlicedWork::step(double budget_ms) {
    if (part_ == parts_.size()) return true;
    drop_gl_errors();
    device_->clock.collect(device_->pace);
    const bool unlimited = budget_ms == std::numeric_limits<double>::infinity();
    const double allowance =
        unlimited ? budget_ms : device_->pace.affordable(budget_ms, device_->clock.under_way());
    const Status status = queue(allowance, budget_ms);

    glUseProgram(0);
    glBindImageTexture(0, 0, 0, GL_FALSE, 0, GL_READ_ONLY, GL_R32F);
    for (unsigned binding = 0; binding < bindings_end; ++binding)
        glBindBufferBase(GL_SHADER_STORAGE_BUFFER, binding, 0);
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    glMemoryBarrier(GL_TEXTURE_FETCH_BARRIER_BIT | GL_TEXTURE_UPDATE_BARRIER_BIT |
                    GL_FRAMEBUFFER_BARRIER_BIT | GL_BUFFER_UPDATE_BARRIER_BIT |
                    GL_SHADER_IMAGE_ACCESS_BARRIER_BIT);
    FOVEA_CHECK(status);
    FOVEA_CHECK(check_gl(doing()));
    return part_ == parts_.size();
}

Status SlicedWork::finish() {
    FOVEA_TRY([[maybe_unused]] const bool done, step(std::numeric_limits<double>::infinity()));
    return {};
}

}  // namespace fovea::gpu
