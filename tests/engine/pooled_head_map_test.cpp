// Pooled maps against pooling by definition of maps by brute force in double precision.
#include <gtest/gtest.h>

#include <cmath>
#include <ctime>
#include <limits>

#include "engine/trace/head_map.h"
#include "engine/trace/score.h"
#include "tests/engine/memory_growth.h"
#include "tests/gpu/reference_attention.h"

namespace fovea {
namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

void score(LayerTrace& layer, const std::vector<HeadEdits>& edits) {
    layer.edits = edits;
    layer.scores = std::make_shared<HeadScores>(
        score_heads({*layer.projections, edits, /*outputs=*/false}, {}));
}

std::vector<HeadEdits> every_kind_of_edit(Index queries, Index keys) {
    std::vector<HeadEdits> edits(5);
    edits[1].mask.causal = true;
    edits[1].temperature = 0.4f;
    edits[2].mask.window = 6;
    edits[2].temperature = 3;
    edits[3].mask.causal = true;
    edits[3].mask.blocked_keys.assign(static_cast<size_t>(keys), 0);
    edits[3].mask.blocked_keys[0] = 1;  // the first query is left with nothing to see
    edits[4].mask.blocked_queries.assign(static_cast<size_t>(queries), 0);
    for (Index q = 8; q < 30; ++q)
        edits[4].mask.blocked_queries[static_cast<size_t>(q)] = 1;
    edits[4].mask.blocked_cells = {{1, 1}, {1, 3}, {4, 0}};
    return edits;
}

/// What a pooled map of a head has to be, from the definitions alone.
class Expected {
  public:
    Expected(const LayerTrace& layer, Index head, std::span<const float> norms)
        : keys_(layer.projections->keys),
          edits_(layer.edits[static_cast<size_t>(head)]),
          norms_(norms),
          logits_(test::reference_logits(*layer.projections, head)),
          attention_(
              test::reference_attention(logits_, layer.projections->queries, keys_, edits_)) {}

    double value(Quantity quantity, Index query, Index key) const {
        const auto at = static_cast<size_t>(query * keys_ + key);
        switch (quantity) {
            case Quantity::logits:
                return logits_[at];
            case Quantity::masked_logits:
                return attention_.hidden[at] ? nothing : logits_[at] / edits_.temperature;
            case Quantity::weights:
                return attention_.weights[at];
            case Quantity::value_weighted:
                return attention_.weights[at] * norms_[static_cast<size_t>(key)];
        }
        return 0;
    }

    double pooled(Quantity quantity, const MapRegion& region, Index rows, Index columns, Index r,
                  Index c, Pooling pooling) const {
        double largest = nothing, sum = 0;
        Index count = 0;
        for (Index i = 0; i < region.rows(); ++i) {
            if (i * rows / region.rows() != r) continue;
            for (Index j = 0; j < region.columns(); ++j) {
                if (j * columns / region.columns() != c) continue;
                const double x = value(quantity, region.query_begin + i, region.key_begin + j);
                largest = std::max(largest, x);
                if (x == nothing) continue;
                sum += x;
                ++count;
            }
        }
        if (pooling == Pooling::largest) return largest;
        return count == 0 ? nothing : sum / static_cast<double>(count);
    }

  private:
    Index keys_;
    HeadEdits edits_;
    std::span<const float> norms_;
    std::vector<double> logits_;
    test::ReferenceAttention attention_;
};

/// With a bias by distance, with vectors of distances that queries meet, or keys too.
class PooledMapOf : public testing::TestWithParam<test::LayerShape> {};

TEST_P(PooledMapOf, EveryQuantityAgreesWithBruteForce) {
    const Index queries = GetParam().queries, keys = GetParam().keys;
    LayerTrace layer = test::random_layer(GetParam(), 1.5, 3);
    score(layer, every_kind_of_edit(queries, keys));
    std::vector<float> norms(static_cast<size_t>(keys));
    for (size_t j = 0; j < norms.size(); ++j)
        norms[j] = 0.01f * static_cast<float>(j % 50);
    const MapRegion regions[] = {{0, queries, 0, keys}, {7, queries - 3, 3, keys * 5 / 8}};
    for (Index head = 0; head < 5; ++head) {
        const Expected expected(layer, head, norms);
        for (const MapRegion& region : regions) {
            for (const auto& [rows, columns] :
                 {std::pair<Index, Index>{64, 50}, {1, 1}, {9, 200}}) {
                for (const Quantity quantity : {Quantity::weights, Quantity::logits,
                                                Quantity::masked_logits, Quantity::value_weighted})
                    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
                        const Tensor map = pooled_head_map(layer, head, quantity, region, rows,
                                                           columns, pooling, norms);
                        for (Index r = 0; r < map.extent(0); ++r)
                            for (Index c = 0; c < map.extent(1); ++c) {
                                const double should = expected.pooled(
                                    quantity, region, map.extent(0), map.extent(1), r, c, pooling);
                                if (should == nothing) {
                                    ASSERT_EQ(map.at(r, c), nothing);
                                } else {
                                    ASSERT_NEAR(map.at(r, c), should, 1e-5)
                                        << "head " << head << ' ' << name_of(quantity).array << ' '
                                        << r << ' ' << c << " of " << rows << " x " << columns;
                                }
                            }
                    }
            }
        }
    }
}

