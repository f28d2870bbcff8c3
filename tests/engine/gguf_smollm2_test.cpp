// The default model, SmolLM2 135M Instruct as a Q4_1 file, against transformers on the same file
// (smollm2.json: sentences with their ids and likeliest next tokens in float32; what each head does
// with a text that repeats itself, in float64).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/analysis.h"
#include "engine/core/cancel.h"
#include "engine/session/reading.h"
#include "tests/engine/golden.h"
#include "tests/engine/installed_gguf.h"

namespace fovea::test {
namespace {

using Ids = std::vector<std::int32_t>;

std::filesystem::path smollm2_reference() {
    return std::filesystem::path(GOLDENS) / "analysis/smollm2.json";
}

class GgufSmolLM2 : public testing::Test {
  protected:
    static std::shared_ptr<const LoadedModel> loaded() {
        static const auto model = [] {
            const auto result = load_folder(smollm2_file());
            EXPECT_TRUE(result.ok()) << result.message();
            return result ? *result : nullptr;
        }();
        return model;
    }
    void SetUp() override {
        if (smollm2_file().empty()) GTEST_SKIP() << no_smollm2;
        if (!std::filesystem::exists(smollm2_reference()))
            GTEST_SKIP() << "the reference data is not beside this clone";
        ASSERT_NE(loaded(), nullptr);
        reference_ = read_json(smollm2_reference());
    }

    std::shared_ptr<const Trace> trace_of(const Ids& ids) const {
        const auto trace = run(*loaded()->model, {ids, {}}, nullptr, {});
        EXPECT_TRUE(trace.ok()) << trace.message();
        return *trace;
    }
    /// Of the token that follows the last one.
    static std::vector<double> last_logits(const Trace& trace) {
        const Tensor logits =
            fovea::logits(*loaded()->model, trace, trace.length() - 1, trace.length());
        return {logits.values().begin(), logits.values().end()};
    }

