#include "engine/gpu/map_pooler.h"

#include "engine/trace/score.h"
#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

constexpr float untouched = 7;

class MapPoolerTest : public GpuTest {
  protected:
    /// [rows, columns] of cells. The texture is a little larger; what lies outside stays as it was.
    static std::vector<float> pooled(PoolJob job) {
        const int width = static_cast<int>(job.columns) + 3,
                  height = static_cast<int>(job.rows) + 2;
        const Texture texture = filled_texture(GL_TEXTURE_2D, width, height, 1, untouched);
        job.texture = texture.name();
        auto work = MapPooler(scorer_->device()).begin(job);
        EXPECT_TRUE(work.ok()) << work.message();
        if (!work) return {};
        const Status done = (*work)->finish();
        EXPECT_TRUE(done.ok()) << done.message();
        EXPECT_DOUBLE_EQ((*work)->done(), 1);
        const auto texels = texels_of(GL_TEXTURE_2D, texture,
                                      static_cast<size_t>(width) * static_cast<size_t>(height));
        std::vector<float> cells;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const float texel = texels[static_cast<size_t>(y * width + x)];
                if (y < job.rows && x < job.columns) {
                    cells.push_back(texel);
                } else {
                    EXPECT_EQ(texel, untouched) << y << ", " << x;
                }
            }
        return cells;
    }
};

/// A layer with edits and what the CPU's pass leaves of it.
LayerTrace scored_layer(const LayerShape& shape, const HeadEdits& edits, unsigned seed) {
    LayerTrace layer = random_layer(shape, 1.0, seed);
    layer.edits.assign(static_cast<size_t>(shape.heads), edits);
    layer.scores = std::make_shared<HeadScores>(
        score_heads({*layer.projections, layer.edits, false}, CancelToken{}));
    return layer;
}

struct CellReference {
    double value = 0;
    bool hidden = true;  // all of it
};

/// By definition: every weight of the region in double, put into its cell.
std::vector<CellReference> reference_cells(const LayerTrace& layer, const PoolJob& job) {
    const Projections& p = *layer.projections;
    const auto attention = reference_attention(reference_logits(p, job.head), p.queries, p.keys,
                                               layer.edits[static_cast<size_t>(job.head)]);
    const Index height = job.region.rows(), width = job.region.columns();
    std::vector<CellReference> cells(static_cast<size_t>(job.rows * job.columns));
    std::vector<double> counts(cells.size(), 0);
    for (Index i = 0; i < height; ++i) {
        for (Index j = 0; j < width; ++j) {
            const auto from = static_cast<size_t>((job.region.query_begin + i) * p.keys +
                                                  job.region.key_begin + j);
            const auto to =
                static_cast<size_t>(i * job.rows / height * job.columns + j * job.columns / width);
            CellReference& cell = cells[to];
            cell.hidden = cell.hidden && attention.hidden[from];
            const double weight = attention.weights[from];
            cell.value = job.pooling == Pooling::largest ? std::max(cell.value, weight)
                                                         : cell.value + weight;
            ++counts[to];
        }
    }
    for (size_t i = 0; i < cells.size(); ++i)
        if (job.pooling == Pooling::mean) cells[i].value /= counts[i];
    return cells;
}

void expect_cells(const LayerTrace& layer, const PoolJob& job, const std::vector<float>& cells,
                  double tolerance = 1e-5) {
    const auto expected = reference_cells(layer, job);
    const Tensor cpu = pooled_head_map(layer, job.head, Quantity::weights, job.region, job.rows,
                                       job.columns, job.pooling);
    ASSERT_EQ(cells.size(), expected.size());
    ASSERT_EQ(cpu.size(), static_cast<Index>(cells.size()));
    for (size_t i = 0; i < cells.size(); ++i) {
        if (expected[i].hidden) {
            ASSERT_EQ(cells[i], hidden_mark) << i;
            ASSERT_EQ(cpu.data()[i], 0) << i;
            continue;
        }
        ASSERT_NEAR(cells[i], expected[i].value, tolerance) << i;
        ASSERT_NEAR(cells[i], cpu.data()[i], tolerance) << i;
    }
}

