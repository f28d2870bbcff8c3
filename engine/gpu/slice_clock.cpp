#include "engine/gpu/slice_clock.h"

#include <algorithm>
#include <chrono>

namespace fovea::gpu {

namespace {

bool has_timestamps() {
    GLint bits = 0;
    glGetQueryiv(GL_TIMESTAMP, GL_QUERY_COUNTER_BITS, &bits);
    return bits > 0;
}

double nanoseconds(const Query& query) {
    GLuint64 value = 0;
    glGetQueryObjectui64v(query.name(), GL_QUERY_RESULT, &value);
    return static_cast<double>(value);
}

bool available(const Query& query) {
    GLint there = GL_FALSE;
    glGetQueryObjectiv(query.name(), GL_QUERY_RESULT_AVAILABLE, &there);
    return there != GL_FALSE;
}

}  // namespace

double now_ms() {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    return Milliseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void SliceClock::time(double cost, const std::function<void()>& work) {
    Slice slice{{}, {}, cost, 0};
    const bool timestamps = has_timestamps();
    if (timestamps) {
        slice.begin = Query::make();
        slice.end = Query::make();
        glQueryCounter(slice.begin.name(), GL_TIMESTAMP);
    }
    const double start = now_ms();
    work();
    if (!timestamps) glFinish();
    slice.call_ms = now_ms() - start;
    if (timestamps) glQueryCounter(slice.end.name(), GL_TIMESTAMP);
    under_way_ += cost;
    slices_.push_back(std::move(slice));
}

void SliceClock::collect(SlicePace& pace) {
    while (!slices_.empty()) {
        const Slice& slice = slices_.front();
        double milliseconds = slice.call_ms;
        if (slice.end) {
            if (!available(slice.end)) return;
            milliseconds =
                std::max(milliseconds, (nanoseconds(slice.end) - nanoseconds(slice.begin)) / 1e6);
        }
        pace.learn(slice.cost, milliseconds);
        under_way_ = slices_.size() == 1 ? 0 : under_way_ - slice.cost;
        slices_.pop_front();
    }
}

}  // namespace fovea::gpu
