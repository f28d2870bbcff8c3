#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fovea::app {

/// Writes the state file on a thread of its own: a disk takes its time until what was written is
/// safe. The newest state wins. UI thread only.
class StateSaver {
  public:
    /// `wake` is called from the thread when `take_error` has something to say.
    explicit StateSaver(std::filesystem::path file, std::function<void()> wake = {});
    ~StateSaver();  ///< writes what waits, and joins
    StateSaver(const StateSaver&) = delete;

    void save(std::string text);
    /// Returns when all that was given to `save` is written, or could not be.
    void finish();
    /// Why the last state could not be written, once; nullopt: it was, or is being.
    std::optional<std::string> take_error();

  private:
    void run(const std::stop_token& stop);

    const std::filesystem::path file_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    // All below are guarded by `mutex_`.
    std::optional<std::string> waiting_;
    bool writing_ = false;
    std::optional<std::string> error_;

    std::jthread thread_;  // last: it uses the others
};

}  // namespace fovea::app