    nlohmann::json reference_;
};

TEST_F(GgufSmolLM2, HasTheShapeThatTheReferenceHas) {
    const Model& model = *loaded()->model;
    EXPECT_EQ(model.layers(), reference_["layers"]);
    EXPECT_EQ(model.heads(), reference_["heads"]);
    EXPECT_EQ(loaded()->tokenizer->vocabulary_size(), reference_["vocabulary"]);
    EXPECT_TRUE(loaded()->warnings.empty()) << loaded()->warnings[0];
}

TEST_F(GgufSmolLM2, ReadsTextAsTheReferenceDoes) {
    for (const auto& prompt : reference_["prompts"]) {
        const auto tokens = loaded()->tokenizer->encode(prompt["text"].get<std::string>(), true);
        ASSERT_TRUE(tokens.ok()) << tokens.message();
        Ids ids;
        for (const Token& token : *tokens)
            ids.push_back(token.id);
        EXPECT_EQ(ids, prompt["ids"].get<Ids>()) << prompt["text"];
    }
}

TEST_F(GgufSmolLM2, HasTheReferencesFiveLikeliestTokens) {
    double worst_logit = 0, worst_probability = 0;
    for (const auto& prompt : reference_["prompts"]) {
        const std::string text = prompt["text"];
        SCOPED_TRACE(text);
        const std::vector<double> logits = last_logits(*trace_of(prompt["ids"]));
        const double largest = *std::max_element(logits.begin(), logits.end());
        double sum = 0;
        for (const double logit : logits)
            sum += std::exp(logit - largest);
        std::vector<size_t> order(logits.size());
        for (size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                          [&](size_t a, size_t b) { return logits[a] > logits[b]; });
        for (size_t i = 0; i < 5; ++i) {
            const auto& wanted = prompt["top5"][i];
            EXPECT_EQ(order[i], wanted["id"]);
            const double logit = logits[order[i]];
            const double logit_error = std::abs(logit - wanted["logit"].get<double>()) / largest;
            const double probability_error =
                std::abs(std::exp(logit - largest) / sum - wanted["probability"].get<double>());
            EXPECT_LE(logit_error, 1e-4);
            EXPECT_LE(probability_error, 1e-4);
            worst_logit = std::max(worst_logit, logit_error);
            worst_probability = std::max(worst_probability, probability_error);
        }
    }
    fmt::print("worst logit {:.1e} of the largest, worst probability {:.1e}\n", worst_logit,
               worst_probability);
}

// Of the first sentence that Fovea shows: the answer, and by how much it beats the other name.
TEST_F(GgufSmolLM2, PrefersTheIndirectObjectAsTheReferenceDoes) {
    const auto& wanted = reference_["attribution"];
    const std::vector<double> logits = last_logits(*trace_of(wanted["ids"]));
    const double y =
        logits[wanted["target"].get<size_t>()] - logits[wanted["versus"].get<size_t>()];
    EXPECT_NEAR(y, wanted["y"].get<double>(), 1e-4 * wanted["y"].get<double>());
}

// nostalgebraist 2020: what would be said after each layer, and where the answer stands there. A
// rank may differ by the entries whose logits lie closer together than floats tell.
TEST_F(GgufSmolLM2, SaysAfterEachLayerWhatTheReferenceDoes) {
    const auto& wanted = reference_["lens"];
    ReadingRequest request;
    request.model = loaded();
    request.text = wanted["text"].get<std::string>();
    const auto reading = read(request, nullptr, {});
    ASSERT_TRUE(reading.ok()) << reading.message();
    Parameters parameters;
    parameters.position = wanted["position"].get<Index>();
    parameters.target = wanted["target"].get<std::int32_t>();
    parameters.versus = wanted["versus"].get<std::int32_t>();
    parameters.own["tokens"] = "position";
    const auto found =
        analyse(*analysis_by_name("lens"), {*reading, nullptr, true, Part::self}, parameters, {});
    ASSERT_TRUE(found.ok()) << found.message();
    const auto& curves = std::get<finding::Series>(found->find("rank")->kind);
    const auto& layers = wanted["layers"];
    ASSERT_EQ(curves.lines.at(0).values.size(), layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
        const auto near = [&](const finding::Series::Line& line, const char* key) {
            const double rank = layers[i][key].get<double>() + 1;
            EXPECT_NEAR(line.values[i], rank, 1e-3 * rank) << key << " after " << i << " layers";
        };
        near(curves.lines.at(0), "rank");
        near(curves.lines.at(1), "rank_versus");
        for (const FoundArray& array : found->arrays)
            if (array.name == fmt::format("lens.{}", i)) {
                std::vector<float> row(static_cast<size_t>(array.shape[1]));
                array.fill(0, 1, row.data());
                EXPECT_NEAR(row[static_cast<size_t>(*parameters.target)],
                            layers[i]["log_probability"].get<double>(), 5e-3)
                    << i;
                EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), layers[i]["top"])
                    << i;
            }
    }
}

// Elhage et al. 2021, Olsson et al. 2022: the mean weight on the key that a head of that kind looks
// at. The text is fifty tokens, twice.
TEST_F(GgufSmolLM2, HeadsRepeatThemselvesAsTheReferencesDo) {
    const auto& wanted = reference_["repeated"];
    const auto period = wanted["period"].get<Index>();
    const auto trace = trace_of(wanted["ids"]);
    const Index length = 2 * period;
    ASSERT_EQ(trace->length(), length);
    double worst = 0;
    for (Index l = 0; l < loaded()->model->layers(); ++l)
        for (Index h = 0; h < loaded()->model->heads(); ++h) {
            const LayerTrace& layer = *trace->layers[static_cast<size_t>(l)];
            const Tensor map = head_map(layer, h, Quantity::weights, whole_map(layer));
            const auto mean = [&](Index first, auto key) {
                double sum = 0;
                for (Index i = first; i < length; ++i)
                    sum += map.data()[i * length + key(i)];
                return sum / static_cast<double>(length - first);
            };
            const auto expect = [&](const char* kind, double score) {
                const double difference = std::abs(
                    score -
                    wanted[kind][static_cast<size_t>(l)][static_cast<size_t>(h)].get<double>());
                EXPECT_LE(difference, 1e-4) << kind << ", layer " << l << " head " << h;
                worst = std::max(worst, difference);
            };
            expect("previous", mean(1, [](Index i) { return i - 1; }));
            expect("duplicate", mean(period, [&](Index i) { return i - period; }));
            expect("induction", mean(period, [&](Index i) { return i - period + 1; }));
            expect("first", mean(1, [](Index) { return Index{0}; }));
        }
    fmt::print("worst score of a head: {:.1e} away\n", worst);
}

}  // namespace
}  // namespace fovea::test
