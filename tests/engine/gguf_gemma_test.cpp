// Gemma 3 270M as a Q4_K_M file against two other implementations on the same file
// (tests/data/gemma3-270m-q4_k_m: transformers in float32, llama.cpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/cancel.h"
#include "engine/session/reading.h"
#include "tests/engine/golden.h"
#include "tests/engine/installed_gguf.h"

namespace fovea::test {
namespace {

using Ids = std::vector<std::int32_t>;

class GgufGemma : public testing::Test {
  protected:
    static std::shared_ptr<const LoadedModel> loaded() {
        static const auto model = [] {
            const auto result = load_folder(gemma_file());
            EXPECT_TRUE(result.ok()) << result.message();
            return result ? *result : nullptr;
        }();
        return model;
    }
    void SetUp() override {
        if (gemma_file().empty()) GTEST_SKIP() << no_gemma;
        ASSERT_NE(loaded(), nullptr);
    }
    static nlohmann::json texts_of(const char* name) {
        const auto texts =
            read_json(std::string(TEST_DATA) + "/gemma3-270m-q4_k_m/" + name)["texts"];
        EXPECT_EQ(texts.size(), 3u);
        return texts;
    }

    static std::shared_ptr<const Trace> trace_of(const Ids& ids, const Trace* previous = nullptr) {
        const auto trace = run(*loaded()->model, {ids, {}}, previous, {});
        EXPECT_TRUE(trace.ok()) << trace.message();
        return *trace;
    }
    static Tensor last_logits(const Trace& trace) {
        return logits(*loaded()->model, trace, trace.length() - 1, trace.length());
    }
    static std::int32_t likeliest(const Tensor& logits) {
        const auto values = logits.values();
        return static_cast<std::int32_t>(std::max_element(values.begin(), values.end()) -
                                         values.begin());
    }
    /// The likeliest token again and again.
    static Ids continuation(Ids ids, size_t count) {
        Ids written;
        std::shared_ptr<const Trace> trace;
        for (size_t i = 0; i < count; ++i) {
            trace = trace_of(ids, trace.get());
            written.push_back(likeliest(last_logits(*trace)));
            ids.push_back(written.back());
        }
        return written;
    }
};

TEST_F(GgufGemma, ReadsTextAsTheReferenceDoes) {
    for (const auto& entry : texts_of("golden.json")) {
        const auto tokens = loaded()->tokenizer->encode(entry["text"].get<std::string>(), true);
        ASSERT_TRUE(tokens.ok()) << tokens.message();
        Ids ids;
        for (const Token& token : *tokens)
            ids.push_back(token.id);
        EXPECT_EQ(ids, entry["ids"].get<Ids>());
    }
}

TEST_F(GgufGemma, AgreesWithTransformersInFloat32) {
    double worst_logit = 0, worst_attention = 0;
    for (const auto& entry : texts_of("golden.json")) {
        const std::string text = entry["text"];
        SCOPED_TRACE(text);
        const auto trace = trace_of(entry["ids"]);
        const Tensor logits = last_logits(*trace);
        const double scale = entry["largest_logit"];
        const auto compare = [&](size_t id, double wanted) {
            const double difference = std::abs(logits.data()[id] - wanted) / scale;
            EXPECT_LE(difference, 1e-3) << "token " << id;
            worst_logit = std::max(worst_logit, difference);
        };
        for (size_t i = 0; i < entry["top_ids"].size(); ++i)
            compare(entry["top_ids"][i], entry["top_logits"][i]);
        for (size_t i = 0; i < entry["logits"].size(); ++i)
            compare(i * entry["logits_step"].get<size_t>(), entry["logits"][i]);
        EXPECT_EQ(likeliest(logits), entry["top_ids"][0]);
        for (const auto& row : entry["attention"]) {
            const LayerTrace& layer = *trace->layers[row["layer"].get<size_t>()];
            const Tensor map = head_map(layer, row["head"], Quantity::weights, whole_map(layer));
            const auto wanted = row["last_row"].get<std::vector<float>>();
            const double difference = largest_difference(map.values().last(wanted.size()), wanted);
            EXPECT_LE(difference, 1e-4) << "layer " << row["layer"] << " head " << row["head"];
            worst_attention = std::max(worst_attention, difference);
        }
    }
    fmt::print("worst logit {:.1e} of the largest, worst attention weight {:.1e}\n", worst_logit,
               worst_attention);
}

TEST_F(GgufGemma, WritesWhatTheReferenceWrites) {
    const auto reference = texts_of("golden.json");
    const auto other = texts_of("llama_cpp.json");
    for (size_t t = 0; t < reference.size(); ++t) {
        const Ids wanted = reference[t]["continuation_ids"];
        const Ids written = continuation(reference[t]["ids"], wanted.size());
        EXPECT_EQ(written, wanted) << reference[t]["text"];
        if (other[t]["continuation_ids"].get<Ids>() != written) continue;
        std::string text;
        for (const std::int32_t id : written)
            text += loaded()->tokenizer->piece(id);
        EXPECT_EQ(text, other[t]["continuation"].get<std::string>());
    }
}

// llama.cpp rounds activations to eight bits before each product; transformers, which does not, is
// as far from it.
TEST_F(GgufGemma, AgreesWithLlamaCppAsCloselyAsItsRoundingLets) {
    const auto reference = texts_of("golden.json");
    const auto other = texts_of("llama_cpp.json");
    ASSERT_EQ(other.size(), reference.size());
    double worst = 0;
    for (size_t t = 0; t < other.size(); ++t) {
        const std::string text = other[t]["text"];
        SCOPED_TRACE(text);
        const Tensor logits = last_logits(*trace_of(reference[t]["ids"]));
        const auto values = logits.values();
        const double largest = *std::max_element(values.begin(), values.end());
        double sum = 0;
        for (const float value : values)
            sum += std::exp(value - largest);
        EXPECT_EQ(likeliest(logits), other[t]["top_ids"][0]);
        for (size_t i = 0; i < 10; ++i) {
            const double own =
                values[other[t]["top_ids"][i].get<size_t>()] - largest - std::log(sum);
            const double difference =
                std::abs(own - other[t]["top_log_probabilities"][i].get<double>());
            EXPECT_LE(difference, 0.5) << "token " << other[t]["top_ids"][i];
            worst = std::max(worst, difference);
        }
    }
    fmt::print("worst log-probability of the ten likeliest tokens: {:.2f} away\n", worst);
}

}  // namespace
}  // namespace fovea::test
