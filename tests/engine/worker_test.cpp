#include "engine/session/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "small_model.h"

namespace fovea::test {
namespace {

using namespace std::chrono_literals;

/// When a test that waits in vain gives up. Long, since a busy machine is not at fault.
constexpr auto patience = 60s;

/// Takes reports until the one for `revision` comes.
std::optional<WorkerReport> wait_for(Worker& worker, std::uint64_t revision) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (auto report = worker.take(); report && report->revision == revision) return report;
        std::this_thread::sleep_for(1ms);
    }
    return std::nullopt;
}

TEST(Worker, TheNewestRequestWins) {
    std::atomic<int> wakes{0};
    Scheduler jobs([&] { ++wakes; });
    Worker worker(jobs);
    ReadingRequest request;
    request.model = small_model("bert");
    for (int i = 1; i <= 100; ++i) {
        request.revision = static_cast<std::uint64_t>(i);
        request.text = words(i);
        worker.submit(request);
    }
    const auto report = wait_for(worker, 100);
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->reading) << report->error;
    EXPECT_EQ(report->reading->tokens.size(), 102u);
    EXPECT_GE(wakes, 1);
    EXPECT_LE(wakes, 100);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (worker.busy() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    EXPECT_FALSE(worker.busy());
    EXPECT_FALSE(worker.take());  // nothing comes after the newest
}

/// Somebody who drags without a pause sees pictures all the same: a pass that follows a cancelled
/// one is let through.
TEST(Worker, ASteadyStreamOfRequestsStarvesNobody) {
    Scheduler jobs([] {});
    Worker worker(jobs);
    ReadingRequest request;
    request.model = small_model("bert");
    request.text = words(120);
    int seen = 0;
    std::optional<WorkerReport> report;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (seen < 3 && std::chrono::steady_clock::now() < end) {
        ++request.revision;
        request.edits.temperatures = {{{}, 1.0f + 0.001f * static_cast<float>(request.revision)}};
        worker.submit(request);  // far more often than a pass takes
        if (auto taken = worker.take()) {
            ++seen;
            report = std::move(taken);
        }
    }
    EXPECT_GE(seen, 3);
    // The newest may have come within the loop.
    if (!report || report->revision != request.revision)
        report = wait_for(worker, request.revision);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->reading);
}

/// Of a pass that lasts, those who wait are told the layer that it is at.
TEST(Worker, TellsHowFarThePassIs) {
    Scheduler jobs([] {});
    Worker worker(jobs);
    EXPECT_FALSE(worker.running());
    ReadingRequest request;
    request.model = small_model("bert");
    const auto layers = static_cast<std::int32_t>(request.model->model->layers());
    std::int32_t last = 0;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (last < layers && std::chrono::steady_clock::now() < deadline) {
        ++request.revision;
        request.text = words(120 - static_cast<int>(request.revision % 2));
        worker.submit(request);
        last = 0;
        while (worker.busy()) {
            const auto running = worker.running();
            if (!running || running->layers.all == 0) continue;
            ASSERT_EQ(running->layers.all, layers);
            ASSERT_GE(running->layers.at, std::max(last, 1));
            ASSERT_LE(running->layers.at, layers);
            last = running->layers.at;
        }
    }
    EXPECT_EQ(last, layers);
    EXPECT_FALSE(worker.running());
}

TEST(Worker, AnErrorIsReportedAndTheNextRequestWorks) {
    Scheduler jobs([] {});
    Worker worker(jobs);
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.revision = 1;
    worker.submit(request);
    const auto empty = wait_for(worker, 1);
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->error, "the sentence is empty");
    EXPECT_EQ(empty->reading, nullptr);
    request.revision = 2;
    request.text = "w10 w11";
    worker.submit(request);
    const auto report = wait_for(worker, 2);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->reading);
}

TEST(Worker, EndsWhileItIsWorking) {
    for (int i = 0; i < 20; ++i) {
        Scheduler jobs([] {});
        Worker worker(jobs);
        ReadingRequest request;
        request.model = small_model("bert");
        request.text = words(120);
        worker.submit(request);
        if (i % 2) std::this_thread::sleep_for(1ms);
    }
}

TEST(Worker, WhatIsCancelledEndsAndIsNotReported) {
    Scheduler jobs([] {});
    std::atomic<bool> begun{false};
    const auto until_cancelled = [&](const ReadingRequest&, const Reading*,
                                     const CancelToken& cancel) {
        begun = true;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!cancel.cancelled() && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(1ms);
        return Result<std::shared_ptr<const Reading>>(
            Error{cancel.cancelled() ? std::string(cancelled_message) : "nobody cancelled it"});
    };
    Worker worker(jobs, until_cancelled);
    ReadingRequest request;
    request.revision = 1;
    worker.submit(request);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!begun && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    worker.cancel();
    while (worker.busy() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    EXPECT_FALSE(worker.busy());
    EXPECT_FALSE(worker.take());
}

TEST(Worker, ManyThreadsMaySubmitAndTake) {
    Scheduler jobs([] {});
    Worker worker(jobs);
    const auto model = small_model("llama");
    std::atomic<bool> stop{false};
    std::thread taker([&] {
        while (!stop) {
            worker.take();
            std::this_thread::sleep_for(1ms);
        }
    });
    std::vector<std::thread> submitters;
    for (int t = 0; t < 3; ++t)
        submitters.emplace_back([&, t] {
            for (int i = 0; i < 30; ++i) {
                ReadingRequest request;
                request.revision = static_cast<std::uint64_t>(t * 100 + i);
                request.model = model;
                request.text = words(1 + (i * 13 + t) % 60);
                worker.submit(std::move(request));
            }
        });
    for (auto& thread : submitters)
        thread.join();
    stop = true;
    taker.join();
    ReadingRequest last;
    last.revision = 9999;
    last.model = model;
    last.text = "w10";
    worker.submit(last);
    EXPECT_TRUE(wait_for(worker, 9999));
}

}  // namespace
}  // namespace fovea::test