// Two queries on four keys with equal logits: weights of a quarter, or of a third where a key is
// hidden.
TEST_F(MapPoolerTest, TwoByFourByHand) {
    LayerTrace layer;
    auto p = std::make_shared<Projections>();
    p->heads = p->key_heads = 1;
    p->queries = 2;
    p->keys = p->head_dim = 4;
    p->query = Tensor::filled({1, 2, 4}, 0);
    p->key = Tensor::filled({1, 4, 4}, 1);
    layer.projections = p;
    HeadEdits edits;
    edits.mask.blocked_cells = {{1, 0}};
    layer.edits = {edits};
    layer.scores =
        std::make_shared<HeadScores>(score_heads({*p, layer.edits, false}, CancelToken{}));
    PoolJob job;
    job.layer = &layer;
    job.region = {0, 2, 0, 4};
    job.rows = 1;
    job.columns = 2;
    const auto largest = pooled(job);
    job.pooling = Pooling::mean;
    const auto mean = pooled(job);
    ASSERT_EQ(largest.size(), 2u);
    ASSERT_EQ(mean.size(), 2u);
    EXPECT_NEAR(largest[0], 1.0 / 3, 1e-6);
    EXPECT_NEAR(largest[1], 1.0 / 3, 1e-6);
    EXPECT_NEAR(mean[0], (0.25 + 0.25 + 0 + 1.0 / 3) / 4, 1e-6);
    EXPECT_NEAR(mean[1], (0.25 + 0.25 + 1.0 / 3 + 1.0 / 3) / 4, 1e-6);

    job.rows = 2;
    job.columns = 4;
    const auto cells = pooled(job);
    ASSERT_EQ(cells.size(), 8u);
    EXPECT_EQ(cells[4], hidden_mark);
    job.mark_hidden = false;
    EXPECT_EQ(pooled(job)[4], 0);
}

TEST_F(MapPoolerTest, EverySizeAndRegionBothPoolings) {
    const LayerTrace layer = scored_layer({2, 1, 150, 97, 20, true}, {}, 5);
    const MapRegion regions[] = {
        {0, 150, 0, 97}, {3, 150, 40, 41}, {149, 150, 0, 97}, {17, 90, 5, 95}};
    const std::pair<Index, Index> sizes[] = {{1, 1}, {2, 3}, {7, 64}, {33, 5}, {40, 40}, {150, 97}};
    for (const MapRegion& region : regions)
        for (const auto& [rows, columns] : sizes)
            for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
                PoolJob job;
                job.layer = &layer;
                job.head = 1;
                job.region = region;
                job.rows = std::min(rows, region.rows());
                job.columns = std::min(columns, region.columns());
                job.pooling = pooling;
                SCOPED_TRACE(testing::Message()
                             << "queries from " << region.query_begin << ", " << job.rows << " x "
                             << job.columns << ", pooling " << static_cast<int>(pooling));
                expect_cells(layer, job, pooled(job));
            }
}

TEST_F(MapPoolerTest, EveryMaskTemperatureAndHeadDim) {
    constexpr Index n = 130;
    std::vector<AttentionMask> masks(7);
    masks[1].causal = true;
    masks[2].window = 9;
    masks[3].causal = true;
    masks[3].window = 40;
    masks[4].blocked_keys = random_bits(n, 0.4, 1);
    masks[5].blocked_queries = random_bits(n, 0.4, 2);
    masks[5].blocked_cells = random_cells(n, n, 200, 3);
    masks[6] = {true, 50, random_bits(n, 0.2, 4), random_bits(n, 0.2, 5),
                random_cells(n, n, 200, 6)};
    const Index head_dims[] = {16, 1, 33, 64, 100, 128, 144};
    for (size_t m = 0; m < masks.size(); ++m) {
        HeadEdits edits;
        edits.mask = masks[m];
        edits.temperature = m % 2 == 0 ? 0.5f : 3.f;
        const LayerTrace layer = scored_layer({1, 1, n, n, head_dims[m], false}, edits, 7);
        for (const Index size : {5, 130})
            for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
                PoolJob job;
                job.layer = &layer;
                job.region = {10, n, 0, n};
                job.rows = std::min(size, job.region.rows());
                job.columns = size;
                job.pooling = pooling;
                SCOPED_TRACE(testing::Message() << "mask " << m << ", size " << size << ", pooling "
                                                << static_cast<int>(pooling));
                expect_cells(layer, job, pooled(job));
            }
    }
}

// The rounding errors of a logit and of the log-sum-exp count 20 times.
TEST_F(MapPoolerTest, AtTheLowestTemperatureErrorsGrowInProportion) {
    HeadEdits edits;
    edits.temperature = 0.05f;
    const LayerTrace layer = scored_layer({1, 1, 200, 200, 64, false}, edits, 13);
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        PoolJob job;
        job.layer = &layer;
        job.region = {0, 200, 0, 200};
        job.rows = job.columns = 70;
        job.pooling = pooling;
        expect_cells(layer, job, pooled(job), 5e-5);
    }
}

