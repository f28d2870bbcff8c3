#include "app/panels/map_geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace fovea::app {
namespace {

MapWindow window_of(Index tokens, double left, double top, double span) {
    ViewState view;
    view.map_left = left;
    view.map_top = top;
    view.map_span = span;
    return map_window(view, {tokens, tokens}, {100, 60}, {576, 576});
}

TEST(MapGeometry, WholeMapPutsTheFirstCellAtTheCorner) {
    const MapWindow window = map_window(ViewState{}, {3, 3}, {10, 20}, {300, 300});
    EXPECT_EQ(window.cell_at({10, 20}), (Cell{0, 0}));
    EXPECT_EQ(window.cell_at({109.5f, 20}), (Cell{0, 0}));
    EXPECT_EQ(window.cell_at({110.5f, 20}), (Cell{0, 1}));
    EXPECT_EQ(window.cell_at({309, 319}), (Cell{2, 2}));
    EXPECT_FALSE(window.cell_at({310, 20}));
    EXPECT_FALSE(window.cell_at({9, 20}));
    EXPECT_TRUE(window.whole());
    EXPECT_EQ(window.region(), (MapRegion{0, 3, 0, 3}));
}

TEST(MapGeometry, CellsComeBackFromTheScreenUnderAnyZoomAndPan) {
    std::mt19937 random(7);
    for (int trial = 0; trial < 2000; ++trial) {
        const Index tokens = 1 + static_cast<Index>(random() % 700);
        std::uniform_real_distribution<double> unit(0, 1);
        const double span = 1 + unit(random) * static_cast<double>(tokens - 1);
        MapWindow window = window_of(tokens, unit(random) * static_cast<double>(tokens),
                                     unit(random) * static_cast<double>(tokens), span);
        window.pan({static_cast<float>(unit(random) * 90 - 45), 12});
        const MapRegion region = window.region();
        ASSERT_GE(region.query_begin, 0);
        ASSERT_LE(region.key_end, tokens);
        ASSERT_GE(region.columns(), 1);
        for (int i = 0; i < 4; ++i) {
            const Index query = region.query_begin +
                                static_cast<Index>(random() % static_cast<unsigned>(region.rows()));
            const Index key =
                region.key_begin +
                static_cast<Index>(random() % static_cast<unsigned>(region.columns()));
            const ImVec2 middle(static_cast<float>(window.x_of(static_cast<double>(key) + 0.5)),
                                static_cast<float>(window.y_of(static_cast<double>(query) + 0.5)));
            if (!window.contains(middle)) continue;  // only its edge is in view
            EXPECT_EQ(window.cell_at(middle), (Cell{query, key}));
        }
    }
}

TEST(MapGeometry, ZoomKeepsThePointUnderThePointer) {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> inside(0.05f, 0.95f);
    for (int trial = 0; trial < 500; ++trial) {
        MapWindow window = window_of(200, 40, 60, 80);
        const ImVec2 at(100 + 576 * inside(random), 60 + 576 * inside(random));
        const double key = window.left + (at.x - 100) / window.cell();
        const double query = window.top + (at.y - 60) / window.cell();
        const bool deeper = trial % 2 == 0;
        window.zoom(at, deeper ? 1.25 : 1 / 1.1);
        EXPECT_NEAR(window.x_of(key), at.x, deeper ? 1e-3 : 40);
        if (deeper) {
            EXPECT_NEAR(window.y_of(query), at.y, 1e-3);
        }
    }
}

TEST(MapGeometry, ZoomStopsAtOneCellAndAtTheWhole) {
    MapWindow window = window_of(50, 10, 10, 8);
    for (int i = 0; i < 40; ++i)
        window.zoom({300, 300}, 1.25);
    EXPECT_DOUBLE_EQ(window.span, 1);
    for (int i = 0; i < 60; ++i)
        window.zoom({300, 300}, 0.8);
    EXPECT_TRUE(window.whole());
    ViewState view;
    view.map_span = 9;
    remember(window, view);
    EXPECT_EQ(view.map_span, 0);
    EXPECT_EQ(view.map_left, 0);
}

TEST(MapGeometry, KeysZoomAroundTheMiddle) {
    ViewState view;
    zoom_map(view, {100, 100}, 2);
    EXPECT_DOUBLE_EQ(view.map_span, 50);
    EXPECT_DOUBLE_EQ(view.map_left, 25);
    EXPECT_DOUBLE_EQ(view.map_top, 25);
    zoom_map(view, {100, 100}, 0.4);
    EXPECT_EQ(view.map_span, 0);
}

TEST(MapGeometry, BoxesOfNeighboursMeetWithoutOverlap) {
    const MapWindow window = window_of(37, 3.3, 1.7, 21.9);
    for (Index i = 4; i < 20; ++i) {
        const auto one = window.box({i, i + 1, i, i + 1});
        const auto next = window.box({i + 1, i + 2, i + 1, i + 2});
        EXPECT_EQ(one.max.x, next.min.x);
        EXPECT_EQ(one.max.y, next.min.y);
        // The pixel at its edge belongs to the cell, as the pixel's centre does.
        const auto cell = window.cell_at({one.min.x + 0.5f, one.min.y + 0.5f});
        EXPECT_EQ(cell, (Cell{i, i}));
    }
}

TEST(MapGeometry, ShorterSentencesKeepTheViewInside) {
    const MapWindow window = window_of(5, 40, 60, 80);
    EXPECT_TRUE(window.whole());
    EXPECT_EQ(window.left, 0);
}

TEST(MapGeometry, EvenSideHasWholePixelsWhereThatCostsLittle) {
    EXPECT_EQ(even_side(576, 31, 96), 18 * 31);
    EXPECT_EQ(even_side(576, 3, 96), 96 * 3);
    EXPECT_EQ(even_side(576, 120, 96), 576);  // 4 pixels would waste a fifth
}

TEST(Stroke, TouchesEveryCellOnTheWay) {
    std::mt19937 random(11);
    for (int trial = 0; trial < 1000; ++trial) {
        const auto any = [&] { return static_cast<Index>(random() % 60); };
        const Cell from{any(), any()}, to{any(), any()};
        const auto cells = cells_between(from, to);
        ASSERT_EQ(cells.front(), from);
        ASSERT_EQ(cells.back(), to);
        for (size_t i = 1; i < cells.size(); ++i) {
            const Index down = std::abs(cells[i].query - cells[i - 1].query);
            const Index across = std::abs(cells[i].key - cells[i - 1].key);
            EXPECT_EQ(std::max(down, across), 1);
        }
        // None strays further than half a cell from the straight line between the ends.
        const double queries = static_cast<double>(to.query - from.query);
        const double keys = static_cast<double>(to.key - from.key);
        const double longest = std::max({1.0, std::abs(queries), std::abs(keys)});
        for (const Cell cell : cells) {
            const double off = static_cast<double>(cell.query - from.query) * keys -
                               static_cast<double>(cell.key - from.key) * queries;
            EXPECT_LE(std::abs(off) / longest, 0.5 + 1e-9);
        }
    }
    EXPECT_EQ(cells_between({4, 4}, {4, 4}).size(), 1u);
}

TEST(Labels, NeverOverlapAndKeepThePinnedOne) {
    std::mt19937 random(5);
    for (int trial = 0; trial < 3000; ++trial) {
        const Index begin = static_cast<Index>(random() % 300);
        const Index end = begin + 1 + static_cast<Index>(random() % 600);
        const double cell = 0.2 + static_cast<double>(random() % 400) / 10;
        const double spacing = 13;
        std::vector<Index> pinned;
        for (int i = 0; i < trial % 3; ++i)
            pinned.push_back(begin +
                             static_cast<Index>(random() % static_cast<unsigned>(end - begin + 9)));
        const auto labels = thinned_labels(begin, end, cell, spacing, pinned);
        for (size_t i = 0; i < labels.size(); ++i) {
            EXPECT_GE(labels[i], begin);
            EXPECT_LT(labels[i], end);
            if (i > 0) {
                EXPECT_GE(static_cast<double>(labels[i] - labels[i - 1]) * cell, spacing - 1e-9);
            }
        }
        // The first pin stands whatever the others do.
        if (!pinned.empty() && pinned[0] < end) {
            EXPECT_NE(std::find(labels.begin(), labels.end(), pinned[0]), labels.end());
        }
        if (cell >= spacing) {
            EXPECT_EQ(labels.size(), static_cast<size_t>(end - begin));
        }
    }
}

TEST(Labels, CostNoMoreThanTheyAre) {
    const std::array<Index, 1> pinned{12345};
    const auto labels = thinned_labels(0, 1000000, 576.0 / 1000000, 13, pinned);
    EXPECT_LE(labels.size(), 46u);
    EXPECT_GE(labels.size(), 10u);
    for (const Index label : labels)
        EXPECT_TRUE(label % 50000 == 0 || label == 12345) << label;
}

TEST(MapGeometry, RevealingMovesOnlyWhatIsOutOfView) {
    ViewState view;
    reveal(view, {8192, 8192}, 5000, 5000);
    EXPECT_EQ(view.map_span, 0) << "all of it is in view";
    view.map_left = view.map_top = 100;
    view.map_span = 50;
    reveal(view, {8192, 8192}, 120, std::nullopt);
    EXPECT_EQ(view.map_top, 100);
    EXPECT_EQ(view.map_left, 100);
    reveal(view, {8192, 8192}, 5000, 130);
    EXPECT_EQ(view.map_left, 100) << "the key was there already";
    EXPECT_DOUBLE_EQ(view.map_top, 5000.5 - 25);
    EXPECT_EQ(view.map_span, 50);
    reveal(view, {8192, 8192}, 8191, 0);
    EXPECT_DOUBLE_EQ(view.map_top, 8192 - 50);
    EXPECT_DOUBLE_EQ(view.map_left, 0);
}

TEST(MapGeometry, KeysMoveAQuarterOfWhatIsInView) {
    ViewState view;
    view.map_left = 40;
    view.map_top = 10;
    view.map_span = 20;
    move_map(view, {100, 100}, 0.25, 0);
    EXPECT_DOUBLE_EQ(view.map_left, 45);
    EXPECT_DOUBLE_EQ(view.map_top, 10);
    for (int i = 0; i < 30; ++i)
        move_map(view, {100, 100}, 0, 0.25);
    EXPECT_DOUBLE_EQ(view.map_top, 80) << "to the end and no further";
}

TEST(Marks, ShowEveryTokenInFewRuns) {
    std::mt19937 random(17);
    for (int trial = 0; trial < 60; ++trial) {
        const Index tokens = 20 + static_cast<Index>(random() % 9000);
        std::vector<TokenRange> ranges;
        const unsigned sparse = 1 + random() % 40;
        for (Index at = static_cast<Index>(random() % 20); at < tokens;) {
            const Index last = std::min<Index>(tokens - 1, at + static_cast<Index>(random() % 3));
            ranges.push_back({Sentence::source, at, last});
            at = last + 1 + static_cast<Index>(random() % sparse);
        }
        MarkAxis axis;
        const double spread = static_cast<double>(tokens) / 2;
        axis.begin = std::floor(spread * static_cast<double>(random() % 100) / 100);
        axis.end = axis.begin + 1 + std::floor(spread * static_cast<double>(random() % 100) / 100);
        axis.from = 30;
        axis.length = 500;
        axis.shortest = 2;
        const auto runs = mark_runs(ranges, axis);
        ASSERT_LE(runs.size(), 251u);
        for (size_t i = 0; i < runs.size(); ++i) {
            EXPECT_LT(runs[i].from, runs[i].to);
            EXPECT_GE(runs[i].from, axis.from);
            EXPECT_LE(runs[i].to, axis.from + axis.length + 1e-3f);
            if (i > 0) {
                EXPECT_GT(runs[i].from, runs[i - 1].to);
            }
        }
        // Every token, by brute force: a found one is marked in its middle, another one is no
        // further from a found one than a mark is long.
        const double pixels = 500 / (axis.end - axis.begin);
        for (auto token = static_cast<Index>(axis.begin); static_cast<double>(token) < axis.end;
             ++token) {
            const double middle = 30 + (static_cast<double>(token) + 0.5 - axis.begin) * pixels;
            if (middle > 530) continue;
            double nearest = 1e9;
            for (const TokenRange& range : ranges)
                nearest =
                    std::min({nearest, range.first <= token && token <= range.last ? 0.0 : 1e9,
                              std::abs(static_cast<double>(range.first - token)) * pixels,
                              std::abs(static_cast<double>(range.last - token)) * pixels});
            const bool marked = std::any_of(runs.begin(), runs.end(), [&](const MarkRun& run) {
                return run.from <= middle + 0.51 && middle - 0.51 <= run.to;
            });
            if (nearest == 0) {
                EXPECT_TRUE(marked) << token;
            } else if (nearest > 2 * 2 + 2 + pixels) {
                EXPECT_FALSE(marked) << token;
            }
        }
    }
}

}  // namespace
}  // namespace fovea::app
