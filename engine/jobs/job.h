#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/core/out_of_memory.h"
#include "engine/jobs/job_context.h"
#include "engine/jobs/lane.h"
#include "engine/jobs/memo.h"

namespace fovea {

/// What a scheduler is to know of a job before it runs.
struct JobSpec {
    Lane lane = Lane::analysis;
    /// Jobs of one tag answer the same question, asked anew: they never run side by side.
    std::string tag = {};
    /// In sentences, what there may not be enough memory for: "this file".
    std::string doing = "this";
    /// What becomes of those of its tag that came before.
    enum class Earlier {
        obsolete,  ///< those that wait are dropped; the one that runs is cancelled, unless it ends
                   ///< soon
        finished,  ///< they are all done first, in their order: they leave something behind
    } earlier = Earlier::obsolete;
    /// What waits when the scheduler ends is done all the same, and what runs is not cancelled.
    bool even_at_end = false;
    /// So many bytes it will take, where somebody knows; else it asks with JobContext::need.
    double bytes = 0;
    /// Its result is remembered by this, and given at once to whoever asks the same.
    std::optional<MadeFrom> made_from = std::nullopt;
    /// Nobody is woken where all went well: there is nothing to be seen.
    bool quiet = false;
};

/// Of a job that runs.
struct JobProgress {
    std::string what;          ///< in words, as the job told; empty: it told nothing
    double share = 0;          ///< done, 0 to 1
    CancelToken::Steps steps;  ///< where it counts them
    double seconds = 0;        ///< since it began
};

/// A job in the hands of the scheduler, whatever its result. What changes is guarded by the
/// scheduler's mutex, but for the result, which is its thread's until the job is finished.
struct Job {
    explicit Job(JobSpec given) : spec(std::move(given)) {}
    virtual ~Job() = default;
    Job(const Job&) = delete;

    /// Does it, and keeps the result; true where it is not an error. What it was made of is let go.
    virtual bool run(const JobContext& context) = 0;
    /// The result is an error.
    virtual void refuse(Error error) = 0;
    virtual void let_go() = 0;  ///< of what it would have been made of
    /// The result is the one that is remembered; false: none is.
    virtual bool recall(Memo& memo) = 0;
    virtual void remember(Memo& memo) const = 0;

    const JobSpec spec;
    const CancelToken cancel;
    enum class State { waiting, running, finished } state = State::waiting;
    JobProgress progress;
    double began = 0;
    bool obsolete = false;  ///< a newer one of its tag was asked for
    std::optional<double> judged_obsolete_at;
    // When its progress woke somebody last, and what it was.
    double woken_at = 0;
    JobProgress shown;
    // What it has stated that it takes, and what the machine had then.
    double stated_bytes = 0, left_before = 0;
};

template <class T>
struct TypedJob final : Job {
    using Work = std::function<Result<T>(const JobContext&)>;
    TypedJob(JobSpec given, Work to_do) : Job(std::move(given)), work(std::move(to_do)) {}

    bool run(const JobContext& context) override {
        result.emplace(or_out_of_memory(spec.doing, [&] { return work(context); }));
        work = nullptr;
        return result->ok();
    }
    void refuse(Error error) override { result.emplace(std::move(error)); }
    void let_go() override { work = nullptr; }
    bool recall(Memo& memo) override {
        if constexpr (std::copy_constructible<T>)
            if (const auto known = memo.find<T>(*spec.made_from)) {
                result.emplace(T(*known));
                return true;
            }
        return false;
    }
    void remember(Memo& memo) const override {
        if constexpr (std::copy_constructible<T>)
            memo.put(*spec.made_from, std::make_shared<const T>(**result));
    }

    Work work;
    std::optional<Result<T>> result;
};

/// What a job that returns a Result<T>, or a T, is asked for.
template <class T>
struct JobAnswer {
    using type = T;
};
template <class T>
struct JobAnswer<Result<T>> {
    using type = T;
};

}  // namespace fovea
