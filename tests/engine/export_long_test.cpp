// Maps far larger than the memory that writing them takes.

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "engine/trace/score.h"
#include "export_fixture.h"
#include "tests/engine/memory_growth.h"

namespace fovea {
namespace {

using test::peak_growth;
using test::TemporaryFolder;

// Long and narrow: one layer whose log-sum-exp the engine makes (brute force would take minutes).
std::shared_ptr<Reading> long_reading(Index tokens, Index heads) {
    std::mt19937 random(3);
    auto projections = std::make_shared<Projections>();
    projections->heads = projections->key_heads = heads;
    projections->queries = projections->keys = tokens;
    projections->head_dim = 4;
    projections->scale = 0.5f;
    projections->query = test::random_tensor({heads, tokens, 4}, random, 1);
    projections->key = test::random_tensor({heads, tokens, 4}, random, 1);
    projections->value = test::random_tensor({heads, tokens, 4}, random, 1);
    projections->mask.causal = true;
    auto layer = std::make_shared<LayerTrace>();
    layer->edits.resize(static_cast<size_t>(heads));
    for (HeadEdits& edits : layer->edits)
        edits.mask.causal = true;
    layer->scores = std::make_shared<HeadScores>(
        score_heads({*projections, layer->edits, false}, CancelToken{}));
    layer->projections = std::move(projections);
    auto trace = std::make_shared<Trace>();
    trace->ids.assign(static_cast<size_t>(tokens), 1);
    trace->key_ids = trace->ids;
    trace->layers.push_back(std::move(layer));
    auto reading = std::make_shared<Reading>();
    auto model = std::make_shared<LoadedModel>();
    model->name = "made-up";
    reading->request.model = model;
    Token token;
    token.id = 1;
    token.text = "tok";
    reading->tokens.assign(static_cast<size_t>(tokens), token);
    reading->labels.assign(static_cast<size_t>(tokens), token.text);
    reading->original = trace;
    return reading;
}

// Made once: its log-sum-exp takes a second.
const std::shared_ptr<Reading>& large_reading() {
    static const std::shared_ptr<Reading> reading = long_reading(8192, 2);
    return reading;
}

class LongMap : public testing::TestWithParam<const char*> {
  protected:
    ExportJob job(const std::shared_ptr<Reading>& reading) const {
        ExportJob job;
        job.reading = reading;
        job.file = folder_ / (std::string("out") + GetParam());
        return job;
    }
    TemporaryFolder folder_;
};

// Whole at 1,024 tokens; at 8,192 the first eighth of a map of 256 MiB, which a writer that keeps
// what it wrote would hold 32 MiB of (as text, some three to ten times that).
TEST_P(LongMap, TakesAsMuchMemoryAsAShortOne) {
    const auto small = long_reading(1024, 1), large = large_reading();
    Status status;
    const double growth_of_small =
        peak_growth([&] { status = export_reading(job(small), {}, {}); });
    ASSERT_TRUE(status) << status.message();
    std::filesystem::remove(job(small).file);

    CancelToken cancel;
    int calls = 0;
    double before = 0, largest_step = 0;
    const auto progress = [&](std::string_view, double share) {
        ++calls;
        largest_step = std::max(largest_step, share - before);
        before = share;
        if (share > 1.0 / 16) cancel.cancel();  // of two maps
    };
    const double growth =
        peak_growth([&] { status = export_reading(job(large), progress, cancel); });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message(), cancelled_message);
    EXPECT_LT(before, 1.0 / 15);  // it stopped where it was told to, inside the first map
    EXPECT_GT(calls, 30);
    EXPECT_LT(largest_step, 0.005);
    if (growth < 0) GTEST_SKIP() << "allocations are not counted here";
    EXPECT_LT(growth_of_small, 16);
    EXPECT_LT(growth, growth_of_small + 1);
}

INSTANTIATE_TEST_SUITE_P(Formats, LongMap,
                         testing::Values(".npz", ".npy", ".safetensors", ".json", ".csv"),
                         [](const auto& info) { return std::string(info.param).substr(1); });

// All 64 MiB of it, each block where it belongs.
TEST(LongArray, IsWrittenToItsLastRow) {
    TemporaryFolder folder;
    constexpr Index n = 4096;
    ExportJob job;
    job.reading = long_reading(n, 1);
    job.file = folder / "out.npy";
    ASSERT_TRUE(export_reading(job, {}, {}));
    std::ifstream file(job.file, std::ios::binary);
    file.seekg(128);  // the header's length in this case
    std::vector<float> row(n);
    const Projections& p = job.reading->original->projections(0);
    const HeadEdits& edits = job.reading->original->layers[0]->edits[0];
    for (Index query = 0; query < n; ++query) {
        file.read(reinterpret_cast<char*>(row.data()), n * 4);
        ASSERT_TRUE(file) << query;
        if (query % 63 != 0 && query != n - 1) continue;  // blocks have 64 rows
        const double log_sum_exp = test::reference_log_sum_exp(p, edits, 0, query);
        for (Index key = 0; key < n; ++key) {
            const double expected =
                key > query ? 0 : std::exp(test::reference_score(p, 0, query, key) - log_sum_exp);
            ASSERT_NEAR(row[static_cast<size_t>(key)], expected, 1e-5) << query << ' ' << key;
        }
    }
    EXPECT_EQ(file.peek(), std::ifstream::traits_type::eof());
}

class LongPicture : public testing::TestWithParam<const char*> {};

// 67 million cells make a picture of a megabyte, not 67 million rectangles.
TEST_P(LongPicture, IsPooled) {
    TemporaryFolder folder;
    ExportJob job;
    job.reading = large_reading();
    job.heads = {1};
    job.file = folder / (std::string("out") + GetParam());
    int calls = 0;
    const auto progress = [&](std::string_view, double) { ++calls; };
    Status status;
    const double growth = peak_growth([&] { status = export_reading(job, progress, {}); });
    ASSERT_TRUE(status) << status.message();
    EXPECT_LT(static_cast<double>(std::filesystem::file_size(job.file)), 4 * test::mebibyte);
    EXPECT_GT(calls, 15);
    if (growth < 0) GTEST_SKIP() << "allocations are not counted here";
    EXPECT_LT(growth, 128);
}

TEST_P(LongPicture, IsCancelledInsideAMap) {
    TemporaryFolder folder;
    ExportJob job;
    job.reading = large_reading();
    job.heads = {1};
    job.file = folder / (std::string("out") + GetParam());
    CancelToken cancel;
    double reached = 0;
    const auto progress = [&](std::string_view, double share) {
        reached = share;
        if (share > 0.1) cancel.cancel();
    };
    const Status status = export_reading(job, progress, cancel);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message(), cancelled_message);
    EXPECT_LT(reached, 0.15);
    EXPECT_TRUE(folder.names().empty());
}

INSTANTIATE_TEST_SUITE_P(Formats, LongPicture, testing::Values(".png", ".svg", ".pdf"),
                         [](const auto& info) { return std::string(info.param).substr(1); });

}  // namespace
}  // namespace fovea
