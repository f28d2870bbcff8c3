#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>

namespace fovea {

/// A flag that one thread raises and another reads. Copies share the flag; any thread may call.
class CancelToken {
  public:
    void cancel() const { flag_->store(true, std::memory_order_relaxed); }
    bool cancelled() const { return flag_->load(std::memory_order_relaxed); }

  private:
    std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

/// Called from the thread that does the work: what it is at, and the share done, 0 to 1.
using Progress = std::function<void(std::string_view what, double share)>;

/// What a cancelled function's Error says, word for word, so that callers can tell it from a fault.
inline constexpr std::string_view cancelled_message = "cancelled";

}  // namespace fovea
