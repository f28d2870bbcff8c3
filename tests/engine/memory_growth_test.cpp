// The measure that other tests rely on.
#include "memory_growth.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace fovea::test {
namespace {

TEST(MemoryGrowth, IsTheMostThatWasHeldAtOnce) {
    if (allocated_bytes() < 0) GTEST_SKIP() << "allocations are not counted here";
    const auto hold = [](size_t bytes) { std::vector<char>(bytes).front() = 1; };
    EXPECT_NEAR(peak_growth([&] {
                    hold(20 * mebibyte);
                    hold(30 * mebibyte);
                }),
                30, 0.1);
    EXPECT_NEAR(peak_growth([&] {
                    const std::vector<char> first(20 * mebibyte);
                    std::thread([&] { hold(30 * mebibyte); }).join();
                }),
                50, 0.1);
    EXPECT_NEAR(peak_growth([] {}), 0, 0.1);
}

TEST(MemoryGrowth, CountsEveryWayToAllocate) {
    if (allocated_bytes() < 0) GTEST_SKIP() << "allocations are not counted here";
    const std::int64_t before = allocated_bytes();
    void* grown = std::malloc(mebibyte);
    grown = std::realloc(grown, 3 * mebibyte);
    void* zeroed = std::calloc(4, mebibyte);
    void* aligned = std::aligned_alloc(64, 5 * mebibyte);
    void* posix = nullptr;
    ASSERT_EQ(::posix_memalign(&posix, 64, 6 * mebibyte), 0);
    EXPECT_NEAR(in_mebibytes(allocated_bytes() - before), 18, 0.1);
    for (void* block : {grown, zeroed, aligned, posix})
        std::free(block);
    EXPECT_NEAR(in_mebibytes(allocated_bytes() - before), 0, 0.1);
}

}  // namespace
}  // namespace fovea::test
