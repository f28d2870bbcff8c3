#include "engine/session/worker.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/core/held_memory.h"
#include "engine/core/out_of_memory.h"

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;

/// Nobody types or drags after that.
constexpr std::chrono::seconds idle_time{1};

double system_seconds() {
    return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

/// Seconds that a pass still takes, when its share done took `age`; nullopt while none is done.
std::optional<double> seconds_left(std::optional<double> share_done, double age) {
    if (!share_done || *share_done <= 0) return std::nullopt;
    return age * (1 - *share_done) / *share_done;
}

}  // namespace

struct Worker::State {
    std::function<void()> wake;
    WorkerSources sources;
    mutable std::mutex mutex;
    std::condition_variable changed;
    // All below are guarded by `mutex`.
    std::optional<ReadingRequest> waiting;
    std::optional<WorkerReport> report;
    CancelToken running;
    bool is_running = false;
    double began = 0;  // the pass that runs
    /// Of the pass that runs: when it became obsolete.
    std::optional<double> obsolete_since;
    /// When the first pass after the last report was cancelled.
    std::optional<double> hungry_since;
    bool stopping = false;
    bool on_system_clock = true;  // from the start on

    std::thread thread;  // started last, when the rest stands

    void loop() {
        std::shared_ptr<const Reading> last;
        while (auto next = take_request()) {
            auto result = or_out_of_memory("this sentence", [&] {
                return sources.read(next->request, last.get(), next->cancel);
            });
            if (result.ok()) last = *result;
            publish(next->request.revision, result, next->cancel);
        }
    }

    struct Job {
        ReadingRequest request;
        CancelToken cancel;
    };

    /// Waits for a request; nullopt when the worker is to end.
    std::optional<Job> take_request() {
        std::unique_lock lock(mutex);
        is_running = false;
        const auto wanted = [&] { return stopping || waiting; };
        // Those who showed what was read before have let it go by then.
        if (!changed.wait_for(lock, idle_time, wanted)) {
            lock.unlock();
            if (has_memory_to_give_back()) give_back_memory();
            lock.lock();
            changed.wait(lock, wanted);
        }
        if (stopping) return std::nullopt;
        Job job{std::move(*waiting), {}};
        waiting.reset();
        job.cancel.watch([this] {
            const std::lock_guard guard(mutex);
            judge();
        });
        running = job.cancel;
        is_running = true;
        obsolete_since.reset();
        began = sources.seconds();
        return job;
    }

    /// Cancels the pass that runs where it is obsolete and does not end soon enough.
    void judge() {
        if (!is_running || !waiting || running.cancelled()) return;
        const double now = sources.seconds();
        const double hungry = hungry_since ? now - *hungry_since : 0;
        const double patience = std::max(patience_seconds, hungry);
        if (!obsolete_since) {
            obsolete_since = now;
            // Whatever its progress foretells. A test's own clock stands while nobody moves it.
            if (on_system_clock)
                running.cancel_at(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                     std::chrono::duration<double>(patience)));
        }
        const auto left = seconds_left(running.share_done(), now - began);
        const double waited = now - *obsolete_since;
        if (left && waited + *left > patience) running.cancel();
    }

    void publish(std::uint64_t revision, const Result<std::shared_ptr<const Reading>>& result,
                 const CancelToken& cancel) {
        {
            const std::lock_guard lock(mutex);
            // A cancelled request has a newer one behind it, whose report is the one to show. A
            // reading that was complete when the newer request came is still worth a look.
            if (!result.ok() && cancel.cancelled()) {
                if (!hungry_since) hungry_since = began;
                return;
            }
            hungry_since.reset();
            report.emplace();
            report->revision = revision;
            if (result.ok()) {
                report->reading = *result;
            } else {
                report->error = result.message();
            }
        }
        if (wake) wake();
    }
};

Worker::Worker(std::function<void()> wake, WorkerSources sources)
    : state_(std::make_unique<State>()) {
    state_->wake = std::move(wake);
    state_->sources = std::move(sources);
    state_->on_system_clock = !state_->sources.seconds;
    if (state_->on_system_clock) state_->sources.seconds = system_seconds;
    state_->thread = std::thread([state = state_.get()] { state->loop(); });
}

Worker::~Worker() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->running.cancel();
    }
    state_->changed.notify_all();
    state_->thread.join();
}

void Worker::submit(ReadingRequest request) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->waiting = std::move(request);
        state_->judge();
    }
    state_->changed.notify_all();
}

std::optional<WorkerReport> Worker::take() {
    const std::lock_guard lock(state_->mutex);
    auto report = std::move(state_->report);
    state_->report.reset();
    return report;
}

bool Worker::busy() const {
    const std::lock_guard lock(state_->mutex);
    return state_->is_running || state_->waiting;
}

std::optional<Worker::Running> Worker::running() const {
    const std::lock_guard lock(state_->mutex);
    if (!state_->is_running) return std::nullopt;
    return Running{state_->running.told(), state_->sources.seconds() - state_->began};
}

}  // namespace fovea
