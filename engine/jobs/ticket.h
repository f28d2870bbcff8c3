#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "engine/jobs/lanes.h"

namespace fovea {

/// A job that was submitted, in the hands of who wants its result. To let a ticket go stops
/// nothing; it may outlive its scheduler. One thread at a time; each call but `wait` returns at
/// once.
template <class T>
class JobTicket {
  public:
    JobTicket() = default;  ///< of no job
    JobTicket(std::shared_ptr<Lanes> lanes, std::shared_ptr<TypedJob<T>> job)
        : lanes_(std::move(lanes)), job_(std::move(job)) {}

    /// The result is still to come, or to be taken.
    bool busy() const { return job_ != nullptr; }
    /// It waits or runs.
    bool running() const { return job_ && !lanes_->is_finished(*job_); }
    /// `take` has something to give.
    bool ready() const { return job_ && lanes_->is_finished(*job_); }
    /// Once, when it is there; of a job that was dropped, an error: `cancelled_message`.
    std::optional<Result<T>> take() {
        if (!ready()) return std::nullopt;
        const auto job = std::exchange(job_, nullptr);
        lanes_.reset();
        return std::exchange(job->result, std::nullopt);
    }
    /// While it runs.
    std::optional<JobProgress> progress() const {
        return job_ ? lanes_->progress(*job_) : std::nullopt;
    }
    /// It is not begun, or told to stop; its result comes all the same.
    void cancel() const {
        if (job_) lanes_->cancel(job_);
    }
    /// Until the result is there.
    void wait() const {
        if (job_) lanes_->wait(*job_);
    }

  private:
    std::shared_ptr<Lanes> lanes_;
    std::shared_ptr<TypedJob<T>> job_;
};

}  // namespace fovea
