// Which passes are cancelled when a newer request comes. The clock is the test's own, and so is the
// pass: it tells what the test says and ends when the test says.
#include <gtest/gtest.h>

#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>

#include "engine/session/worker.h"
#include "random_model.h"
#include "small_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

/// Passes that wait for the test.
class Stage {
  public:
    Worker::Read read() {
        return [this](const ReadingRequest& request, const Reading*, const CancelToken& cancel) {
            return play(request, cancel);
        };
    }
    SchedulerSources clock() {
        SchedulerSources own;
        own.seconds = [this] {
            const std::lock_guard lock(clock_mutex_);
            return now_;
        };
        return own;
    }
    void pass_time(double seconds) {
        const std::lock_guard lock(clock_mutex_);
        now_ += seconds;
    }
    /// Waits until the pass for `revision` runs.
    CancelToken wait_for_pass(std::uint64_t revision) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return playing_ == revision; });
        return cancel_;
    }
    /// The pass that runs tells a step; true where it goes on.
    bool tell(std::int32_t at, std::int32_t all) {
        CancelToken cancel;
        {
            const std::lock_guard lock(mutex_);
            cancel = cancel_;
        }
        cancel.tell({at, all});
        return !cancel.cancelled();
    }
    /// The pass that runs ends well.
    void finish() {
        const std::lock_guard lock(mutex_);
        done_ = true;
        changed_.notify_all();
    }
    /// The one that was cancelled notices.
    void notice() { changed_.notify_all(); }

  private:
    Result<std::shared_ptr<const Reading>> play(const ReadingRequest& request,
                                                const CancelToken& cancel) {
        std::unique_lock lock(mutex_);
        playing_ = request.revision;
        cancel_ = cancel;
        done_ = false;
        changed_.notify_all();
        while (!done_ && !cancel.cancelled())
            changed_.wait_for(lock, std::chrono::milliseconds(1));
        playing_ = 0;
        if (!done_) return Error{std::string(cancelled_message)};
        auto reading = std::make_shared<Reading>();
        reading->request = request;
        return std::shared_ptr<const Reading>(std::move(reading));
    }

    std::mutex clock_mutex_;
    double now_ = 100;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t playing_ = 0;
    CancelToken cancel_;
    bool done_ = false;
};

ReadingRequest request_of(std::uint64_t revision) {
    ReadingRequest request;
    request.revision = revision;
    return request;
}

std::optional<WorkerReport> wait_for_report(Worker& worker) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < deadline) {
        if (auto report = worker.take()) return report;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
}

TEST(ObsoletePass, IsCancelledAtOnceWhereItsProgressSaysSo) {
    Stage stage;
    Scheduler jobs([] {}, stage.clock());
    Worker worker(jobs, stage.read());
    worker.submit(request_of(1));
    const CancelToken pass = stage.wait_for_pass(1);
    stage.pass_time(1);
    EXPECT_TRUE(stage.tell(3, 12));  // two layers in a second: five more
    EXPECT_FALSE(pass.cancelled());  // nobody wants anything else
    worker.submit(request_of(2));
    EXPECT_TRUE(pass.cancelled());
    stage.wait_for_pass(2);
    stage.finish();
    EXPECT_EQ(wait_for_report(worker)->revision, 2u);
}

TEST(ObsoletePass, EndsWhereLessThanHalfASecondIsLeft) {
    Stage stage;
    Scheduler jobs([] {}, stage.clock());
    Worker worker(jobs, stage.read());
    worker.submit(request_of(1));
    const CancelToken pass = stage.wait_for_pass(1);
    stage.pass_time(2);
    stage.tell(11, 12);  // ten layers in two seconds: 0.4 more
    worker.submit(request_of(2));
    EXPECT_FALSE(pass.cancelled());
    stage.finish();
    EXPECT_EQ(wait_for_report(worker)->revision, 1u);
    stage.wait_for_pass(2);
    stage.finish();
    EXPECT_EQ(wait_for_report(worker)->revision, 2u);
}

/// A request that comes before the first layer is done is judged when that is.
TEST(ObsoletePass, IsJudgedAgainWithEveryLayer) {
    Stage stage;
    Scheduler jobs([] {}, stage.clock());
    Worker worker(jobs, stage.read());
    worker.submit(request_of(1));
    const CancelToken pass = stage.wait_for_pass(1);
    stage.tell(1, 24);
    worker.submit(request_of(2));
    EXPECT_FALSE(pass.cancelled());
    stage.pass_time(0.01);
    EXPECT_TRUE(stage.tell(2, 24));  // 23 layers of a hundredth: a quarter of a second
    stage.pass_time(0.1);
    EXPECT_FALSE(stage.tell(3, 24));  // 22 of a twentieth: more than a second
    stage.wait_for_pass(2);
    stage.finish();
    EXPECT_EQ(wait_for_report(worker)->revision, 2u);
}

