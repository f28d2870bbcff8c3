#include "engine/session/worker.h"

#include <utility>

namespace fovea {

Worker::Worker(Scheduler& jobs, Read read, std::string tag, Lane lane)
    : jobs_(jobs), read_(std::move(read)), tag_(std::move(tag)), lane_(lane) {}

Worker::~Worker() {
    cancel();
}

void Worker::cancel() {
    const std::lock_guard lock(mutex_);
    for (auto asked = asked_.rbegin(); asked != asked_.rend(); ++asked)
        asked->ticket.cancel();
    asked_.clear();
    report_.reset();
    last_ = std::make_shared<Answer>();  // a job that ends keeps its own
}

void Worker::submit(ReadingRequest request, std::shared_ptr<const Reading> start) {
    const std::lock_guard lock(mutex_);
    take_answers();
    const std::uint64_t revision = request.revision;
    auto work = [read = read_, request = std::move(request), last = last_,
                 start = std::move(start)](const JobContext& context) {
        auto reading = read(request, start ? start.get() : last->get(), context.cancel);
        if (reading.ok()) *last = *reading;
        return reading;
    };
    asked_.push_back({revision, jobs_.submit({.lane = lane_, .tag = tag_, .doing = "this sentence"},
                                             std::move(work))});
}

std::optional<WorkerReport> Worker::take() {
    const std::lock_guard lock(mutex_);
    take_answers();
    return std::exchange(report_, std::nullopt);
}

/// A cancelled request has a newer one behind it, whose report is the one to show. A reading that
/// was complete when the newer request came is still worth a look.
void Worker::take_answers() {
    std::erase_if(asked_, [&](Asked& asked) {
        auto answer = asked.ticket.take();
        if (!answer) return false;
        if (!*answer && answer->message() == cancelled_message) return true;
        report_.emplace();
        report_->revision = asked.revision;
        if (*answer)
            report_->reading = **std::move(answer);
        else
            report_->error = answer->message();
        return true;
    });
}

std::optional<Worker::Running> Worker::running() const {
    const auto progress = jobs_.progress(lane_, tag_);
    if (!progress) return std::nullopt;
    return Running{progress->steps, progress->seconds};
}

}  // namespace fovea
