#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/jobs/scheduler.h"

namespace fovea::app {

/// Writes the state file in the background: a disk takes its time until what was written is safe.
/// The newest state wins. UI thread only.
class StateSaver {
  public:
    StateSaver(Scheduler& jobs, std::filesystem::path file) : jobs_(jobs), file_(std::move(file)) {}
    ~StateSaver() { finish(); }
    StateSaver(const StateSaver&) = delete;

    /// Those who wait for events are woken where it could not be written.
    void save(std::string text);
    /// Returns when all that was given to `save` is written, or could not be.
    void finish() const { saving_.wait(); }
    /// Why the last state could not be written, once; nullopt: it was, or is being.
    std::optional<std::string> take_error();

  private:
    Scheduler& jobs_;
    const std::filesystem::path file_;
    JobTicket<void> saving_;
};

}  // namespace fovea::app