TEST_P(PooledMapOf, IsTheSameOnEverySideOfABlock) {
    // Longer than the blocks that maps are made in, in both directions.
    const Index queries = 700, keys = 1301;
    test::LayerShape shape = GetParam();
    shape.heads = shape.key_heads = 1;
    shape.queries = queries;
    shape.keys = keys;
    LayerTrace layer = test::random_layer(shape, 2, 5);
    std::vector<HeadEdits> edits(1);
    edits[0].mask.window = 400;
    score(layer, edits);
    const Expected expected(layer, 0, {});
    const MapRegion region{0, queries, 0, keys};
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        const Tensor map = pooled_head_map(layer, 0, Quantity::weights, region, 3, 4, pooling);
        for (Index r = 0; r < 3; ++r)
            for (Index c = 0; c < 4; ++c)
                EXPECT_NEAR(map.at(r, c),
                            expected.pooled(Quantity::weights, region, 3, 4, r, c, pooling), 1e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(PooledHeadMap, PooledMapOf,
                         testing::Values(test::LayerShape{5, 5, 151, 163, 12, true},
                                         test::LayerShape{5, 5, 61, 67, 6, false, true},
                                         test::LayerShape{5, 1, 61, 67, 6, false, true, true}));

TEST(PooledHeadMap, WhatIsNotANumberIsNotLost) {
    LayerTrace layer = test::random_layer({1, 1, 300, 300, 8, false}, 1, 7);
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = 1;
    projections->queries = projections->keys = 300;
    projections->head_dim = 8;
    projections->query = layer.projections->query.clone();
    projections->key = layer.projections->key.clone();
    projections->query.data()[100 * 8 + 3] = std::nanf("");
    layer.projections = projections;
    std::vector<HeadEdits> edits(1);
    edits[0].mask.causal = true;
    score(layer, edits);
    for (const Quantity quantity : {Quantity::weights, Quantity::masked_logits, Quantity::logits})
        for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
            const Tensor map =
                pooled_head_map(layer, 0, quantity, whole_map(layer), 30, 10, pooling);
            for (Index r = 0; r < 30; ++r)
                for (Index c = 0; c < 10; ++c) {
                    const bool visible = quantity == Quantity::logits || c * 30 <= 100;
                    EXPECT_EQ(std::isnan(map.at(r, c)), r == 10 && visible)
                        << name_of(quantity).array << ' ' << r << ' ' << c;
                }
        }
}

/// 8,192 tokens that all look alike, but for one query that sees one key alone.
class LonePeak : public testing::Test {
  protected:
    static constexpr Index n = 8192, head_dim = 16, query = 5003, key = 6101;
    static LayerTrace& layer() {
        static LayerTrace layer = [] {
            LayerTrace made = test::random_layer({1, 1, n, n, head_dim, false}, 1, 9);
            auto p = std::make_shared<Projections>();
            p->heads = p->key_heads = 1;
            p->queries = p->keys = n;
            p->head_dim = head_dim;
            p->query = Tensor::filled({1, n, head_dim}, 0);
            p->key = made.projections->key.clone();
            for (float& x : p->key.values())
                x = 0.1f * std::tanh(x);
            p->key.data()[key * head_dim] = 2;
            p->query.data()[query * head_dim] = 30;
            made.projections = p;
            score(made, std::vector<HeadEdits>(1));
            return made;
        }();
        return layer;
    }
};

TEST_F(LonePeak, IsFoundAtFullStrengthAtEveryZoom) {
    const MapRegion one{query, query + 1, key, key + 1};
    const float peak = head_map(layer(), 0, Quantity::weights, one).at(0, 0);
    ASSERT_GT(peak, 0.99f);
    for (Index span = n; span >= 64; span /= 2) {
        MapRegion region;
        region.query_begin = std::clamp<Index>(query - span / 3, 0, n - span);
        region.query_end = region.query_begin + span;
        region.key_begin = std::clamp<Index>(key - span / 3, 0, n - span);
        region.key_end = region.key_begin + span;
        const Tensor map =
            pooled_head_map(layer(), 0, Quantity::weights, region, 512, 512, Pooling::largest);
        const Index cells = map.extent(0);
        ASSERT_EQ(cells, std::min<Index>(512, span));
        const Index row = (query - region.query_begin) * cells / span;
        const Index column = (key - region.key_begin) * cells / span;
        for (Index r = 0; r < cells; ++r)
            for (Index c = 0; c < cells; ++c) {
                if (r == row && c == column)
                    EXPECT_NEAR(map.at(r, c), peak, 1e-6) << "of " << span;
                else
                    ASSERT_LT(map.at(r, c), 0.01f) << "of " << span;
            }
    }
}

TEST_F(LonePeak, AMeanOfItsSurroundingsHardlySeesIt) {
    const Tensor map =
        pooled_head_map(layer(), 0, Quantity::weights, whole_map(layer()), 512, 512, Pooling::mean);
    // One whole weight among 256 cells, the others of the row having none.
    EXPECT_NEAR(map.at(query / 16, key / 16), (1.0 + 15.0 * 16 / 8192) / 256, 1e-4);
    double sum = 0;
    for (const float x : map.values())
        sum += x;
    EXPECT_NEAR(sum * 256, n, 0.1);  // every row sums to one
}

TEST(PooledHeadMap, ABandOfALongMapStaysSmall) {
    // One row of cells over 2,048 queries by 32,768 keys, which would be 256 MiB.
    const Index n = 32768;
    LayerTrace layer = test::random_layer({1, 1, n, n, 4, false}, 1, 11);
    layer.edits.resize(1);
    const MapRegion region{0, 2048, 0, n};
    Tensor map;
    const double growth = test::peak_growth(
        [&] { map = pooled_head_map(layer, 0, Quantity::logits, region, 1, 1, Pooling::largest); });
    EXPECT_GT(map.at(0, 0), 4);
    if (growth < 0) GTEST_SKIP() << "allocations are not counted here";
    EXPECT_LT(growth, 16);
}

TEST(PooledHeadMap, StopsWhenItIsCancelled) {
    LayerTrace layer = test::random_layer({1, 1, 8192, 8192, 64, false}, 1, 13);
    layer.edits.resize(1);
    const CancelToken cancel;
    cancel.cancel();
    // Processor time: what others do meanwhile does not count.
    const std::clock_t start = std::clock();
    pooled_head_map(layer, 0, Quantity::logits, whole_map(layer), 64, 64, Pooling::largest, {},
                    cancel);
    const std::clock_t cancelled = std::clock() - start;
    pooled_head_map(layer, 0, Quantity::logits, whole_map(layer), 64, 64, Pooling::largest);
    EXPECT_LT(cancelled * 5, std::clock() - start);
}

TEST(SampledHeadMap, ShowsCellsOfTheMap) {
    const Index n = 150;
    LayerTrace layer = test::random_layer({5, 5, n, n, 12, true}, 1.5, 3);
    score(layer, every_kind_of_edit(n, n));
    const std::vector<float> norms(static_cast<size_t>(n), 0.5f);
    const MapRegion region{30, 130, 10, 110};
    for (Index head = 0; head < 5; ++head)
        for (const Quantity quantity : {Quantity::weights, Quantity::logits,
                                        Quantity::masked_logits, Quantity::value_weighted}) {
            const Tensor whole = head_map(layer, head, quantity, region, norms);
            const Tensor map = sampled_head_map(layer, head, quantity, region, 20, 25, norms);
            ASSERT_EQ(map.shape(), (std::vector<Index>{20, 25}));
            for (Index r = 0; r < 20; ++r)
                for (Index c = 0; c < 25; ++c) {
                    const float cell = whole.at(r * 5 + 2, c * 4 + 2);
                    if (std::isinf(cell)) {
                        EXPECT_EQ(map.at(r, c), cell);
                    } else {
                        EXPECT_NEAR(map.at(r, c), cell, 1e-5);
                    }
                }
        }
}

}  // namespace
}  // namespace fovea