/// With edits there are two passes: the end of the first is not that of the reading.
TEST(ObsoletePass, KnowsOfThePassesToCome) {
    Stage stage;
    Scheduler jobs([] {}, stage.clock());
    Worker worker(jobs, stage.read());
    worker.submit(request_of(1));
    const CancelToken pass = stage.wait_for_pass(1);
    pass.expect_passes(2);
    stage.pass_time(2);
    stage.tell(11, 12);
    worker.submit(request_of(2));
    EXPECT_TRUE(pass.cancelled());
    stage.wait_for_pass(2);
    stage.finish();
    EXPECT_TRUE(wait_for_report(worker));
}

/// One that tells nothing, or less than is true, is ended by the clock.
TEST(ObsoletePass, IsEndedByTheClockWhateverItTells) {
    Stage stage;
    Scheduler jobs([] {});  // with the system's
    Worker worker(jobs, stage.read());
    worker.submit(request_of(1));
    stage.wait_for_pass(1);
    worker.submit(request_of(2));
    stage.wait_for_pass(2);  // half a second on
    stage.finish();
    EXPECT_EQ(wait_for_report(worker)->revision, 2u);
}

/// Passes of ten seconds, and a key every tenth: pictures come all the same.
TEST(ObsoletePass, SomebodyWhoNeverStopsTypingSeesPictures) {
    Stage stage;
    Scheduler jobs([] {}, stage.clock());
    Worker worker(jobs, stage.read());
    std::uint64_t key = 1;
    worker.submit(request_of(key));
    int cancelled = 0;
    double typed = 0;
    std::optional<WorkerReport> report;
    while (!report && typed < 60) {
        const std::uint64_t read_key = key;
        const CancelToken pass = stage.wait_for_pass(read_key);
        bool goes_on = true;
        for (std::int32_t tenth = 1; goes_on && tenth <= 100; ++tenth) {
            stage.pass_time(0.1);
            typed += 0.1;
            goes_on = stage.tell(tenth + 1, 101);  // a layer every tenth of a second
            worker.submit(request_of(++key));
            goes_on = goes_on && !pass.cancelled();
        }
        if (goes_on) {
            stage.finish();
            report = wait_for_report(worker);
        } else {
            ++cancelled;
        }
    }
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->reading);
    EXPECT_GT(cancelled, 10);
    EXPECT_LT(typed, 25);
}

/// A layer of a long sentence takes longer than anybody should wait: cancelled as it begins, it is
/// over long before it would have ended.
TEST(ObsoletePass, EndsWithinALayer) {
    const TemporaryFolder folder;
    RandomModel sizes = RandomModel::long_llama();
    sizes.layers = 2;
    ASSERT_TRUE(write_random_model(sizes, folder.path()));
    const auto loaded = load_folder(folder.path());
    ASSERT_TRUE(loaded) << loaded.message();
    ReadingRequest request;
    request.model = *loaded;
    request.text = std::string(5000, 'a');
    const CancelToken cancel;
    std::clock_t first = 0, second = 0;  // processor time: others do not count
    cancel.watch([&] {
        if (cancel.told().at == 1) first = std::clock();
        if (cancel.told().at != 2) return;
        second = std::clock();
        cancel.cancel();
    });
    const auto reading = read(request, nullptr, cancel);
    const std::clock_t end = std::clock();
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.message(), cancelled_message);
    EXPECT_LT(end - second, (second - first) / 3);
}

/// Of the passes that a reading runs, the share done counts all.
TEST(ObsoletePass, TheShareDoneGrowsOverAllPassesOfAReading) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.text = words(20);
    request.edits.temperatures = {{{}, 2.0f}};
    const CancelToken cancel;
    std::vector<double> shares;
    cancel.watch([&] { shares.push_back(cancel.share_done().value_or(-1)); });
    ASSERT_TRUE(read(request, nullptr, cancel));
    ASSERT_FALSE(shares.empty());
    const auto layers = static_cast<size_t>(request.model->model->layers());
    ASSERT_EQ(shares.size(), 2 * layers);
    for (size_t i = 0; i < shares.size(); ++i)
        EXPECT_NEAR(shares[i], static_cast<double>(i) / static_cast<double>(shares.size()), 1e-9);
}

TEST(WorkerThread, WhatThrowsIsAReportAndTheNextRequestWorks) {
    Scheduler jobs([] {});
    Worker worker(jobs,
                  [](const ReadingRequest& request, const Reading*,
                     const CancelToken&) -> Result<std::shared_ptr<const Reading>> {
                      if (request.revision == 1) throw std::bad_alloc();
                      return std::shared_ptr<const Reading>(std::make_shared<Reading>());
                  });
    worker.submit(request_of(1));
    const auto failed = wait_for_report(worker);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->error, "there is not enough memory for this sentence");
    worker.submit(request_of(2));
    const auto next = wait_for_report(worker);
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->reading);
}

}  // namespace
}  // namespace fovea::test
