#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/jobs/lanes.h"
#include "engine/jobs/ticket.h"

namespace fovea {

/// Everything that runs in the background. Jobs stand in lanes, which never wait for one another;
/// within a tag the newest wins: what waited is dropped, and what runs is cancelled unless it ends
/// within half a second, as its progress foretells or the clock shows. An exception is an error in
/// a sentence, and so is memory that the machine has not got. Once nobody computes for a second,
/// the memory of what was made before goes back to the system. Any thread may call.
class Scheduler {
  public:
    /// `wake` is called, from the jobs' threads, when there is something new to see: a result, or a
    /// bar that moves. It must be safe there (glfwPostEmptyEvent is).
    explicit Scheduler(std::function<void()> wake, SchedulerSources sources = {})
        : lanes_(std::make_shared<Lanes>(std::move(wake), std::move(sources))) {}
    ~Scheduler() { end(); }
    Scheduler(const Scheduler&) = delete;

    /// `work` is called with a `const JobContext&`, or nothing, and returns a Result<T>, a Status
    /// or a T. It holds by value all that it needs: others may be gone when it runs. Returns at
    /// once.
    template <class Work>
    auto submit(JobSpec spec, Work work) {
        auto with_context = [&] {
            if constexpr (std::invocable<Work&, const JobContext&>)
                return std::move(work);
            else
                return [work = std::move(work)](const JobContext&) mutable { return work(); };
        }();
        using Returned = std::invoke_result_t<decltype(with_context)&, const JobContext&>;
        using T = typename JobAnswer<Returned>::type;
        const auto job = std::make_shared<TypedJob<T>>(std::move(spec), std::move(with_context));
        return JobTicket<T>(lanes_, std::static_pointer_cast<TypedJob<T>>(lanes_->submit(job)));
    }

    /// Of the job of this tag that runs, the newest or not.
    std::optional<JobProgress> progress(Lane lane, std::string_view tag) const {
        return lanes_->progress(lane, tag);
    }
    /// A job of this tag waits or runs.
    bool busy(Lane lane, std::string_view tag) const { return lanes_->is_busy(lane, tag); }

    /// Somebody was woken for this lane since the last call: there is something new to see.
    bool take_news(Lane lane) { return lanes_->take_news(lane); }

    /// Of the answers that are remembered, those that were made from other objects are forgotten:
    /// nobody will ask for them again.
    void keep_only(std::span<const std::weak_ptr<const void>> objects) {
        lanes_->keep_only(objects);
    }

    /// Cancels what need not be done even at the end, and waits until the rest is. Nobody is woken
    /// after that, and what is submitted is dropped.
    void end() { lanes_->end(); }

  private:
    std::shared_ptr<Lanes> lanes_;
};

}  // namespace fovea
