#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engine/session/reading.h"

namespace fovea {

/// What the worker has to say: a reading, or why there is none (the last good reading stands).
struct WorkerReport {
    std::uint64_t revision = 0;
    std::shared_ptr<const Reading> reading;  ///< null where there was an error
    std::string error;
};

/// What the worker asks of the world; tests put their own here.
struct WorkerSources {
    std::function<Result<std::shared_ptr<const Reading>>(const ReadingRequest&, const Reading*,
                                                         const CancelToken&)>
        read = fovea::read;
    std::function<double()> seconds;  ///< a clock; unset: the system's
};

/// One background thread that reads sentences: the newest request wins, what waited is dropped. The
/// pass that runs is obsolete then, and is cancelled unless it ends within half a second, as its
/// progress foretells or the clock shows. Somebody who types or drags without a pause sees pictures
/// all the same: once passes have been cancelled for as long as one takes, one is let through. Once
/// nobody asks for a second, the memory of what was read before goes back to the system.
class Worker {
  public:
    static constexpr double patience_seconds = 0.5;

    /// `wake` is called from the worker's thread after each report; it must be safe there
    /// (glfwPostEmptyEvent is).
    explicit Worker(std::function<void()> wake, WorkerSources sources = {});
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
