#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace fovea {

/// What those who wait for some work and those who do it tell each other: that it is no longer
/// wanted, and how far it is. Copies share it; any thread may call.
class CancelToken {
  public:
    void cancel() const { state_->cancelled.store(true, std::memory_order_relaxed); }
    /// What is not done by then is cancelled.
    void cancel_at(std::chrono::steady_clock::time_point when) const {
        state_->due.store(when.time_since_epoch().count(), std::memory_order_relaxed);
    }
    /// Asked at least once a layer, and in a long one several times.
    bool cancelled() const {
        if (state_->cancelled.load(std::memory_order_relaxed)) return true;
        const auto due = state_->due.load(std::memory_order_relaxed);
        return due != never && std::chrono::steady_clock::now().time_since_epoch().count() >= due;
    }

    struct alignas(8) Steps {  // so that every compiler has one instruction for it
        std::int32_t at = 0;   ///< which one is under way, from 1
        std::int32_t all = 0;  ///< 0: nothing has been told
        bool operator==(const Steps&) const = default;
    };
    void tell(Steps steps) const {
        state_->steps.store(steps, std::memory_order_relaxed);
        if (state_->watcher) state_->watcher();
    }
    Steps told() const { return state_->steps.load(std::memory_order_relaxed); }

    /// So many passes of such steps make the work; zero: nobody knows. Unless told, one.
    void expect_passes(std::int32_t all) const {
        state_->passes_done.store(0, std::memory_order_relaxed);
        state_->passes.store(all, std::memory_order_relaxed);
    }
    void pass_done() const {
        state_->steps.store({}, std::memory_order_relaxed);
        state_->passes_done.fetch_add(1, std::memory_order_relaxed);
    }
    /// The share of the work that is done, 0 to 1; nullopt where nobody knows.
    std::optional<double> share_done() const {
        const auto passes = state_->passes.load(std::memory_order_relaxed);
        if (passes <= 0) return std::nullopt;
        const auto done = state_->passes_done.load(std::memory_order_relaxed);
        const Steps steps = told();
        const double begun = steps.all > 0 ? double(steps.at - 1) / steps.all : 0.0;
        return (done + begun) / passes;
    }
    /// Called whenever a step is told, by the thread that does the work. Set before it begins.
    void watch(std::function<void()> watcher) const { state_->watcher = std::move(watcher); }

  private:
    static constexpr auto never = std::chrono::steady_clock::duration::max().count();
    struct State {
        std::atomic<bool> cancelled = false;
        std::atomic<std::chrono::steady_clock::rep> due = never;
        std::atomic<Steps> steps = Steps{};
        std::atomic<std::int32_t> passes = 1, passes_done = 0;
        std::function<void()> watcher;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Called from the thread that does the work: what it is at, and the share done, 0 to 1.
using Progress = std::function<void(std::string_view what, double share)>;

/// What a cancelled function's Error says, word for word, so that callers can tell it from a fault.
inline constexpr std::string_view cancelled_message = "cancelled";

}  // namespace fovea
