#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/core/memory_left.h"
#include "engine/jobs/job.h"

namespace fovea {

/// What the scheduler asks of the world; tests put their own here.
struct SchedulerSources {
    std::function<double()> seconds = {};  ///< a clock; unset: the system's
    std::function<std::optional<MemoryLeft>()> memory = [] { return memory_left(); };
};

/// The lanes of a scheduler with their threads: which job runs when, and which is cancelled. Any
/// thread may call.
class Lanes {
  public:
    Lanes(std::function<void()> wake, SchedulerSources sources);
    ~Lanes() { end(); }
    Lanes(const Lanes&) = delete;

    /// An obsolete job goes on where it has less than that to go.
    static constexpr double patience_seconds = 0.5;

    /// Takes it; or gives back the newest of its tag, where that will answer the same.
    std::shared_ptr<Job> submit(const std::shared_ptr<Job>& job);
    bool is_finished(const Job& job) const;
    void wait(const Job& job);
    void cancel(const std::shared_ptr<Job>& job);
    std::optional<JobProgress> progress(const Job& job) const;
    std::optional<JobProgress> progress(Lane lane, std::string_view tag) const;
    bool is_busy(Lane lane, std::string_view tag) const;
    bool take_news(Lane lane);
    void keep_only(std::span<const std::weak_ptr<const void>> objects) { memo_.keep_only(objects); }
    void end();

  private:
    using Jobs = std::vector<std::shared_ptr<Job>>;
    struct Track {
        std::deque<std::shared_ptr<Job>> waiting;
        Jobs running;
        /// When the first job after the last result of a tag was cancelled.
        std::map<std::string, double, std::less<>> hungry_since;
        bool news = false;
        size_t idle = 0;  // threads
        std::vector<std::jthread> threads;
        std::condition_variable changed;
    };
    using Lock = std::unique_lock<std::mutex>;
    Track& track(Lane lane) { return tracks_[static_cast<size_t>(lane)]; }
    const Track& track(Lane lane) const { return tracks_[static_cast<size_t>(lane)]; }

    void serve(Lane lane);
    std::shared_ptr<Job> next(Lane lane);
    bool is_quiet() const;
    bool execute(const std::shared_ptr<Job>& job);
    std::shared_ptr<Job> same_question(const Job& job) const;
    Status enqueue(const std::shared_ptr<Job>& job);
    void finish(const std::shared_ptr<Job>& job, bool good);
    void note_progress(Job& job, std::string_view what, double share);
    Status reserve(Job& job, double bytes);
    void make_obsolete(const Job& newer, Jobs& dropped);
    void judge(Job& job);
    void drop(Job& job);
    std::optional<JobProgress> progress_of(const Job& job) const;

    const std::function<void()> wake_;
    const bool on_system_clock_;
    const SchedulerSources sources_;
    Memo memo_;
    mutable std::mutex mutex_;
    // All below are guarded by `mutex_`.
    std::array<Track, lane_count> tracks_;
    std::condition_variable finished_;
    std::chrono::steady_clock::time_point last_computed_;
    bool ended_ = false;
};

}  // namespace fovea
