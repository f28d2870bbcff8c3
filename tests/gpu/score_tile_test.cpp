#include <gtest/gtest.h>

#include "engine/gpu/score_layout.h"
#include "engine/gpu/slice_pace.h"

namespace fovea::gpu {
namespace {

constexpr int smallest_limit = 32 << 10;  // what every OpenGL 4.3 has
constexpr int common_limit = 48 << 10;

TEST(ScoreTile, GrowsWithHeadDimAndFitsSharedMemory) {
    for (const int limit : {smallest_limit, common_limit}) {
        for (int head_dim = 1; head_dim <= 512; ++head_dim) {
            for (const int queries : {1, 128, 511, 512, 8192}) {
                const ScoreTile tile = score_tile_for(head_dim, queries, limit);
                EXPECT_LE(tile.shared_bytes(), limit) << head_dim;
                // Whole queries, or none of them.
                if (tile.query_words != 0) {
                    EXPECT_GE(4 * tile.query_words, head_dim);
                }
            }
        }
    }
    EXPECT_EQ(score_tile_for(24, 128, common_limit), (ScoreTile{8, 8}));
    EXPECT_EQ(score_tile_for(32, 1000, common_limit), (ScoreTile{16, 8}));
    EXPECT_EQ(score_tile_for(64, 1000, common_limit), (ScoreTile{16, 16}));
    EXPECT_EQ(score_tile_for(128, 1000, common_limit), (ScoreTile{16, 32}));
    EXPECT_EQ(score_tile_for(256, 1000, common_limit), (ScoreTile{16, 0}));
}

// 128 components of 64 queries take 32 KiB by themselves.
TEST(ScoreTile, FallsBackToTheSmallOneWhereTheLargeOneDoesNotFit) {
    EXPECT_EQ(score_tile_for(128, 1000, smallest_limit), (ScoreTile{8, 32}));
    EXPECT_EQ(score_tile_for(64, 1000, smallest_limit), (ScoreTile{16, 16}));
}

// By hand, of 128 components: 16,896 bytes of queries, 4,224 of keys, 512 of rows' results, 4,224
// of weights and 4,096 of what they are folded into; of 144, the queries alone would take more.
TEST(ScoreTile, ThePoolersFitsTheSmallestSharedMemory) {
    EXPECT_EQ(pool_tile_for(128, smallest_limit), (ScoreTile{8, 32}));
    EXPECT_EQ(pool_tile_for(128, 29951), (ScoreTile{8, 0}));
    EXPECT_EQ(pool_tile_for(144, smallest_limit), (ScoreTile{8, 0}));
}

// By hand: 16 words of 64 queries and 8 of 64 keys, a column more of each, and 64 rows' results.
TEST(ScoreTile, CountsItsSharedMemory) {
    EXPECT_EQ((ScoreTile{16, 16}).shared_bytes(), 16 * 65 * 16 + 8 * 65 * 16 + 64 * 16);
}

TEST(SlicePace, StartsSmallThenFillsTheBudget) {
    SlicePace pace;
    const double first = pace.affordable(4, 0);
    EXPECT_GT(first, 0);
    EXPECT_EQ(pace.affordable(4, first), 0) << "the first slice is not back yet";
    pace.learn(1000, 2);  // 500 a millisecond
    EXPECT_DOUBLE_EQ(pace.affordable(4, 0), 2000);
    EXPECT_DOUBLE_EQ(pace.affordable(4, 2000), 2000) << "one budget's worth may be under way";
    EXPECT_DOUBLE_EQ(pace.affordable(4, 3500), 500);
    EXPECT_DOUBLE_EQ(pace.affordable(4, 5000), 0);
}

TEST(SlicePace, BelievesASlowerSliceAtOnceAndAFasterOneByHalf) {
    SlicePace pace;
    pace.learn(1000, 1);
    pace.learn(1000, 4);
    EXPECT_DOUBLE_EQ(pace.affordable(1, 0), 250);
    pace.learn(1000, 2);
    EXPECT_DOUBLE_EQ(pace.affordable(1, 0), 375);
    pace.learn(1e9, 0);  // a clock that stood still
    EXPECT_LE(pace.affordable(1, 0), 8 * 375);
}

}  // namespace
}  // namespace fovea::gpu
