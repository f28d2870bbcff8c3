#include "engine/session/worker.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace fovea {

struct Worker::State {
    std::function<void()> wake;
    mutable std::mutex mutex;
    std::condition_variable changed;
    // All below are guarded by `mutex`.
    std::optional<ReadingRequest> waiting;
    std::optional<WorkerReport> report;
    CancelToken running;
    bool is_running = false;
    std::chrono::steady_clock::time_point began;  // the pass that runs
    /// The pass before was cancelled: the one that runs is not, or a person who never stops typing
    /// would never see anything.
    bool spared = false;
    bool stopping = false;

    std::thread thread;  // started last, when the rest stands

    void loop() {
        std::shared_ptr<const Reading> last;
        while (auto next = take_request()) {
            auto result = read(next->request, last.get(), next->cancel);
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
        changed.wait(lock, [&] { return stopping || waiting; });
        if (stopping) return std::nullopt;
        Job job{std::move(*waiting), {}};
        waiting.reset();
        running = job.cancel;
        is_running = true;
        began = std::chrono::steady_clock::now();
        return job;
    }

    void publish(std::uint64_t revision, const Result<std::shared_ptr<const Reading>>& result,
                 const CancelToken& cancel) {
        {
            const std::lock_guard lock(mutex);
            // A cancelled request has a newer one behind it, whose report is the one to show. A
            // reading that was complete when the newer request came is still worth a look.
            spared = !result.ok() && cancel.cancelled();
            if (spared) return;
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

Worker::Worker(std::function<void()> wake) : state_(std::make_unique<State>()) {
    state_->wake = std::move(wake);
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
        if (!state_->spared) state_->running.cancel();
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
    const auto age = std::chrono::steady_clock::now() - state_->began;
    return Running{state_->running.told(), std::chrono::duration<double>(age).count()};
}

}  // namespace fovea
