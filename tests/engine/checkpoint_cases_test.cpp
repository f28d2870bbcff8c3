// Small checkpoints that are easily read wrongly (tests/data/cases/make_cases.py), each with what
// transformers makes of it: tables of their own, sizes of one, vectors of distances.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/edit/edits.h"
#include "engine/trace/score.h"
#include "tests/engine/golden.h"
#include "tests/engine/must_have.h"
#include "tests/engine/temporary_folder.h"
#include "tests/gpu/reference_attention.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;

fs::path cases() {
    return fs::path(TEST_DATA) / "cases";
}

std::vector<std::string> names_of_cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(cases()))
        if (fs::exists(entry.path() / "reference.safetensors"))
            names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

Ids ids_in(const Checkpoint& golden, const char* name) {
    const TensorView* view = golden.find(name);
    if (!view) return {};
    std::vector<std::int64_t> ids(view->bytes.size() / sizeof(std::int64_t));
    std::memcpy(ids.data(), view->bytes.data(), view->bytes.size());
    return {ids.begin(), ids.end()};
}

class CheckpointCase : public testing::TestWithParam<std::string> {};

TEST_P(CheckpointCase, AgreesWithTheReference) {
    const auto golden =
        Checkpoint::open_safetensors(cases() / GetParam() / "reference.safetensors");
    ASSERT_TRUE(golden.ok()) << golden.message();
    const auto model = must_have(Model::load(cases() / GetParam() / "model"));
    ASSERT_NE(model, nullptr);
    ForwardRequest request;
    request.ids = ids_in(**golden, "input_ids");
    request.decoder_ids = ids_in(**golden, "decoder_input_ids");
    const auto trace = must_run(*model, request);
    ASSERT_NE(trace, nullptr);
    EXPECT_TRUE(compare_with_golden(*model, *trace, **golden, "").logits);
}

INSTANTIATE_TEST_SUITE_P(All, CheckpointCase, testing::ValuesIn(names_of_cases()),
                         [](const auto& info) { return info.param; });

/// The reference's default is a window of 4,096: it shows in a longer sentence.
TEST(CheckpointCases, MistralWithoutAWindowHasTheUsualOne) {
    const fs::path folder = cases() / "mistral_sliding_window_missing";
    const auto model = must_have(Model::load(folder / "model"));
    ASSERT_NE(model, nullptr);
    ForwardRequest request;
    for (std::int32_t i = 0; i < 4300; ++i)
        request.ids.push_back(3 + i * 37 % 61);
    const auto trace = must_run(*model, request);
    ASSERT_NE(trace, nullptr);
    const Tensor got = logits(*model, *trace, 4299, 4300);
    std::ifstream file(folder / "reference_last_logits.npy", std::ios::binary);
    std::vector<float> wanted(64);
    file.seekg(-static_cast<std::streamoff>(wanted.size() * sizeof(float)), std::ios::end);
    file.read(reinterpret_cast<char*>(wanted.data()),
              static_cast<std::streamsize>(wanted.size() * sizeof(float)));
    ASSERT_TRUE(file.good());
    EXPECT_LE(largest_difference(got.values(), wanted), 1e-4 * largest_entry(wanted));
}

struct RelativeCase {
    const char* folder;
    bool keys_know_distance;
};

/// Checkpoints whose distances have vectors, run under edits. What a map has to be is worked out
/// from queries, keys and the file's own table of distances.
class RelativeKeyCase : public testing::TestWithParam<RelativeCase> {
  protected:
    const Ids ids = {3, 17, 9, 11, 5, 14, 8, 12, 6, 2};
    const fs::path folder = cases() / GetParam().folder / "model";
    const std::shared_ptr<const Model> model = must_have(Model::load(folder));

    Edits edits(const char* json) const {
        const auto parsed = parse_edits(json, "edits");
        EXPECT_TRUE(parsed.ok()) << parsed.message();
        return *parsed;
    }

    /// [2 positions - 1, head_dim], of key - query from the most negative on.
    std::vector<float> table(Index layer) const {
        const auto weights = Checkpoint::open_safetensors(folder / "model.safetensors");
        EXPECT_TRUE(weights.ok());
        const std::string end =
            fmt::format("layer.{}.attention.self.distance_embedding.weight", layer);
        for (const auto& [name, view] : (*weights)->tensors())
            if (name.ends_with(end)) return {floats(view).begin(), floats(view).end()};
        ADD_FAILURE() << end;
        return {};
    }

    /// The reference's einsum over distance_embedding(query - key + positions - 1).
    std::vector<double> expected_logits(const Trace& trace, Index layer, Index head) const {
        const Projections& p = trace.projections(layer);
        const std::vector<float> distances = table(layer);
        const Index positions = (static_cast<Index>(distances.size()) / p.head_dim + 1) / 2;
        std::vector<double> logits;
        for (Index i = 0; i < p.queries; ++i)
            for (Index j = 0; j < p.keys; ++j) {
                const float* e = distances.data() + (i - j + positions - 1) * p.head_dim;
                double sum = 0;
                for (Index d = 0; d < p.head_dim; ++d) {
                    const double q = p.query_of(head)[i * p.head_dim + d];
                    const double k = p.key_of(head)[j * p.head_dim + d];
                    sum += q * k + q * e[d] + (GetParam().keys_know_distance ? k * e[d] : 0);
                }
                logits.push_back(sum / std::sqrt(static_cast<double>(p.head_dim)));
            }
        return logits;
    }
};

