// The scheduler: which job runs, which is dropped or cancelled, and what becomes of it. The clock
// is the test's own, and jobs end when the test says.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>

#include "engine/jobs/scheduler.h"

namespace fovea {
namespace {

using namespace std::chrono_literals;

/// When a test that waits in vain gives up. Long, since a busy machine is not at fault.
constexpr auto job_patience = 60s;

class Clock {
  public:
    SchedulerSources sources() {
        SchedulerSources own;
        own.seconds = [this] { return now_.load(); };
        own.memory = [] { return std::nullopt; };
        return own;
    }
    void pass(double seconds) { now_ = now_ + seconds; }

  private:
    std::atomic<double> now_ = 100;
};

/// A job that the test holds in its hands: it has begun, and ends when it is let.
class HeldJob {
  public:
    auto work(int result) {
        return [state = state_, result](const JobContext& context) -> Result<int> {
            std::unique_lock lock(state->mutex);
            state->context = context;
            state->changed.notify_all();
            while (!state->may_end && !context.cancel.cancelled())
                state->changed.wait_for(lock, 1ms);
            if (!state->may_end) return Error{std::string(cancelled_message)};
            return result;
        };
    }
    /// Waits until it runs.
    JobContext context() const {
        std::unique_lock lock(state_->mutex);
        const bool began = state_->changed.wait_for(lock, job_patience,
                                                    [&] { return state_->context.has_value(); });
        EXPECT_TRUE(began);
        return began ? *state_->context : JobContext{};
    }
    bool has_begun() const {
        const std::lock_guard lock(state_->mutex);
        return state_->context.has_value();
    }
    void let_end() const {
        const std::lock_guard lock(state_->mutex);
        state_->may_end = true;
        state_->changed.notify_all();
    }

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<JobContext> context;
        bool may_end = false;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

template <class T>
std::string said(JobTicket<T>& ticket) {
    ticket.wait();
    const auto result = ticket.take();
    if (!result) return "nothing";
    return *result ? "all is well" : result->message();
}

TEST(Jobs, AResultIsGivenOnce) {
    std::atomic<int> wakes = 0;
    Scheduler scheduler([&] { ++wakes; });
    JobTicket<int> ticket;
    EXPECT_FALSE(ticket.busy());
    EXPECT_FALSE(ticket.running());
    EXPECT_FALSE(ticket.take());
    const auto own = std::this_thread::get_id();
    ticket = scheduler.submit({.lane = Lane::disk, .tag = "sum"},
                              [own] { return std::this_thread::get_id() != own ? 42 : 0; });
    EXPECT_TRUE(ticket.busy());
    ticket.wait();
    EXPECT_TRUE(ticket.ready());
    EXPECT_FALSE(ticket.running());
    const auto result = ticket.take();
    ASSERT_TRUE(result);
    EXPECT_EQ(**result, 42);
    EXPECT_FALSE(ticket.busy());
    EXPECT_FALSE(ticket.take());
    scheduler.end();
    EXPECT_EQ(wakes, 1);
}

TEST(Jobs, TheNewestOfATagWins) {
    Clock clock;
    Scheduler scheduler([] {}, clock.sources());
    const JobSpec spec{.lane = Lane::analysis, .tag = "lens"};
    const HeldJob first, second, third;
    auto a = scheduler.submit(spec, HeldJob(first).work(1));
    const CancelToken running = first.context().cancel;
    auto b = scheduler.submit(spec, HeldJob(second).work(2));
    auto c = scheduler.submit(spec, HeldJob(third).work(3));
    EXPECT_EQ(said(b), cancelled_message) << "what waited is dropped";
    EXPECT_FALSE(running.cancelled()) << "nobody knows how far it is";
    EXPECT_FALSE(third.has_begun()) << "two of a tag never run side by side";
    clock.pass(1);
    first.context().at("a layer", 0.25);  // three seconds more
    EXPECT_TRUE(running.cancelled());
    EXPECT_EQ(said(a), cancelled_message);
    third.let_end();
    EXPECT_EQ(said(c), "all is well");
    EXPECT_FALSE(second.has_begun());
}

TEST(Jobs, AnObsoleteOneWithLessThanHalfASecondToGoEnds) {
    Clock clock;
    Scheduler scheduler([] {}, clock.sources());
    const JobSpec spec{.lane = Lane::analysis, .tag = "lens"};
    HeldJob first, second;
    auto a = scheduler.submit(spec, first.work(1));
    const JobContext context = first.context();
    clock.pass(0.9);
    context.at("layers", 0.7);  // 0.39 seconds more
    auto b = scheduler.submit(spec, second.work(2));
    EXPECT_FALSE(context.cancel.cancelled());
    clock.pass(0.05);
    context.at("layers", 0.71);  // 0.05 waited, 0.39 more
    EXPECT_FALSE(context.cancel.cancelled());
    first.let_end();
    EXPECT_EQ(said(a), "all is well");
    second.let_end();
    EXPECT_EQ(said(b), "all is well");
}

TEST(Jobs, OneOfAnotherTagIsLeftAlone) {
    Clock clock;
    Scheduler scheduler([] {}, clock.sources());
    HeldJob lens, norms;
    auto a = scheduler.submit({.lane = Lane::analysis, .tag = "lens"}, lens.work(1));
    const JobContext context = lens.context();
    clock.pass(10);
    context.at("layers", 0.01);
    auto b = scheduler.submit({.lane = Lane::analysis, .tag = "norms"}, norms.work(2));
    EXPECT_FALSE(context.cancel.cancelled());
    EXPECT_FALSE(norms.has_begun()) << "the lane has one thread";
    lens.let_end();
    norms.let_end();
    EXPECT_EQ(said(a), "all is well");
    EXPECT_EQ(said(b), "all is well");
}

/// What leaves something behind is done however many come after it, in order.
TEST(Jobs, ThoseThatLeaveSomethingBehindAreAllDone) {
    Scheduler scheduler([] {});
    std::mutex mutex;
    std::vector<int> done;
    JobTicket<int> last;
    for (int i = 0; i < 20; ++i)
        last = scheduler.submit(
            {.lane = Lane::disk, .tag = "remember", .earlier = JobSpec::Earlier::finished}, [&, i] {
                const std::lock_guard lock(mutex);
                done.push_back(i);
                return i;
            });
    last.wait();
    const std::lock_guard lock(mutex);
    ASSERT_EQ(done.size(), 20u);
    EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(Jobs, LanesNeverWaitForOneAnother) {
    Scheduler scheduler([] {});
    std::vector<HeldJob> held(lane_count);
    std::vector<JobTicket<int>> tickets;
    for (int lane = 0; lane < lane_count; ++lane)
        tickets.push_back(
            scheduler.submit({.lane = Lane(lane), .tag = "one"}, held[size_t(lane)].work(lane)));
    for (const HeldJob& job : held)
        job.context();  // all of them run at once
    for (const HeldJob& job : held)
        job.let_end();
    for (auto& ticket : tickets)
        EXPECT_EQ(said(ticket), "all is well");
}

TEST(Jobs, AQuestionToADiskThatHangsHoldsUpNoOther) {
    Scheduler scheduler([] {});
    HeldJob hanging;
    auto a = scheduler.submit({.lane = Lane::disk, .tag = "a dead folder"}, hanging.work(1));
    hanging.context();
    auto b = scheduler.submit({.lane = Lane::disk, .tag = "another"}, [] { return 2; });
    EXPECT_EQ(said(b), "all is well");
    EXPECT_TRUE(a.running());
    hanging.let_end();
    EXPECT_EQ(said(a), "all is well");
}

TEST(Jobs, WhatGoesWrongIsASentence) {
    Scheduler scheduler([] {});
    const JobSpec spec{.lane = Lane::disk, .tag = "it", .doing = "this file"};
    auto memory = scheduler.submit(spec, []() -> int { throw std::bad_alloc(); });
    EXPECT_EQ(said(memory), "there is not enough memory for this file");
    auto beyond = scheduler.submit(spec, []() -> int { throw std::length_error("vector"); });
    EXPECT_EQ(said(beyond), "there is not enough memory for this file");
    auto thrown = scheduler.submit(spec, []() -> int { throw std::runtime_error("it is gone"); });
    EXPECT_EQ(said(thrown), "this file: it is gone");
    auto failed = scheduler.submit(spec, []() -> Result<int> { return fail("no such thing"); });
    EXPECT_EQ(said(failed), "no such thing");
    auto status = scheduler.submit(spec, []() -> Status { return fail("the disk is full"); });
    EXPECT_EQ(said(status), "the disk is full");
    auto well = scheduler.submit(spec, []() -> Status { return {}; });
    EXPECT_EQ(said(well), "all is well");
}

TEST(Jobs, WhatTheMachineHasNotIsRefusedBeforeItBegins) {
    Clock clock;
    SchedulerSources sources = clock.sources();
    std::atomic<std::uint64_t> left = 3'000'000'000;
    sources.memory = [&] { return MemoryLeft{left, "this machine has"}; };
    Scheduler scheduler([] {}, sources);
    std::atomic<bool> begun = false;
    auto huge = scheduler.submit(
        {.lane = Lane::analysis, .tag = "a", .doing = "this analysis", .bytes = 5e9},
        [&] { return begun = true; });
    EXPECT_EQ(said(huge),
              "this analysis needs about 5.0 GB of memory, and this machine has 3.0 GB left");
    EXPECT_FALSE(begun);
    // Whoever learns of it on the way asks then.
    auto later = scheduler.submit({.lane = Lane::analysis, .tag = "a", .doing = "the table"},
                                  [](const JobContext& context) { return context.need(4e9); });
    EXPECT_EQ(said(later),
              "the table needs about 4.0 GB of memory, and this machine has 3.0 GB left");
    // What another has stated and not yet taken is not there.
    HeldJob large;
    auto a = scheduler.submit({.lane = Lane::analysis, .tag = "a", .bytes = 2e9}, large.work(1));
    large.context();
    const JobSpec second{.lane = Lane::exporting, .tag = "b", .doing = "the file", .bytes = 1.5e9};
    auto b = scheduler.submit(second, [] { return 1; });
    EXPECT_EQ(said(b),
              "the file needs about 1.5 GB of memory, and this machine has 1.0 GB left beside "
              "what runs");
    left = 1'600'000'000;  // it has taken 1.4 of its 2.0 GB
    b = scheduler.submit({.lane = Lane::exporting, .tag = "b", .bytes = 0.9e9}, [] { return 1; });
    EXPECT_EQ(said(b), "all is well");
    large.let_end();
    EXPECT_EQ(said(a), "all is well");
    b = scheduler.submit(second, [] { return 1; });
    EXPECT_EQ(said(b), "all is well") << "and what has ended needs nothing";
}

TEST(Jobs, TellHowFarTheyAre) {
    std::atomic<int> wakes = 0;
    Clock clock;
    Scheduler scheduler([&] { ++wakes; }, clock.sources());
    HeldJob held;
    auto ticket = scheduler.submit({.lane = Lane::exporting, .tag = "export"}, held.work(1));
    const JobContext context = held.context();
    EXPECT_EQ(ticket.progress()->what, "");
    context.at("head 1", 0.25);
    EXPECT_EQ(wakes, 1) << "the first thing that it tells";
    EXPECT_TRUE(scheduler.take_news(Lane::exporting));
    clock.pass(0.01);
    context.at("head 2", 0.5);
    EXPECT_EQ(wakes, 1) << "no eye sees so many";
    EXPECT_FALSE(scheduler.take_news(Lane::exporting));
    clock.pass(0.03);
    context.at("head 3", 0.75);
    EXPECT_EQ(wakes, 2);
    clock.pass(1);
    context.at("head 3", 0.751);
    EXPECT_EQ(wakes, 2) << "nor so little";
    context.at("head 3", 0.75);
    clock.pass(-1);
    EXPECT_TRUE(scheduler.take_news(Lane::exporting));
    EXPECT_FALSE(scheduler.take_news(Lane::analysis));
    context.cancel.tell({3, 4});
    const auto progress = ticket.progress();
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->what, "head 3");
    EXPECT_EQ(progress->share, 0.75);
    EXPECT_EQ(progress->steps, (CancelToken::Steps{3, 4}));
    EXPECT_NEAR(progress->seconds, 0.04, 1e-9);
    EXPECT_EQ(scheduler.progress(Lane::exporting, "export")->what, "head 3");
    EXPECT_FALSE(scheduler.progress(Lane::exporting, "another"));
    EXPECT_TRUE(scheduler.busy(Lane::exporting, "export"));
    held.let_end();
    ticket.wait();
    EXPECT_FALSE(ticket.progress());
    EXPECT_FALSE(scheduler.busy(Lane::exporting, "export"));
}

TEST(Jobs, ACancelledOneIsNotBegunOrStops) {
    std::atomic<int> wakes = 0;
    Scheduler scheduler([&] { ++wakes; });
    HeldJob first, second;
    auto a = scheduler.submit({.lane = Lane::analysis, .tag = "a"}, first.work(1));
    auto b = scheduler.submit({.lane = Lane::analysis, .tag = "b"}, second.work(2));
    first.context();
    b.cancel();
    EXPECT_TRUE(b.ready());
    EXPECT_EQ(said(b), cancelled_message);
    a.cancel();
    EXPECT_EQ(said(a), cancelled_message);
    scheduler.end();
    EXPECT_FALSE(second.has_begun());
    EXPECT_EQ(wakes, 0) << "those who cancelled know";
}

TEST(Jobs, AQuietOneWakesWhereItFailed) {
    std::atomic<int> wakes = 0;
    Scheduler scheduler([&] { ++wakes; });
    const JobSpec spec{.lane = Lane::saving, .tag = "state", .quiet = true};
    scheduler.submit(spec, []() -> Status { return {}; }).wait();
    auto failed = scheduler.submit(spec, []() -> Status { return fail("the disk is full"); });
    EXPECT_EQ(said(failed), "the disk is full");
    scheduler.end();
    EXPECT_EQ(wakes, 1);
}

TEST(Jobs, TheSameQuestionAgainIsAnsweredAtOnce) {
    std::atomic<int> wakes = 0;
    Scheduler scheduler([&] { ++wakes; });
    auto trace = std::make_shared<const int>(7);
    std::atomic<int> computed = 0;
    const auto ask = [&](const std::string& parameters, std::shared_ptr<const int> of) {
        auto ticket = scheduler.submit({.lane = Lane::analysis,
                                        .tag = "lens",
                                        .made_from = MadeFrom{"lens " + parameters, {of}}},
                                       [&computed, of]() -> Result<int> {
                                           ++computed;
                                           return *of;
                                       });
        const bool at_once = ticket.ready();
        ticket.wait();
        EXPECT_EQ(**ticket.take(), 7);
        return at_once;
    };
    ask("position 3", trace);
    EXPECT_EQ(computed, 1);
    EXPECT_TRUE(ask("position 3", trace));
    EXPECT_EQ(computed, 1);
    ask("position 4", trace);
    EXPECT_EQ(computed, 2);
    ask("position 3", std::make_shared<const int>(7));
    EXPECT_EQ(computed, 3) << "another trace, however equal";
    scheduler.end();
    EXPECT_EQ(wakes, 4) << "what is remembered is news as well";
}

TEST(Jobs, TheSameQuestionWhileItIsBeingAnsweredIsNotBegunAnew) {
    Clock clock;
    Scheduler scheduler([] {}, clock.sources());
    const auto trace = std::make_shared<const int>(7);
    const JobSpec spec{
        .lane = Lane::analysis, .tag = "lens", .made_from = MadeFrom{"lens", {trace}}};
    HeldJob first, second, third;
    auto ticket = scheduler.submit(spec, first.work(1));
    const JobContext context = first.context();
    clock.pass(10);
    context.at("layers", 0.1);
    ticket = scheduler.submit(spec, second.work(2));
    EXPECT_FALSE(context.cancel.cancelled());
    first.let_end();
    ticket.wait();
    EXPECT_EQ(**ticket.take(), 1);
    EXPECT_FALSE(second.has_begun());
    // One that failed or was cancelled is no answer.
    JobSpec other = spec;
    other.made_from->question = "another";
    ticket = scheduler.submit(other, third.work(3));
    third.context();
    ticket.cancel();
    EXPECT_EQ(said(ticket), cancelled_message);
    ticket = scheduler.submit(other, [] { return 4; });
    ticket.wait();
    EXPECT_EQ(**ticket.take(), 4);
}

/// A passing result of the same tag: what runs is obsolete, although nothing waits behind it.
TEST(Jobs, ARememberedAnswerMakesTheOthersOfItsTagObsolete) {
    Clock clock;
    Scheduler scheduler([] {}, clock.sources());
    const auto trace = std::make_shared<const int>(7);
    const JobSpec known{
        .lane = Lane::analysis, .tag = "lens", .made_from = MadeFrom{"known", {trace}}};
    auto ticket = scheduler.submit(known, [] { return 1; });
    EXPECT_EQ(said(ticket), "all is well");
    HeldJob slow;
    auto running = scheduler.submit({.lane = Lane::analysis, .tag = "lens"}, slow.work(2));
    const JobContext context = slow.context();
    clock.pass(10);
    context.at("layers", 0.1);
    ticket = scheduler.submit(known, [] { return 3; });
    ASSERT_TRUE(ticket.ready());
    EXPECT_EQ(**ticket.take(), 1);
    EXPECT_EQ(said(running), cancelled_message);
}

TEST(Jobs, EndJoinsAndWakesNoMore) {
    std::atomic<int> wakes = 0;
    std::atomic<int> running = 0;
    JobTicket<int> a, b;
    {
        Scheduler scheduler([&] { ++wakes; });
        HeldJob first, second;
        a = scheduler.submit({.lane = Lane::reading, .tag = "a"},
                             [&, work = first.work(1)](const JobContext& context) mutable {
                                 ++running;
                                 auto result = work(context);
                                 --running;
                                 return result;
                             });
        b = scheduler.submit({.lane = Lane::reading, .tag = "b"}, second.work(2));
        const JobContext context = first.context();
        scheduler.end();
        EXPECT_EQ(running, 0);
        EXPECT_FALSE(second.has_begun());
        context.at("afterwards", 0.5);
        auto late = scheduler.submit({.lane = Lane::reading, .tag = "c"}, [] { return 3; });
        EXPECT_EQ(said(late), cancelled_message);
        scheduler.end();
    }
    // Tickets outlive it.
    b.cancel();
    EXPECT_EQ(said(a), cancelled_message);
    EXPECT_EQ(said(b), cancelled_message);
    EXPECT_EQ(wakes, 0);
}

TEST(Jobs, WhatMustBeDoneIsDoneEvenAtTheEnd) {
    std::atomic<int> wakes = 0;
    std::vector<int> written;
    HeldJob slow;
    JobTicket<int> saving;
    {
        Scheduler scheduler([&] { ++wakes; });
        const JobSpec spec{.lane = Lane::disk,
                           .tag = "save",
                           .earlier = JobSpec::Earlier::finished,
                           .even_at_end = true};
        saving = scheduler.submit(spec, slow.work(0));
        for (int i = 1; i <= 3; ++i)
            scheduler.submit(spec, [&written, i] {
                written.push_back(i);
                return i;
            });
        const CancelToken cancel = slow.context().cancel;
        std::thread later([&] {
            std::this_thread::sleep_for(5ms);
            EXPECT_FALSE(cancel.cancelled());
            slow.let_end();
        });
        scheduler.end();
        later.join();
    }
    EXPECT_EQ(said(saving), "all is well");
    EXPECT_EQ(written, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(wakes, 0);
}

TEST(Jobs, MayBeSubmittedByManyThreadsAndByJobs) {
    Scheduler scheduler([] {});
    std::atomic<int> sum = 0, chained = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                auto ticket = scheduler.submit(
                    {.lane = Lane(i % lane_count), .tag = std::to_string((t + i) % 3)},
                    [&](const JobContext& context) {
                        context.at("half", 0.5);
                        context.cancel.tell({1, 2});
                        scheduler.submit({.lane = Lane::disk,
                                          .tag = "after",
                                          .earlier = JobSpec::Earlier::finished},
                                         [&] { return ++chained; });
                        return ++sum;
                    });
                ticket.progress();
                if (i % 7 == 0) ticket.cancel();
                ticket.wait();
                ticket.take();
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    scheduler
        .submit({.lane = Lane::disk, .tag = "after", .earlier = JobSpec::Earlier::finished},
                [] { return 0; })
        .wait();
    EXPECT_EQ(chained, sum);
    EXPECT_GT(sum, 0);
}

struct Sized {
    explicit Sized(size_t of) : size(of) {}
    size_t size;
    size_t bytes() const { return size; }
};

TEST(JobMemo, ForgetsWhatWasAskedForLongestAgoAndWhatIsGone) {
    Memo memo(100, 3);
    auto object = std::make_shared<const int>(1);
    const auto put = [&](const char* question, size_t bytes,
                         std::vector<std::weak_ptr<const void>> objects = {}) {
        memo.put(MadeFrom{question, std::move(objects)}, std::make_shared<const Sized>(bytes));
    };
    const auto has = [&](const char* question, std::vector<std::weak_ptr<const void>> of = {}) {
        return memo.find<Sized>(MadeFrom{question, std::move(of)}) != nullptr;
    };
    put("a", 10);
    put("b", 10);
    put("c", 10);
    EXPECT_TRUE(has("a"));
    put("d", 10);
    EXPECT_FALSE(has("b")) << "more than three";
    EXPECT_TRUE(has("a") && has("c") && has("d"));
    put("e", 85);
    EXPECT_FALSE(has("a")) << "more than a hundred bytes";
    EXPECT_EQ(memo.bytes(), 95u);
    put("f", 101);
    EXPECT_FALSE(has("f")) << "too large for anybody";
    EXPECT_TRUE(has("e"));
    put("d", 5);
    EXPECT_EQ(memo.bytes(), 90u) << "the same again takes the place of the first";
    EXPECT_EQ(memo.find<int>(MadeFrom{"e"}), nullptr) << "another type is another question";
    put("g", 5, {object, std::shared_ptr<const int>()});
    EXPECT_TRUE(has("g", {object, std::shared_ptr<const int>()}));
    EXPECT_FALSE(has("g", {object}));
    const std::weak_ptr<const void> others[] = {std::make_shared<const int>(2)};
    const std::weak_ptr<const void> own[] = {object};
    memo.keep_only(own);
    EXPECT_TRUE(has("g", {object, std::shared_ptr<const int>()}) && has("d"));
    put("i", 1, {object});
    memo.keep_only(others);
    EXPECT_FALSE(has("i", {object}));
    EXPECT_TRUE(has("d")) << "which was made from nothing";
    EXPECT_EQ(memo.bytes(), 5u);
    put("g", 5, {object, std::shared_ptr<const int>()});
    const std::weak_ptr<const int> gone = object;
    object.reset();
    put("h", 1);
    EXPECT_FALSE(has("g", {gone, std::shared_ptr<const int>()}));
    EXPECT_EQ(memo.bytes(), 6u);
}

}  // namespace
}  // namespace fovea
