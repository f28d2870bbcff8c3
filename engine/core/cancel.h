#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace fovea {

/// What those who wait for some work and those who do it tell each other: that it is no longer
/// wanted, and how far it is. Copies share it; any thread may call.
class CancelToken {
  public:
    void cancel() const { state_->cancelled.store(true, std::memory_order_relaxed); }
    bool cancelled() const { return state_->cancelled.load(std::memory_order_relaxed); }

    struct alignas(8) Steps {  // so that every compiler has one instruction for it
        std::int32_t at = 0;   ///< which one is under way, from 1
        std::int32_t all = 0;  ///< 0: nothing has been told
        bool operator==(const Steps&) const = default;
    };
    void tell(Steps steps) const { state_->steps.store(steps, std::memory_order_relaxed); }
    Steps told() const { return state_->steps.load(std::memory_order_relaxed); }

  private:
    struct State {
        std::atomic<bool> cancelled = false;
        std::atomic<Steps> steps = Steps{};
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Called from the thread that does the work: what it is at, and the share done, 0 to 1.
using Progress = std::function<void(std::string_view what, double share)>;

/// What a cancelled function's Error says, word for word, so that callers can tell it from a fault.
inline constexpr std::string_view cancelled_message = "cancelled";

}  // namespace fovea
