#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "engine/session/reading.h"

namespace fovea {

/// What the worker has to say: a reading, or why there is none (the last good reading stands).
struct WorkerReport {
    std::uint64_t revision = 0;
    std::shared_ptr<const Reading> reading;  ///< null where there was an error
    std::string error;
};

/// One background thread that reads sentences: the newest request wins, what waited is dropped,
/// what runs is cancelled; but never two in a row, so that the picture of somebody who types or
/// drags without a pause is one pass old, not more.
class Worker {
  public:
    /// `wake` is called from the worker's thread after each report; it must be safe there
    /// (glfwPostEmptyEvent is).
    explicit Worker(std::function<void()> wake);
    ~Worker();  ///< cancels and joins
    Worker(const Worker&) = delete;

    void submit(ReadingRequest request);  ///< any thread; returns at once
    /// The newest report not yet taken. Any thread; returns at once.
    std::optional<WorkerReport> take();
    bool busy() const;  ///< any thread

    /// The pass that runs.
    struct Running {
        CancelToken::Steps layers;
        double seconds = 0;  ///< since it began
    };
    std::optional<Running> running() const;  ///< any thread; nullopt: none runs

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea
