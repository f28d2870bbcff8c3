#include "app/panels/export_task.h"

#include <chrono>

#include "engine/core/out_of_memory.h"
#include "engine/core/start_thread.h"

namespace fovea::app {

ExportTask::~ExportTask() {
    end();
}

void ExportTask::end() {
    cancel_.cancel();
    thread_ = {};  // joins
    const std::scoped_lock lock(mutex_);
    outcome_.reset();
}

bool ExportTask::start(Work work) {
    if (running()) return false;
    cancel_ = CancelToken();
    {
        const std::scoped_lock lock(mutex_);
        what_.clear();
        share_ = 0;
        outcome_.reset();
    }
    const Status started = start_thread(thread_, [this, work = std::move(work), cancel = cancel_] {
        using Clock = std::chrono::steady_clock;
        auto last_wake = Clock::now();
        const Progress progress = [&](std::string_view what, double share) {
            {
                const std::scoped_lock lock(mutex_);
                what_ = what;
                share_ = share;
            }
            // The bar need not move more often than the eye sees.
            if (Clock::now() - last_wake < std::chrono::milliseconds(33)) return;
            last_wake = Clock::now();
            wake_();
        };
        const auto done = or_out_of_memory(
            "this", [&]() -> Result<TaskOutcome> { return work(progress, cancel); });
        TaskOutcome outcome = done ? *done : TaskOutcome{false, done.message(), {}};
        {
            const std::scoped_lock lock(mutex_);
            outcome_ = std::move(outcome);
        }
        wake_();
    });
    if (!started) {
        const std::scoped_lock lock(mutex_);
        outcome_ = TaskOutcome{false, started.message(), {}};
    }
    return true;
}

std::pair<std::string, double> ExportTask::progress() const {
    const std::scoped_lock lock(mutex_);
    return {what_, share_};
}

std::optional<TaskOutcome> ExportTask::take() {
    std::optional<TaskOutcome> outcome;
    {
        const std::scoped_lock lock(mutex_);
        outcome.swap(outcome_);
    }
    if (outcome) thread_ = {};  // joins; it has nothing left to do but wake
    return outcome;
}

}  // namespace fovea::app
