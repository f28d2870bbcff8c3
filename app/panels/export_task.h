#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/core/cancel.h"

namespace fovea::app {

/// What became of a job: a sentence for the person.
struct TaskOutcome {
    bool good = false;
    std::string sentence;
    std::string clipboard;  ///< text that the UI thread puts there; empty: none
};

/// One piece of work on a thread of its own, seen from the UI thread: started, watched, cancelled,
/// taken. All members but the work itself are called from the UI thread.
class ExportTask {
  public:
    using Work = std::function<TaskOutcome(const Progress&, const CancelToken&)>;

    /// `wake` is called from the thread when there is something new to draw.
    explicit ExportTask(std::function<void()> wake) : wake_(std::move(wake)) {}
    ~ExportTask();  ///< as `end`
    ExportTask(const ExportTask&) = delete;
    ExportTask& operator=(const ExportTask&) = delete;

    /// False, and nothing happens, while another job runs or waits to be taken.
    bool start(Work work);
    bool running() const { return thread_.joinable(); }
    void cancel() { cancel_.cancel(); }
    /// Cancels what runs and waits until it has ended: nothing is woken after that.
    void end();
    /// What it is at, and the share done.
    std::pair<std::string, double> progress() const;
    /// Once, when the job has ended.
    std::optional<TaskOutcome> take();

  private:
    std::function<void()> wake_;
    CancelToken cancel_;
    mutable std::mutex mutex_;  // guards the three below
    std::string what_;
    double share_ = 0;
    std::optional<TaskOutcome> outcome_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace fovea::app