TEST_P(RelativeKeyCase, EditsActOnThem) {
    const auto trace =
        must_run(*model, {ids, edits(R"({"temperature": [{"value": 0.5, "layer": 0, "head": 1},
                                                {"value": 1.7}],
                                "mask": {"window": 5},
                                "block": [{"query": 5, "key": 3}, {"key": 1, "layer": 1}],
                                "ablate": [{"layer": 0, "head": 0, "to": "zero"},
                                           {"layer": 1, "head": 2, "to": "mean"}]})")});
    ASSERT_NE(trace, nullptr);
    const Index n = trace->length();
    for (Index l = 0; l < model->layers(Part::self); ++l) {
        const LayerTrace& layer = *trace->layers[static_cast<size_t>(l)];
        const Projections& p = *layer.projections;
        for (Index head = 0; head < p.heads; ++head) {
            HeadEdits applied;
            applied.temperature = l == 0 && head == 1 ? 0.85f : 1.7f;
            applied.mask.causal = model->causal();
            applied.mask.window = 5;
            applied.mask.blocked_cells = {{5, 3}};
            applied.mask.blocked_keys.assign(static_cast<size_t>(n), 0);
            if (l == 1) applied.mask.blocked_keys[1] = 1;
            const auto should =
                reference_attention(expected_logits(*trace, l, head), n, n, applied).weights;
            const Tensor map = head_map(layer, head, Quantity::weights, whole_map(layer));
            const MapRegion part = {3, 8, 2, n};
            const Tensor inner = head_map(layer, head, Quantity::weights, part);
            const Tensor pooled = pooled_head_map(layer, head, Quantity::weights, whole_map(layer),
                                                  5, 5, Pooling::largest);
            for (Index i = 0; i < n; ++i)
                for (Index j = 0; j < n; ++j) {
                    const double weight = should[static_cast<size_t>(i * n + j)];
                    ASSERT_NEAR(map.at(i, j), weight, 1e-5) << l << ' ' << head;
                    if (i >= 3 && i < 8 && j >= 2) {
                        ASSERT_NEAR(inner.at(i - 3, j - 2), weight, 1e-5);
                    }
                    ASSERT_GE(pooled.at(i / 2, j / 2), weight - 1e-5);
                }
            std::vector<double> mean(static_cast<size_t>(p.head_dim));
            const bool zero = l == 0 && head == 0, averaged = l == 1 && head == 2;
            const auto output = [&](Index i, Index d) {
                double sum = 0;
                for (Index j = 0; j < n; ++j)
                    sum += should[static_cast<size_t>(i * n + j)] *
                           p.value_of(head)[j * p.head_dim + d];
                return sum;
            };
            for (Index d = 0; d < p.head_dim; ++d) {
                double sum = 0;
                for (Index i = 0; i < n; ++i)
                    sum += output(i, d);
                for (Index i = 0; i < n; ++i)
                    ASSERT_NEAR(layer.scores->output.at(head, i, d),
                                zero       ? 0
                                : averaged ? sum / static_cast<double>(n)
                                           : output(i, d),
                                1e-5)
                        << l << ' ' << head;
            }
        }
    }
}

void expect_same(const Model& model, const Trace& a, const Trace& b) {
    for (size_t i = 0; i < a.hidden_states.size(); ++i)
        EXPECT_LE(largest_difference(a.hidden_states[i]->values(), b.hidden_states[i]->values()),
                  1e-5 * largest_entry(b.hidden_states[i]->values()));
    for (Index l = 0; l < model.layers(Part::self); ++l)
        for (Index head = 0; head < model.heads(Part::self); ++head) {
            const LayerTrace &x = *a.layers[static_cast<size_t>(l)],
                             &y = *b.layers[static_cast<size_t>(l)];
            const Tensor one = head_map(x, head, Quantity::weights, whole_map(x));
            const Tensor other = head_map(y, head, Quantity::weights, whole_map(y));
            EXPECT_LE(largest_difference(one.values(), other.values()), 1e-5) << l << ' ' << head;
        }
}

TEST_P(RelativeKeyCase, TypedOneByOneTheyAreAsFromNothing) {
    for (const char* json : {"{}", R"({"temperature": [{"value": 0.4, "layer": 1}],
                                       "ablate": [{"layer": 0, "head": 1, "to": "zero"}]})"}) {
        const Edits some = edits(json);
        std::shared_ptr<const Trace> typed;
        for (size_t count = 1; count <= ids.size(); ++count) {
            const ForwardRequest request = {{ids.begin(), ids.begin() + static_cast<Index>(count)},
                                            some};
            typed = must_run(*model, request, typed.get());
            ASSERT_NE(typed, nullptr);
            expect_same(*model, *typed, *must_run(*model, request));
        }
        // The middle changes; then the edits come and go.
        ForwardRequest changed = {ids, some};
        changed.ids[4] = 7;
        const auto after = must_run(*model, changed, typed.get());
        expect_same(*model, *after, *must_run(*model, changed));
        expect_same(*model, *must_run(*model, {changed.ids, {}}, after.get()),
                    *must_run(*model, {changed.ids, {}}));
    }
}

INSTANTIATE_TEST_SUITE_P(Models, RelativeKeyCase,
                         testing::Values(RelativeCase{"bert_relative_key", false},
                                         RelativeCase{"bert_relative_key_query", true},
                                         RelativeCase{"roberta_relative_key", false},
                                         RelativeCase{"electra_relative_key_query", true},
                                         RelativeCase{"bert_decoder_relative_key_query", true}),
                         [](const auto& info) { return std::string(info.param.folder); });

}  // namespace
}  // namespace fovea::test
