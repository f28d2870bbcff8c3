// Tensors that grow share memory with those before them: against plain copies, for random
// histories.
#include "engine/core/tensor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

namespace fovea {
namespace {

/// A tensor, and what it must hold.
struct Remembered {
    Tensor tensor;
    std::vector<float> values;  // [groups, rows, width] without gaps
};

void expect_remembered(const Remembered& remembered) {
    const Tensor copy = remembered.tensor.clone();
    ASSERT_TRUE(copy.contiguous());
    ASSERT_EQ(copy.size(), static_cast<Index>(remembered.values.size()));
    for (Index i = 0; i < copy.size(); ++i)
        ASSERT_EQ(copy.data()[i], remembered.values[static_cast<size_t>(i)]) << i;
}

Remembered fresh(Index groups, Index rows, Index width, float& next) {
    Remembered made{groups == 1 ? Tensor::uninitialised({rows, width})
                                : Tensor::uninitialised({groups, rows, width}),
                    {}};
    for (float& value : made.tensor.values())
        made.values.push_back(value = next++);
    return made;
}

Remembered grown(const Remembered& before, Index groups, Index known, Index added, Index width,
                 float& next) {
    Remembered made{Tensor::grown(before.tensor, known, added), {}};
    const Index rows = known + added;
    const auto rows_before = static_cast<Index>(before.values.size()) / (groups * width);
    for (Index g = 0; g < groups; ++g) {
        const float* old = before.values.data() + g * rows_before * width;
        made.values.insert(made.values.end(), old, old + known * width);
        float* slice = groups == 1 ? made.tensor.slice(0) : made.tensor.slice(g);
        for (Index i = known * width; i < rows * width; ++i)
            made.values.push_back(slice[i] = next++);
    }
    return made;
}

TEST(Tensor, GrowsAsCopiesDo) {
    std::mt19937 random(11);
    const auto below = [&](Index end) { return static_cast<Index>(random() % uint64_t(end)); };
    float next = 0;  // every value ever written is another one
    for (const Index groups : {1, 3}) {
        std::vector<Remembered> alive;
        for (int step = 0; step < 4000; ++step) {
            const Index width = 4;
            if (alive.empty() || below(50) == 0) {
                alive.push_back(fresh(groups, 1 + below(20), width, next));
            } else if (alive.size() > 1 && below(2) == 0) {
                alive.erase(alive.begin() + below(static_cast<Index>(alive.size())));
            } else {
                // Mostly the newest, mostly all of it: as a sentence is typed.
                const auto count = static_cast<Index>(alive.size());
                const Remembered& from =
                    alive[static_cast<size_t>(below(3) == 0 ? below(count) : count - 1)];
                const Index rows = from.tensor.size() / (groups * width);
                const Index gone = below(2) == 0 ? 0 : below(std::min<Index>(rows, 4) + 1);
                if (rows - gone > 200) {
                    alive.clear();
                    continue;
                }
                alive.push_back(grown(from, groups, rows - gone, below(4), width, next));
            }
            for (const Remembered& remembered : alive)
                ASSERT_NO_FATAL_FAILURE(expect_remembered(remembered)) << "step " << step;
        }
    }
}

TEST(Tensor, AppendedRowsLeaveTheOthersWhereTheyAre) {
    float next = 0;
    const Remembered sentence = fresh(2, 10, 8, next);
    const Remembered first = grown(sentence, 2, 10, 1, 8, next);
    EXPECT_NE(first.tensor.slice(0), sentence.tensor.slice(0)) << "there was no room yet";
    const Remembered second = grown(first, 2, 11, 1, 8, next);
    EXPECT_EQ(second.tensor.slice(0), first.tensor.slice(0));
    EXPECT_EQ(second.tensor.slice(1), first.tensor.slice(1));
    {
        // The last token becomes another, while the sentence before is still shown.
        const Remembered other = grown(second, 2, 11, 1, 8, next);
        EXPECT_NE(other.tensor.slice(0), second.tensor.slice(0));
        expect_remembered(second);
        expect_remembered(other);
    }
    const Remembered third = grown(second, 2, 12, 2, 8, next);
    EXPECT_EQ(third.tensor.slice(0), second.tensor.slice(0)) << "nobody else has these rows now";
}

TEST(Tensor, WithRoomGrowsWhereItIs) {
    for (const Index rows : {1, 16, 100}) {
        Remembered sentence{Tensor::with_room({3, rows, 4}), {}};
        EXPECT_EQ(sentence.tensor.extent(1), rows);
        EXPECT_FALSE(sentence.tensor.contiguous());
        float next = 0;
        for (Index h = 0; h < 3; ++h)
            for (Index i = 0; i < rows * 4; ++i)
                sentence.values.push_back(sentence.tensor.slice(h)[i] = next++);
        const Remembered longer = grown(sentence, 3, rows, 5, 4, next);
        EXPECT_EQ(longer.tensor.slice(1), sentence.tensor.slice(1));
        expect_remembered(sentence);
        expect_remembered(longer);
    }
}

/// Without this a typed sentence would take new memory, page by page, with every key.
TEST(Tensor, TakesTurnsBetweenTwoMemories) {
    float next = 0;
    Remembered shown = fresh(2, 100, 16, next);
    std::vector<const float*> places;
    for (int key = 0; key < 8; ++key) {
        Remembered typed = grown(shown, 2, 99, 1, 16, next);
        places.push_back(typed.tensor.slice(0));
        shown = std::move(typed);
        expect_remembered(shown);
    }
    for (size_t i = 3; i < places.size(); ++i)
        EXPECT_EQ(places[i], places[i - 2]);
}

/// What two memories share shrinks when rows of the one are given back and written anew, be the
/// other still in use then or not.
TEST(Tensor, ForgetsWhatWasOverwritten) {
    for (const bool in_use : {true, false}) {
        float next = 0;
        const Remembered sentence = fresh(2, 10, 4, next);
        const Remembered a = grown(sentence, 2, 10, 2, 4, next);
        std::optional<Remembered> b = grown(a, 2, 12, 2, 4, next);
        std::optional<Remembered> c = grown(*b, 2, 14, 1, 4, next);
        std::optional<Remembered> d = grown(*b, 2, 14, 3, 4, next);
        ASSERT_EQ(c->tensor.slice(0), a.tensor.slice(0));
        ASSERT_NE(d->tensor.slice(0), a.tensor.slice(0)) << "elsewhere, with 14 rows of b";
        c.reset();
        b.reset();
        if (!in_use) d.reset();
        const Remembered e = grown(a, 2, 12, 4, 4, next);
        ASSERT_EQ(e.tensor.slice(0), a.tensor.slice(0)) << "where b has been";
        d.reset();
        const Remembered f = grown(e, 2, 16, 1, 4, next);
        const Remembered g = grown(e, 2, 16, 1, 4, next);  // where d has been
        for (const Remembered* remembered : {&a, &e, &f, &g})
            expect_remembered(*remembered);
    }
}

TEST(Tensor, GrowsWhileOthersReadAndLetGo) {
    float next = 0;
    auto shown = std::make_shared<const Remembered>(fresh(3, 40, 8, next));
    std::mutex mutex;
    std::shared_ptr<const Remembered> latest = shown;
    std::atomic<bool> done = false;
    std::thread reader([&] {
        while (!done) {
            std::unique_lock lock(mutex);
            const auto read = latest;
            lock.unlock();
            ASSERT_NO_FATAL_FAILURE(expect_remembered(*read));
        }
    });
    for (int key = 0; key < 300; ++key) {
        const Index rows = shown->tensor.extent(1), known = key % 3 == 0 ? rows : rows - 1;
        shown = std::make_shared<const Remembered>(grown(*shown, 3, known, 1, 8, next));
        const std::scoped_lock lock(mutex);
        latest = shown;
    }
    done = true;
    reader.join();
}

}  // namespace
}  // namespace fovea
