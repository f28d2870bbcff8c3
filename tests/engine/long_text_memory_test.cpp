// What a long text took is given back once a short one stands in its place.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "engine/core/held_memory.h"
#include "engine/session/worker.h"
#include "memory_growth.h"
#include "must_have.h"
#include "random_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

class LongTextMemory : public testing::TestWithParam<RandomModel::Kind> {
  protected:
    static constexpr Index long_tokens = 2500;
    void SetUp() override {
        RandomModel sizes = RandomModel::long_llama();
        sizes.kind = GetParam();
        sizes.layers = 4;
        sizes.context = 4096;
        ASSERT_TRUE(write_random_model(sizes, folder_.path()));
        auto loaded = load_folder(folder_.path());
        ASSERT_TRUE(loaded) << loaded.message();
        request_.model = *loaded;
    }
    std::shared_ptr<const Reading> read_after(const std::shared_ptr<const Reading>& previous,
                                              const std::string& text) {
        request_.text = text;
        return must_read(request_, previous.get());
    }
    const TemporaryFolder folder_;
    ReadingRequest request_;
};

/// A causal model takes over the rows of what comes before: they must not hold those behind.
TEST_P(LongTextMemory, IsNotHeldByItsFirstWords) {
    if (allocated_bytes() < 0) GTEST_SKIP() << "allocations are not counted here";
    const std::string text = letters(long_tokens);
    auto reading = read_after(nullptr, text.substr(0, 40));  // what is made once stands
    reading.reset();
    const std::int64_t nothing = allocated_bytes();
    reading = read_after(nullptr, text.substr(0, 40));
    const double small = in_mebibytes(allocated_bytes() - nothing);
    reading = read_after(nullptr, text);
    const double large = in_mebibytes(allocated_bytes() - nothing);
    ASSERT_GT(large, 20 * small);
    // Cut down to its beginning, typed on, corrected: none of these keeps what the text took.
    for (const char* end : {"", "x", "xy", "xz", "q"}) {
        reading = read_after(reading, text.substr(0, 40) + end);
        const double held = in_mebibytes(allocated_bytes() - nothing);
        EXPECT_LT(held, 3 * small + 1) << "\"" << end << "\", of " << small << " to " << large;
    }
}

TEST_P(LongTextMemory, IsGivenBackToTheSystem) {
    if (own_allocator) GTEST_SKIP() << "a sanitiser keeps freed memory";
    if (status_in_mebibytes("VmRSS:") == 0) GTEST_SKIP() << "the system does not say what it gives";
    Scheduler jobs([] {});
    Worker worker(jobs);
    std::shared_ptr<const Reading> shown;
    const auto read_text = [&](std::string text) {
        ++request_.revision;
        request_.text = std::move(text);
        worker.submit(request_);
        std::optional<WorkerReport> report;
        while (!(report = worker.take()) || report->revision != request_.revision)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ASSERT_TRUE(report->reading) << report->error;
        shown = std::move(report->reading);
    };
    ASSERT_NO_FATAL_FAILURE(read_text("zz and some words"));
    const double small = status_in_mebibytes("VmRSS:");
    double large = 0;
    // The second time, too: glibc maps large blocks by themselves only until one was freed.
    for (int time = 0; time < 2; ++time) {
        ASSERT_NO_FATAL_FAILURE(read_text(letters(long_tokens)));
        large = status_in_mebibytes("VmRSS:");
        ASSERT_GT(large, small + 100);
        ASSERT_NO_FATAL_FAILURE(read_text("zz and other words"));
    }
    const double enough = small + (large - small) / 2;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (status_in_mebibytes("VmRSS:") > enough && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_LT(status_in_mebibytes("VmRSS:"), enough) << "between " << small << " and " << large;
}

INSTANTIATE_TEST_SUITE_P(Models, LongTextMemory,
                         testing::Values(RandomModel::Kind::gpt2, RandomModel::Kind::llama),
                         [](const auto& info) {
                             return info.param == RandomModel::Kind::gpt2 ? "gpt2" : "llama";
                         });

/// Giving back takes time, and what is typed next would ask for the same again.
TEST(HeldMemory, IsWorthGivingBackOnceMuchOfItIsGone) {
    give_back_memory();
    const std::int64_t before = held_bytes();
    const auto mebibytes = [](Index count) { return Tensor::uninitialised({count, 1 << 18}); };
    Tensor kept = mebibytes(300);
    EXPECT_EQ(held_bytes() - before, 300 << 20);
    EXPECT_FALSE(has_memory_to_give_back()) << "all of it is in use";
    { Tensor page = mebibytes(60); }
    EXPECT_FALSE(has_memory_to_give_back()) << "a little comes and goes";
    {
        Tensor text = mebibytes(70);
        EXPECT_FALSE(has_memory_to_give_back());
    }
    EXPECT_TRUE(has_memory_to_give_back());
    give_back_memory();
    EXPECT_FALSE(has_memory_to_give_back());
    kept = Tensor();
    EXPECT_EQ(held_bytes(), before);
    EXPECT_TRUE(has_memory_to_give_back());
    give_back_memory();
}

/// What one memory leaves to another is held until that takes it, or goes.
TEST(HeldMemory, CountsWhatIsLeftToOthers) {
    const std::int64_t before = held_bytes();
    {
        Tensor shown = Tensor::uninitialised({2, 100, 16});
        for (int key = 0; key < 8; ++key) {
            shown = Tensor::grown(shown, 99, 1);
            EXPECT_LE(held_bytes() - before, 2 * 2 * 144 * 16 * 4);
        }
    }
    EXPECT_EQ(held_bytes(), before);
}

}  // namespace
}  // namespace fovea::test
