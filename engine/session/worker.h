#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/scheduler.h"
#include "engine/session/reading.h"

namespace fovea {

/// What the worker has to say: a reading, or why there is none (the last good reading stands).
struct WorkerReport {
    std::uint64_t revision = 0;
    std::shared_ptr<const Reading> reading;  ///< null where there was an error
    std::string error;
};

/// Reads a sentence as it is typed, in a lane: the newest request wins, and each begins with what
/// the one before has computed. Whoever waits is woken by the scheduler. Any thread; each
/// call returns at once.
class Worker {
  public:
    /// `read` of engine/session/reading.h; tests put their own here.
    using Read = std::function<Result<std::shared_ptr<const Reading>>(
        const ReadingRequest&, const Reading*, const CancelToken&)>;

    explicit Worker(Scheduler& jobs, Read read = fovea::read, std::string tag = "sentence",
                    Lane lane = Lane::reading);
    ~Worker();  ///< cancels; the scheduler joins
    Worker(const Worker&) = delete;

    /// `start`, where there is one, is begun with instead of what was read last.
    void submit(ReadingRequest request, std::shared_ptr<const Reading> start = nullptr);
    /// Nobody wants what was asked for any more: there will be no report of it, and what was read
    /// last is let go.
    void cancel();
    /// The newest report not yet taken.
    std::optional<WorkerReport> take();
    /// A request waits, or is being read.
    bool busy() const { return jobs_.busy(lane_, tag_); }

    /// The pass that runs.
    struct Running {
        CancelToken::Steps layers;
        double seconds = 0;  ///< since it began
    };
    std::optional<Running> running() const;  ///< nullopt: none runs

  private:
    using Answer = std::shared_ptr<const Reading>;
    struct Asked {
        std::uint64_t revision;
        JobTicket<Answer> ticket;
    };
    void take_answers();

    Scheduler& jobs_;
    const Read read_;
    const std::string tag_;
    const Lane lane_;
    /// What was read last: the jobs' own, of which one runs at a time.
    std::shared_ptr<Answer> last_ = std::make_shared<Answer>();
    std::mutex mutex_;
    // All three are guarded by `mutex_`.
    std::vector<Asked> asked_;  // the oldest first
    std::optional<WorkerReport> report_;
};

}  // namespace fovea
