// Analyses against the reference's own: transformers and PyTorch in double precision.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "engine/analysis/analysis.h"
#include "engine/analysis/frozen_norm.h"
#include "engine/analysis/logit_lens.h"
#include "engine/analysis/query_key_components.h"
#include "engine/model/weights.h"
#include "golden.h"
#include "must_have.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// One model of the golden folder with its trace.
struct Case {
    json golden;
    std::shared_ptr<const Checkpoint> arrays;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Trace> trace;
};

class AnalysisGolden : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const fs::path goldens = GOLDENS;
        const fs::path folder = goldens / "analysis" / GetParam();
        if (!fs::exists(folder / "golden.json")) GTEST_SKIP() << folder << " is not here";
        std::ifstream(folder / "golden.json") >> it.golden;
        const auto arrays = Checkpoint::open_safetensors(folder / "golden.safetensors");
        ASSERT_TRUE(arrays) << arrays.message();
        it.arrays = *arrays;
        const auto model = Model::load(goldens / "models" / GetParam());
        ASSERT_TRUE(model) << model.message();
        it.model = *model;
        ForwardRequest request;
        request.ids = it.golden["ids"].get<std::vector<std::int32_t>>();
        const auto trace = run(*it.model, request, nullptr, {});
        ASSERT_TRUE(trace) << trace.message();
        it.trace = *trace;
    }

    /// The reference's array of that name, and ours at most `share` of its largest entry from it.
    void expect_close(const std::string& name, const Tensor& ours, double share) {
        const TensorView* view = it.arrays->find(name);
        ASSERT_TRUE(view) << name;
        ASSERT_EQ(view->shape, ours.shape()) << name;
        const auto expected = floats(*view);
        EXPECT_LE(largest_difference(ours.values(), expected), share * largest_entry(expected))
            << name;
    }

    Case it;
};

TEST_P(AnalysisGolden, LogitsAreSumsOverPairsOfWriters) {
    for (const json& cell : it.golden["qk_cells"]) {
        const auto ours =
            query_key_components(*it.model, *it.trace, Part::self,
                                 {cell["layer"], cell["head"], cell["query"], cell["key"]});
        std::vector<std::string> names;
        for (const Writer& writer : ours.query_writers)
            names.push_back(writer_name(writer));
        EXPECT_EQ(names, cell["components"].get<std::vector<std::string>>());
        EXPECT_EQ(ours.query_writers, ours.key_writers);
        expect_close(cell["tensor"], ours.products, 1e-4);
        const double score = cell["score"];
        const double size = std::max(1.0, std::abs(score));
        EXPECT_NEAR(ours.sum, score, 1e-4 * size);
        EXPECT_NEAR(ours.logit, score, 1e-4 * size);
    }
}

TEST_P(AnalysisGolden, LensIsWhatTheHeadMakesOfEveryState) {
    const auto n = it.trace->length();
    for (size_t state = 0; state < it.trace->hidden_states.size(); ++state)
        expect_close("lens." + std::to_string(state),
                     lens_log_probabilities(*it.model, *it.trace, static_cast<Index>(state), 0, n),
                     1e-4);
}

/// Arrays are named as the reference's are, and hold the same.
TEST_P(AnalysisGolden, EveryArrayOfAnAnalysisIsTheReferences) {
    ReadingRequest request;
    auto loaded = std::make_shared<LoadedModel>();
    loaded->model = it.model;
    request.model = loaded;
    const auto ids = it.golden["ids"].get<std::vector<std::int32_t>>();
    const Subjects subjects{must_have(read_ids(ids, request, nullptr, {})), nullptr, true,
                            Part::self};
    const std::set<std::string> of_the_reference = {"qk", "lens", "value_norms"};
    std::map<std::string, int> compared;
    for (const Analysis& analysis : analyses())
        for (const json& cell : it.golden["qk_cells"]) {
            Parameters parameters;
            parameters.cell = {cell["layer"], cell["head"], cell["query"], cell["key"]};
            const auto found = analyse(analysis, subjects, parameters, {});
            ASSERT_TRUE(found) << found.message();
            for (const FoundArray& array : found->arrays) {
                if (!it.arrays->find(array.name)) continue;
                Tensor values = Tensor::uninitialised(array.shape);
                array.fill(0, array.shape.front(), values.data());
                expect_close(array.name, values, 1e-4);
                ++compared[array.name.substr(0, array.name.find('.'))];
            }
        }
    for (const std::string& name : of_the_reference)
        EXPECT_GT(compared[name], 0) << name;
}

/// The stages of the pass add up to the residual stream, whose last state is the reference's before
/// the final norm; and asking for them changes nothing.
TEST_P(AnalysisGolden, TapsAddUpToTheResidualStream) {
    ForwardRequest request;
    request.ids = it.trace->ids;
    EXPECT_EQ(it.trace->taps, nullptr);
    request.taps = {true, true, true, true};
    const auto tapped = must_have(run(*it.model, request, it.trace.get(), {}));
    ASSERT_TRUE(tapped->taps);
    const TappedStages& taps = *tapped->taps;
    expect_close("hidden_states." + std::to_string(it.trace->layers.size()), taps.final_residual,
                 1e-4);
    for (size_t l = 0; l < taps.layers.size(); ++l) {
        const LayerTaps& layer = taps.layers[l];
        EXPECT_EQ(0, largest_difference(tapped->hidden_states[l + 1]->values(),
                                        it.trace->hidden_states[l + 1]->values()));
        if (!it.model->config().norm_before) continue;
        const Tensor& before = *tapped->hidden_states[l];
        Tensor after = before.clone();
        for (Index i = 0; i < after.size(); ++i)
            after.data()[i] += layer.attention_output.data()[i] + layer.mlp_output.data()[i];
        expect_close("hidden_states." + std::to_string(l + 1), after, 1e-4);
        // The norm by hand, in double precision.
        const BoundTensors& w = it.model->weights().layers[l];
        const Norm norm = w.norm(norm_settings(it.model->main()), Role::attention_norm_gain,
                                 Role::attention_norm_bias);
        const FrozenNorm by_hand(norm, before.slice(0), before.extent(1));
        Eigen::RowVectorXf first =
            Eigen::Map<const Eigen::RowVectorXf>(before.slice(0), before.extent(1));
        by_hand.apply(first);
        by_hand.add_shift(first);
        EXPECT_LE(
            largest_difference({layer.normed_input.slice(0), static_cast<size_t>(first.size())},
                               {first.data(), static_cast<size_t>(first.size())}),
            1e-5 * first.cwiseAbs().maxCoeff());
    }
}

INSTANTIATE_TEST_SUITE_P(Models, AnalysisGolden,
                         testing::Values("gpt2", "llama", "qwen3", "gemma3_text", "gpt_neox", "opt",
                                         "phi", "bert", "stories260k"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace fovea::test
