// Scores, metrics, maps and thumbnails against softmax by brute force in double precision.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "engine/metrics/row_metric.h"
#include "engine/trace/head_map.h"
#include "engine/trace/rescore.h"
#include "engine/trace/score.h"

namespace fovea {
namespace {

Projections random_projections(Index heads, Index key_heads, Index n, Index d, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Projections p;
    p.heads = heads;
    p.key_heads = key_heads;
    p.queries = p.keys = n;
    p.head_dim = d;
    p.scale = 1.5f / std::sqrt(static_cast<float>(d));
    p.query = Tensor::uninitialised({heads, n, d});
    p.key = Tensor::uninitialised({key_heads, n, d});
    p.value = Tensor::uninitialised({key_heads, n, d});
    for (auto* tensor : {&p.query, &p.key, &p.value})
        for (float& x : tensor->values())
            x = normal(random);
    return p;
}

struct Brute {
    std::vector<double> logits, weights;  // [n, n]
};

/// Straight from the definition: visible() cell by cell, exp and sum in double precision.
Brute brute_force(const Projections& p, Index head, const HeadEdits& edits) {
    const Index n = p.queries, d = p.head_dim;
    Brute result;
    result.logits.resize(static_cast<size_t>(n * n));
    result.weights.assign(static_cast<size_t>(n * n), 0);
    for (Index i = 0; i < n; ++i) {
        double sum = 0;
        for (Index j = 0; j < n; ++j) {
            double dot = 0;
            for (Index k = 0; k < d; ++k)
                dot += double{p.query_of(head)[i * d + k]} * p.key_of(head)[j * d + k];
            dot *= p.scale;
            if (!p.bias.empty()) dot += p.bias_of(head)[j - i + n - 1];
            const auto at = static_cast<size_t>(i * n + j);
            result.logits[at] = dot;
            if (!edits.mask.visible(i, j)) continue;
            result.weights[at] = std::exp(dot / edits.temperature);
            sum += result.weights[at];
        }
        for (Index j = 0; j < n && sum > 0; ++j)
            result.weights[static_cast<size_t>(i * n + j)] /= sum;
    }
    return result;
}

std::vector<HeadEdits> every_kind_of_edit(Index heads, Index n) {
    std::vector<HeadEdits> edits(static_cast<size_t>(heads));
    edits[0].mask.causal = true;
    edits[1].mask.window = 3;
    edits[1].temperature = 0.3f;
    edits[2].mask.causal = true;
    edits[2].mask.blocked_keys.assign(static_cast<size_t>(n), 0);
    edits[2].mask.blocked_keys[0] = 1;  // the first query is left with nothing to see
    edits[2].temperature = 7;
    edits[3].mask.blocked_queries.assign(static_cast<size_t>(n), 0);
    edits[3].mask.blocked_queries[static_cast<size_t>(n / 2)] = 1;
    if (n > 4) edits[3].mask.blocked_cells = {{1, 1}, {1, 3}, {4, 0}};
    return edits;
}

TEST(Score, EverythingKeptOfARowAgreesWithBruteForce) {
    for (const Index n : {1, 7, 33, 130}) {
        Projections p = random_projections(4, 2, n, 24, 7);
        p.bias = Tensor::uninitialised({4, 2 * n - 1});
        for (Index i = 0; i < p.bias.size(); ++i)
            p.bias.data()[i] = 0.01f * static_cast<float>(i % 17);
        const auto edits = every_kind_of_edit(4, n);
        const HeadScores scores = score_heads({p, edits}, {});
        const auto metric = [&](const char* name, Index h, Index i) {
            return scores.metrics.slice(*metric_index(name))[h * n + i];
        };
        for (Index h = 0; h < 4; ++h) {
            const Brute brute = brute_force(p, h, edits[static_cast<size_t>(h)]);
            for (Index i = 0; i < n; ++i) {
                const double* w = brute.weights.data() + i * n;
                double entropy = 0, largest = 0, distance = 0, total = 0;
                Index visible = 0;
                for (Index j = 0; j < n; ++j) {
                    if (w[j] > 0) entropy -= w[j] * std::log(w[j]);
                    largest = std::max(largest, w[j]);
                    distance += w[j] * static_cast<double>(std::abs(i - j));
                    total += w[j];
                    visible += edits[static_cast<size_t>(h)].mask.visible(i, j);
                }
                if (visible == 0) {
                    EXPECT_TRUE(std::isnan(metric("entropy", h, i)));
                    EXPECT_TRUE(std::isnan(metric("share_first", h, i)));
                    EXPECT_TRUE(std::isinf(scores.largest_logit.at(h, i)));
                    for (Index k = 0; k < p.head_dim; ++k)
                        EXPECT_EQ(scores.output.slice(h)[i * p.head_dim + k], 0);
                    continue;
                }
                ASSERT_NEAR(total, 1, 1e-12);
                EXPECT_NEAR(metric("entropy", h, i), entropy, 1e-5) << n << " " << h << " " << i;
                EXPECT_NEAR(metric("entropy_bits", h, i), entropy / std::log(2.0), 1e-5);
                if (visible == 1) {
                    EXPECT_TRUE(std::isnan(metric("entropy_normalised", h, i)));
                } else {
                    EXPECT_NEAR(metric("entropy_normalised", h, i),
                                entropy / std::log(static_cast<double>(visible)), 1e-5);
                }
                EXPECT_NEAR(metric("confidence", h, i), largest, 1e-5);
                EXPECT_NEAR(metric("mean_distance", h, i), distance, 1e-4);
                EXPECT_NEAR(metric("share_first", h, i), w[0], 1e-5);
                EXPECT_NEAR(metric("share_self", h, i), w[i], 1e-5);
                EXPECT_NEAR(metric("share_previous", h, i), i > 0 ? w[i - 1] : 0, 1e-5);
                EXPECT_NEAR(metric("share_next", h, i), i + 1 < n ? w[i + 1] : 0, 1e-5);
                for (Index k = 0; k < p.head_dim; ++k) {
                    double output = 0;
                    for (Index j = 0; j < n; ++j)
                        output += w[j] * p.value_of(h)[j * p.head_dim + k];
                    ASSERT_NEAR(scores.output.slice(h)[i * p.head_dim + k], output, 1e-5);
                }
            }
        }
    }
}

TEST(Score, ARowByHand) {
    // Logits (0, ln 3) at temperature 1: weights 1/4, 3/4; entropy ln 4 - (3/4) ln 3.
    Projections p = random_projections(1, 1, 2, 1, 1);
    p.scale = 1;
    p.query.data()[0] = p.query.data()[1] = 1;
    p.key.data()[0] = 0;
    p.key.data()[1] = std::log(3.0f);
    const std::vector<HeadEdits> plain(1);
    const HeadScores scores = score_heads({p, plain}, {});
    EXPECT_NEAR(scores.log_sum_exp(0, 0, 1), std::log(4.0), 1e-6);
    EXPECT_NEAR(scores.metrics.slice(*metric_index("entropy"))[0],
                std::log(4.0) - 0.75 * std::log(3.0), 1e-6);
    EXPECT_NEAR(scores.metrics.slice(*metric_index("confidence"))[0], 0.75, 1e-6);
    EXPECT_NEAR(scores.metrics.slice(*metric_index("mean_distance"))[0], 0.75, 1e-6);
}

TEST(Score, AblationToZeroAndToTheMean) {
    const Projections p = random_projections(3, 3, 9, 5, 3);
    std::vector<HeadEdits> edits(3);
    const HeadScores plain = score_heads({p, edits}, {});
    edits[0].ablation = AblationTarget::zero;
    edits[1].ablation = AblationTarget::mean;
    const HeadScores ablated = score_heads({p, edits}, {});
    for (Index k = 0; k < 5; ++k) {
        double mean = 0;
        for (Index i = 0; i < 9; ++i)
            mean += plain.output.slice(1)[i * 5 + k] / 9.0;
        for (Index i = 0; i < 9; ++i) {
            EXPECT_EQ(ablated.output.slice(0)[i * 5 + k], 0);
            EXPECT_NEAR(ablated.output.slice(1)[i * 5 + k], mean, 1e-6);
            EXPECT_EQ(ablated.output.slice(2)[i * 5 + k], plain.output.slice(2)[i * 5 + k]);
        }
    }
}

TEST(Score, ExtremeTemperaturesStayFinite) {
    const Projections p = random_projections(2, 1, 40, 8, 5);
    std::vector<HeadEdits> edits(2);
    edits[0].temperature = 0.001f;
    edits[1].temperature = 1000;
    const HeadScores scores = score_heads({p, edits}, {});
    for (const float x : scores.metrics.values())
        EXPECT_TRUE(std::isfinite(x));
    EXPECT_NEAR(scores.metrics.slice(*metric_index("entropy"))[40], std::log(40.0), 1e-3);
}

LayerTrace as_layer(Projections projections, std::vector<HeadEdits> edits) {
    LayerTrace layer;
    layer.scores = std::make_shared<const HeadScores>(score_heads({projections, edits}, {}));
    layer.projections = std::make_shared<const Projections>(std::move(projections));
    layer.edits = std::move(edits);
    return layer;
}

TEST(HeadMap, EveryQuantityOfARegionAgreesWithBruteForce) {
    const Index n = 37;
    const auto edits = every_kind_of_edit(4, n);
    const LayerTrace layer = as_layer(random_projections(4, 2, n, 16, 11), edits);
    std::vector<float> norms(static_cast<size_t>(n));
    for (size_t j = 0; j < norms.size(); ++j)
        norms[j] = static_cast<float>(j);
    const MapRegion region{3, 30, 5, 37};
    for (Index h = 0; h < 4; ++h) {
        const HeadEdits& edit = edits[static_cast<size_t>(h)];
        const Brute brute = brute_force(*layer.projections, h, edit);
        const Tensor raw = head_map(layer, h, Quantity::logits, region);
        const Tensor masked = head_map(layer, h, Quantity::masked_logits, region);
        const Tensor weights = head_map(layer, h, Quantity::weights, region);
        const Tensor weighted = head_map(layer, h, Quantity::value_weighted, region, norms);
        for (Index i = region.query_begin; i < region.query_end; ++i) {
            for (Index j = region.key_begin; j < region.key_end; ++j) {
                const auto at = static_cast<size_t>(i * n + j);
                const Index r = i - region.query_begin, c = j - region.key_begin;
                ASSERT_NEAR(raw.at(r, c), brute.logits[at], 1e-5);
                ASSERT_NEAR(weights.at(r, c), brute.weights[at], 1e-5);
                ASSERT_NEAR(weighted.at(r, c), brute.weights[at] * static_cast<double>(j), 2e-4);
                if (edit.mask.visible(i, j)) {
                    ASSERT_NEAR(masked.at(r, c), brute.logits[at] / edit.temperature, 1e-4);
                } else {
                    ASSERT_EQ(masked.at(r, c), -std::numeric_limits<float>::infinity());
                    ASSERT_EQ(weights.at(r, c), 0);
                }
            }
        }
    }
}

TEST(HeadMap, PoolingLosesNoPeakAndKeepsTheMean) {
    const Index n = 300;
    const LayerTrace layer = as_layer(random_projections(1, 1, n, 8, 13), {HeadEdits{}});
    const Tensor whole = head_map(layer, 0, Quantity::weights, whole_map(layer));
    const Tensor largest =
        pooled_head_map(layer, 0, Quantity::weights, whole_map(layer), 64, 50, Pooling::largest);
    const Tensor mean =
        pooled_head_map(layer, 0, Quantity::weights, whole_map(layer), 60, 50, Pooling::mean);
    ASSERT_EQ(largest.shape(), (std::vector<Index>{64, 50}));
    for (Index r = 0; r < 64; ++r) {
        for (Index c = 0; c < 50; ++c) {
            float expected = 0;
            for (Index i = 0; i < n; ++i)
                for (Index j = 0; j < n; ++j)
                    if (i * 64 / n == r && j * 50 / n == c)
                        expected = std::max(expected, whole.at(i, j));
            // Blocks of another size add in another order: equal but for the last digits.
            ASSERT_NEAR(largest.at(r, c), expected, 1e-6);
        }
    }
    double sum = 0;
    for (const float x : mean.values())
        sum += x;
    EXPECT_NEAR(sum * (n / 60.0) * (n / 50.0), n, 1e-2);  // every row sums to one
}

/// The largest weights of squares of `cell` by `cell` tokens.
Tensor largest_in_cells(const LayerTrace& layer, Index head, Index cell) {
    const Tensor whole = head_map(layer, head, Quantity::weights, whole_map(layer));
    const Index n = whole.extent(0), cells = (n + cell - 1) / cell;
    Tensor largest = Tensor::filled({cells, cells}, 0);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j) {
            float& value = largest.at(i / cell, j / cell);
            value = std::max(value, whole.at(i, j));
        }
    return largest;
}

TEST(Thumbnail, IsExactWhenShortAndKeepsTheLargestWhenLong) {
    for (const auto& [n, cell] :
         {std::pair<Index, Index>{5, 1}, {64, 1}, {65, 2}, {128, 2}, {200, 4}}) {
        std::vector<HeadEdits> edits(2);
        edits[1].mask.causal = true;
        const LayerTrace layer = as_layer(random_projections(2, 1, n, 8, 17), edits);
        for (Index h = 0; h < 2; ++h) {
            const Tensor expected = largest_in_cells(layer, h, cell);
            ASSERT_EQ(layer.scores->thumbnails.extent(1), expected.extent(0));
            ASSERT_EQ(layer.scores->thumbnails.extent(2), expected.extent(1));
            for (Index i = 0; i < expected.size(); ++i)
                ASSERT_NEAR(layer.scores->thumbnails.slice(h)[i], expected.data()[i], 1e-6);
        }
    }
}

/// The first `n` tokens of a causal layer.
Projections first_tokens(const Projections& whole, Index n) {
    Projections p;
    p.heads = whole.heads;
    p.key_heads = whole.key_heads;
    p.head_dim = whole.head_dim;
    p.scale = whole.scale;
    p.queries = p.keys = n;
    for (auto tensor : {&Projections::query, &Projections::key, &Projections::value}) {
        const Tensor& from = whole.*tensor;
        Tensor to = Tensor::uninitialised({from.extent(0), n, from.extent(2)});
        for (Index h = 0; h < from.extent(0); ++h)
            std::copy_n(from.slice(h), n * from.extent(2), to.slice(h));
        p.*tensor = std::move(to);
    }
    return p;
}

/// What is taken from the sentence before comes out as if all had been scored: while it grows,
/// shrinks, and changes in the middle, across the lengths where a cell of a thumbnail doubles.
TEST(PrefixCache, RowsAreTakenOver) {
    std::vector<HeadEdits> edits(2);
    for (HeadEdits& head : edits)
        head.mask.causal = true;
    edits[1].temperature = 2;
    const Projections whole = random_projections(2, 1, 140, 8, 23);
    struct Change {
        Index before, after, known;
    };
    for (const auto& [before, after, known] : {Change{20, 21, 20},
                                               {64, 65, 64},
                                               {65, 140, 65},
                                               {128, 129, 128},
                                               {129, 128, 128},
                                               {66, 65, 65},
                                               {130, 131, 77},
                                               {30, 20, 20},
                                               {140, 140, 140},
                                               {140, 100, 3}}) {
        SCOPED_TRACE(fmt::format("{} to {}, {} known", before, after, known));
        // Other tokens behind those that are known.
        Projections then = first_tokens(whole, before);
        for (Tensor* tensor : {&then.query, &then.key, &then.value})
            for (Index h = 0; h < tensor->extent(0); ++h)
                for (Index i = known * 8; i < before * 8; ++i)
                    tensor->slice(h)[i] += 1;
        const LayerTrace previous = as_layer(std::move(then), edits);
        const Projections now = first_tokens(whole, after);
        const HeadScores expected = score_heads({now, edits}, {});
        const HeadScores scores = score_heads({now, edits, true, &previous, known}, {});
        const auto expect_equal = [](const Tensor& a, const Tensor& b) {
            ASSERT_EQ(a.shape(), b.shape());
            const Tensor x = a.clone(), y = b.clone();  // without gaps for growth
            for (Index i = 0; i < x.size(); ++i) {
                if (std::isnan(x.data()[i]) && std::isnan(y.data()[i])) continue;
                ASSERT_NEAR(x.data()[i], y.data()[i], 2e-6 * (1 + std::abs(y.data()[i]))) << i;
            }
        };
        expect_equal(scores.largest_logit, expected.largest_logit);
        expect_equal(scores.log_sum, expected.log_sum);
        expect_equal(scores.metrics, expected.metrics);
        expect_equal(scores.output, expected.output);
        expect_equal(scores.thumbnails, expected.thumbnails);
    }
}

/// Of a picture only the heads are made anew that no trace has yet: what stands in the others is
/// taken over, whatever it is.
TEST(Rescore, OnlyTheHeadsThatChange) {
    const std::vector<HeadEdits> plain(3);
    auto own = std::make_shared<LayerTrace>(as_layer(random_projections(3, 3, 9, 4, 31), plain));
    auto marked = std::make_shared<HeadScores>(score_heads({*own->projections, plain}, {}));
    constexpr float mark = 77;
    for (Index h = 0; h < 3; ++h)
        marked->log_sum.at(h, 0) = mark + static_cast<float>(h);
    own->scores = marked;
    Trace original;
    original.ids = original.key_ids = std::vector<std::int32_t>(9);
    original.layers = {own};

    Edits one;
    one.temperatures = {{{0, 1}, 2.0f}};
    const auto first = rescore(original, one, nullptr, {});
    const Tensor& log_sums = first->scores(0).log_sum;
    EXPECT_EQ(log_sums.at(0, 0), mark);
    EXPECT_EQ(log_sums.at(2, 0), mark + 2);
    std::vector<HeadEdits> warm(3);
    warm[1].temperature = 2;
    const HeadScores expected = score_heads({*own->projections, warm}, {});
    for (Index i = 0; i < 9; ++i)
        EXPECT_NEAR(log_sums.at(1, i), expected.log_sum.at(1, i), 1e-5);

    // Another head is touched: the first one's picture stands, the untouched one is the original.
    Edits two = one;
    two.temperatures.push_back({{0, 2}, 0.5f});
    const auto second = rescore(original, two, first.get(), {});
    EXPECT_EQ(second->scores(0).log_sum.at(0, 0), mark);
    EXPECT_EQ(second->scores(0).log_sum.at(1, 0), log_sums.at(1, 0));
    EXPECT_LT(second->scores(0).log_sum.at(2, 0), mark);
    EXPECT_EQ(rescore(original, two, second.get(), {})->layers[0], second->layers[0]);
    EXPECT_EQ(rescore(original, {}, second.get(), {})->layers[0], own);
}

TEST(Mask, RuleAndPaintTogether) {
    AttentionMask mask;
    mask.causal = true;
    mask.window = 2;
    mask.blocked_cells = {{3, 3}};
    EXPECT_TRUE(mask.visible(3, 2));
    EXPECT_FALSE(mask.visible(3, 1));  // two away: outside the window of two
    EXPECT_FALSE(mask.visible(3, 3));  // painted
    EXPECT_FALSE(mask.visible(3, 4));  // the future
}

}  // namespace
}  // namespace fovea
