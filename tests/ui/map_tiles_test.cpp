#include "app/maps/map_tiles.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/ui/made_up_trace.h"
#include "tests/ui/zoom_into_map.h"

namespace fovea::app {
namespace {

/// Counts how often it was woken, and waits for the next time.
class Bell {
  public:
    std::function<void()> rope() {
        return [this] {
            {
                const std::lock_guard lock(mutex_);
                ++rung_;
            }
            changed_.notify_all();
        };
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        const bool rang =
            changed_.wait_for(lock, std::chrono::seconds(60), [&] { return rung_ > heard_; });
        heard_ = rung_;
        return rang;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int rung_ = 0, heard_ = 0;
};

/// Looks until the view is complete.
MapTiles::View settle(MapTiles& tiles, Bell& bell, const MapPicture& picture, Index pixels) {
    MapTiles::View view = tiles.look(picture, pixels, pixels);
    while (!view.complete && bell.wait())
        view = tiles.look(picture, pixels, pixels);
    EXPECT_TRUE(view.complete);
    return view;
}

Index area(const MapRegion& region) {
    return region.rows() * region.columns();
}

Index covered(const MapTiles::View& view) {
    Index sum = 0;
    for (const auto& piece : view.pieces) {
        sum += area(piece.part);
        EXPECT_GE(piece.part.query_begin, piece.cells->region.query_begin);
        EXPECT_LE(piece.part.query_end, piece.cells->region.query_end);
        EXPECT_GE(piece.part.key_begin, piece.cells->region.key_begin);
        EXPECT_LE(piece.part.key_end, piece.cells->region.key_end);
    }
    return sum;
}

std::shared_ptr<const Trace> long_trace(Index tokens, Index head_dim = 8, bool causal = true) {
    TraceShape shape;
    shape.layers = shape.heads = 2;
    shape.tokens = tokens;
    shape.head_dim = head_dim;
    shape.mask.causal = causal;
    return made_up_trace(shape);
}

MapPicture picture_of(const Trace& trace) {
    MapPicture picture;
    picture.layer = trace.layers[0];
    picture.region = whole_map(*picture.layer);
    return picture;
}

/// Every cell of every piece against the whole map in double, cell by cell.
void expect_exact(const MapTiles::View& view, const MapPicture& picture, Index step) {
    MapPicture all = picture;
    all.region = whole_map(*picture.layer);
    const CellGrid map = make_cells(all, all.region.rows(), all.region.columns());
    for (const auto& [cells, part] : view.pieces) {
        const MapRegion& held = cells->region;
        const Index rows = cells->values.extent(0), columns = cells->values.extent(1);
        ASSERT_EQ(rows, (held.rows() + step - 1) / step);
        std::vector<double> largest(static_cast<size_t>(rows * columns), -1e300);
        std::vector<double> sum(largest.size(), 0), count(largest.size(), 0);
        std::vector<bool> visible(largest.size(), false);
        for (Index q = 0; q < held.rows(); ++q)
            for (Index k = 0; k < held.columns(); ++k) {
                const auto at = static_cast<size_t>(q * rows / held.rows() * columns +
                                                    k * columns / held.columns());
                const float value = map.values.at(held.query_begin + q, held.key_begin + k);
                count[at] += 1;
                if (value < hidden_limit) continue;
                visible[at] = true;
                largest[at] = std::max(largest[at], double{value});
                sum[at] += value;
            }
        for (size_t at = 0; at < largest.size(); ++at) {
            const float value = cells->values.data()[at];
            if (!visible[at]) {
                ASSERT_LT(value, hidden_limit);
            } else if (picture.pooling == Pooling::largest) {
                ASSERT_NEAR(value, largest[at], 1e-5);
            } else {
                ASSERT_NEAR(value, sum[at] / count[at], 1e-5);
            }
        }
    }
}

TEST(MapTiles, AreExactAndCoverTheView) {
    const auto trace = long_trace(1501);
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        MapPicture picture = picture_of(*trace);
        picture.pooling = pooling;
        const auto first = tiles.look(picture, 400, 400);
        EXPECT_FALSE(first.complete);
        EXPECT_EQ(covered(first), area(picture.region));
        const auto whole = settle(tiles, bell, picture, 400);  // 3.75 cells a pixel
        EXPECT_EQ(covered(whole), area(picture.region));
        EXPECT_EQ(whole.pieces.size(), 4u);
        expect_exact(whole, picture, 4);
        picture.region = {303, 1407, 211, 1299};
        const auto part = settle(tiles, bell, picture, 400);
        EXPECT_EQ(covered(part), area(picture.region));
        expect_exact(part, picture, 3);
        EXPECT_TRUE(tiles.idle());
    }
}

TEST(MapTiles, OfDifferencesAndOfScoresAreThoseOfTheWhole) {
    const auto trace = long_trace(900);
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    MapPicture picture = picture_of(*trace);
    picture.subtract = trace->layers[1];
    picture.subtract_head = 1;
    picture.region = {100, 900, 50, 700};
    // One cell for one of the map: what is pooled of a difference is the two maps, not their cells.
    expect_exact(settle(tiles, bell, picture, 900), picture, 1);
    picture.quantity = Quantity::masked_logits;
    expect_exact(settle(tiles, bell, picture, 900), picture, 1);
    picture.subtract = nullptr;
    expect_exact(settle(tiles, bell, picture, 300), picture, 3);
}

TEST(MapTiles, ACloserLookBeginsWithWhatIsThere) {
    const auto trace = long_trace(2000);
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    MapPicture picture = picture_of(*trace);
    const auto coarse = tiles.look(picture, 400, 400);
    for (const auto& piece : coarse.pieces)
        EXPECT_EQ(piece.cells->values.extent(0), thumbnail_cells(2000));
    const auto whole = settle(tiles, bell, picture, 400);
    std::set<const CellGrid*> known;
    for (const auto& piece : whole.pieces)
        known.insert(piece.cells.get());
    picture.region = {500, 1500, 200, 1200};
    const auto closer = tiles.look(picture, 400, 400);
    EXPECT_EQ(covered(closer), area(picture.region));
    for (const auto& piece : closer.pieces)
        EXPECT_EQ(known.count(piece.cells.get()), 1u);
    settle(tiles, bell, picture, 400);
    // And back again: nothing is made twice.
    picture.region = whole_map(*picture.layer);
    EXPECT_TRUE(tiles.look(picture, 400, 400).complete);
}

TEST(MapTiles, WhatIsNoLongerLookedAtIsNotMade) {
    const auto trace = long_trace(6000, 64, false);
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    MapPicture picture = picture_of(*trace);
    EXPECT_FALSE(tiles.look(picture, 700, 700).complete);
    MapPicture other = picture;
    other.head = 1;
    settle(tiles, bell, other, 700);
    EXPECT_TRUE(tiles.idle());
    // Of the first, at most a tile was finished before the second was asked for.
    const auto back = tiles.look(picture, 700, 700);
    int coarse = 0;
    for (const auto& piece : back.pieces)
        coarse += piece.cells->values.extent(0) == thumbnail_cells(6000);
    EXPECT_GE(coarse, 8);
    tiles.rest();
    while (!tiles.idle())
        tiles.collect();
    EXPECT_FALSE(tiles.look(picture, 700, 700).complete);
}

TEST(MapTiles, ColoursChangeOnlyWhenAViewIsComplete) {
    const auto trace = long_trace(2000);
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    MapPicture picture = picture_of(*trace);
    picture.quantity = Quantity::masked_logits;
    const auto range = [](const MapTiles::View& view) { return std::pair(view.low, view.high); };
    const auto first = tiles.look(picture, 500, 500);
    auto view = first;
    while (!view.complete) {
        EXPECT_EQ(range(view), range(first));
        ASSERT_TRUE(bell.wait());
        view = tiles.look(picture, 500, 500);
    }
    const auto whole = range(view);
    EXPECT_GT(whole.second, first.high);  // single cells, then the largest of many
    picture.region = {0, 1000, 0, 1000};
    view = tiles.look(picture, 500, 500);
    EXPECT_FALSE(view.complete);
    EXPECT_EQ(range(view), whole);
}

TEST(MapTiles, StayWithinTheirBudget) {
    const auto trace = long_trace(2000);
    constexpr size_t budget = 1 << 20;  // four tiles
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs, budget);
    MapPicture picture = picture_of(*trace);
    for (Index begin = 0; begin < 1200; begin += 300) {
        picture.region = {begin, begin + 700, 0, 700};
        settle(tiles, bell, picture, 700);
        // What is in view is kept in any case: at most four by three tiles.
        EXPECT_LE(tiles.kept_bytes(), size_t{12} * 256 * 256 * 4);
    }
    picture.region = whole_map(*picture.layer);
    settle(tiles, bell, picture, 300);
    EXPECT_LE(tiles.kept_bytes(), budget);
}

TEST(MapTiles, OfATraceThatHasGoneAreLetGo) {
    Bell bell;
    Scheduler jobs(bell.rope());
    MapTiles tiles(jobs);
    {
        const auto trace = long_trace(1500);
        settle(tiles, bell, picture_of(*trace), 500);
    }
    EXPECT_GT(tiles.kept_bytes(), 0u);
    const auto trace = long_trace(700);
    settle(tiles, bell, picture_of(*trace), 100);
    EXPECT_LE(tiles.kept_bytes(), size_t{100} * 100 * 4);
}

// The machine's own measure: what making this map whole costs it, a hundred times as much as what a
// frame may. The best of three zooms, since neighbours disturb the processor's caches.
TEST(MapTiles, ZoomingInto8192TokensHardlyCostsAFrame) {
    const double whole = whole_map_milliseconds();
    FrameCosts best{1e9, 1e9};
    for (int zoom = 0; zoom < 3 && best.worst >= whole / 20; ++zoom) {
        Bell bell;
        Scheduler jobs(bell.rope());
        MapTiles tiles(jobs);
        MapPicture last;
        const FrameCosts costs = zoom_into_map(512, [&](const MapPicture& picture) {
            last = picture;
            return covered(tiles.look(picture, 700, 700));
        });
        settle(tiles, bell, last, 700);
        best = {std::min(best.median, costs.median), std::min(best.worst, costs.worst)};
    }
    EXPECT_LT(best.median, whole / 100);
    EXPECT_LT(best.worst, whole / 20);
}

}  // namespace
}  // namespace fovea::app
