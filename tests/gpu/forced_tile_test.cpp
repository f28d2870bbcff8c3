// Every tile that score_tile_for may choose somewhere, run here as far as shared memory allows.

#include "engine/gpu/compute_device.h"
#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

class ForcedTileTest : public GpuTest {
  protected:
    void SetUp() override {
        GpuTest::SetUp();
        if (!IsSkipped()) device_ = scorer_->device().get();
    }
    void TearDown() override {
        if (device_) device_->forced_tile.reset();
        GpuTest::TearDown();
    }
    /// Heads as large as the tile has room for, and some whose last word is not full.
    void expect_agreement_with(const ScoreTile& tile) {
        const Index largest = tile.query_words > 0 ? 4 * tile.query_words : 140;
        for (const Index head_dim : {largest, largest - 7}) {
            SCOPED_TRACE(testing::Message() << tile.lanes << " lanes, " << tile.query_words
                                            << " words, head_dim " << head_dim);
            device_->forced_tile = tile;
            const Index queries = 2 * tile.extent() + 5, keys = tile.extent() + 3;
            expect_agreement(random_layer({1, 1, queries, keys, head_dim, false}, 1.5, 7), 0, {});
        }
    }
    ComputeDevice* device_ = nullptr;
};

TEST_F(ForcedTileTest, EveryTileComesToTheSame) {
    // 20 words are no class of score_tile_for. With them the large tile holds more than 16 words
    // of each query and fits the smallest shared memory, which with the class of 32 it does not.
    for (const int lanes : {8, 16})
        for (const int words : {0, 8, 16, 20, 32}) {
            const ScoreTile tile{lanes, words};
            if (tile.shared_bytes() <= device_->shared_limit()) expect_agreement_with(tile);
        }
}

// score_tile_for never asks for it. That a driver refuses it for its size, and for nothing else,
// says that it compiles.
TEST_F(ForcedTileTest, ATileThatIsTooLargeIsRefusedForItsSizeAlone) {
    const ScoreTile tile{16, 32};
    if (tile.shared_bytes() <= device_->shared_limit()) GTEST_SKIP() << "this device can run it";
    for (const bool layered : {false, true}) {
        const auto program = device_->program(AttentionShader::score, tile, layered);
        ASSERT_FALSE(program.ok());
        EXPECT_NE(program.message().find("shared memory"), std::string::npos) << program.message();
    }
}

}  // namespace
}  // namespace fovea::gpu