// Each query looks at everything alike but one, which looks at one key alone.
TEST_F(MapPoolerTest, OneIsolatedPeakIn8192IsNotLost) {
    constexpr Index n = 8192, head_dim = 8, cells = 200;
    constexpr Index query = 5004, key = 1269;         // the last of their cell
    constexpr Index first_query = 4500, rows = 1000;  // around it; a software renderer takes long
    auto p = std::make_shared<Projections>();
    p->heads = p->key_heads = 1;
    p->queries = p->keys = n;
    p->head_dim = head_dim;
    p->query = Tensor::filled({1, n, head_dim}, 0);
    p->key = Tensor::filled({1, n, head_dim}, 0);
    p->query.data()[query * head_dim] = 5;
    p->key.data()[key * head_dim] = 5;
    LayerTrace layer;
    layer.projections = p;
    layer.edits.resize(1);
    layer.scores =
        std::make_shared<HeadScores>(score_heads({*p, layer.edits, false}, CancelToken{}));
    PoolJob job;
    job.layer = &layer;
    job.region = {first_query, first_query + rows, 0, n};
    job.rows = job.columns = cells;
    const auto map = pooled(job);
    ASSERT_EQ(map.size(), static_cast<size_t>(cells * cells));
    const double peak = std::exp(25.0) / (std::exp(25.0) + (n - 1));
    for (Index r = 0; r < cells; ++r)
        for (Index c = 0; c < cells; ++c) {
            const bool planted = r == (query - first_query) * cells / rows && c == key * cells / n;
            ASSERT_NEAR(map[static_cast<size_t>(r * cells + c)], planted ? peak : 1.0 / n, 1e-6)
                << r << ", " << c;
        }
}

TEST_F(MapPoolerTest, NoNumbersAreShownAsNone) {
    LayerTrace layer = scored_layer({1, 1, 40, 40, 8, false}, {}, 9);
    auto scores = std::make_shared<HeadScores>();
    scores->largest_logit = layer.scores->largest_logit.clone();
    scores->log_sum = layer.scores->log_sum.clone();
    scores->log_sum.data()[11] = std::numeric_limits<float>::quiet_NaN();
    scores->largest_logit.data()[30] = -infinity;
    layer.scores = scores;
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        PoolJob job;
        job.layer = &layer;
        job.region = {0, 40, 0, 40};
        job.rows = 20;
        job.columns = 10;
        job.pooling = pooling;
        const auto cells = pooled(job);
        for (size_t i = 0; i < cells.size(); ++i)
            EXPECT_EQ(std::isnan(cells[i]), i / 10 == 5) << i;
    }
}

TEST_F(MapPoolerTest, WrongJobsAreRefusedWithASentence) {
    const LayerTrace layer = scored_layer({1, 1, 30, 20, 8, false}, {}, 11);
    const LayerTrace bare = random_layer({1, 1, 30, 20, 8, false}, 1, 11);
    const Texture texture = filled_texture(GL_TEXTURE_2D, 10, 10, 1, 0);
    PoolJob good;
    good.layer = &layer;
    good.region = {0, 30, 0, 20};
    good.rows = good.columns = 10;
    good.texture = texture.name();
    MapPooler pooler(scorer_->device());
    ASSERT_TRUE(pooler.begin(good).ok());
    const auto refused = [&](auto spoil, const char* part) {
        PoolJob job = good;
        spoil(job);
        const auto work = pooler.begin(job);
        ASSERT_FALSE(work.ok()) << part;
        EXPECT_NE(work.message().find(part), std::string::npos) << work.message();
    };
    refused([&](PoolJob& job) { job.layer = &bare; }, "without its log-sum-exp");
    refused([](PoolJob& job) { job.layer = nullptr; }, "without its log-sum-exp");
    refused([](PoolJob& job) { job.head = 1; }, "head 1 of 1");
    refused([](PoolJob& job) { job.region.key_end = 21; }, "keys 0 to 21");
    refused([](PoolJob& job) { job.rows = 31; }, "31 x 10 cells over 30 x 20");
    refused([](PoolJob& job) { job.rows = 11; }, "10 x 10 texels");
    refused([](PoolJob& job) { job.texture = 0; }, "no texture");
}

}  // namespace
}  // namespace fovea::gpu
