// Two sentences read as one: the tokenizer's template, the token types, and what is reused.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/trace/head_map.h"
#include "golden.h"
#include "must_have.h"
#include "small_model.h"
#include "tokenizer_golden.h"

namespace fovea::test {
namespace {

using nlohmann::json;
using Types = std::vector<std::int32_t>;

TEST(PairTemplate, EveryPostProcessorJoinsAsTheReferenceDoes) {
    for (const json& entry : read_json(std::string(TEST_DATA) + "/tokenizers/pairs.json")) {
        SCOPED_TRACE(entry["name"]);
        const auto tokenizer = Tokenizer::parse(entry["tokenizer"].dump(), "pairs.json");
        ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
        ASSERT_TRUE((*tokenizer)->has_pairs());
        for (const bool special : {true, false}) {
            const auto tokens = (*tokenizer)
                                    ->encode_pair(entry["text"].get<std::string>(),
                                                  entry["pair"].get<std::string>(), special);
            ASSERT_TRUE(tokens.ok()) << tokens.message();
            json ids = json::array(), types = ids, spans = ids, sentences = ids;
            for (const Token& token : *tokens) {
                ids.push_back(token.id);
                types.push_back(token.type);
                spans.push_back({token.begin, token.end});
                sentences.push_back(token.special ? -1 : token.of_pair ? 1 : 0);
            }
            const json& golden = entry[special ? "with" : "without"];
            EXPECT_EQ(ids, golden["ids"]);
            EXPECT_EQ(types, golden["types"]);
            EXPECT_EQ(spans, golden["spans"]);
            EXPECT_EQ(sentences, golden["sentences"]);
        }
    }
}

TEST(PairTemplate, NoneIsASentence) {
    const auto loaded = small_model("gpt2");
    EXPECT_FALSE(loaded->tokenizer->has_pairs());
    ReadingRequest request;
    request.model = loaded;
    request.text = "w10";
    request.pair = "w11";
    const auto reading = read(request, nullptr, {});
    ASSERT_FALSE(reading.ok());
    EXPECT_EQ(reading.message(),
              "gpt2 takes no second sentence: its tokenizer has no template for pairs");
}

class BertPair : public testing::Test {
  protected:
    std::shared_ptr<const Trace> run_with(const Types& types, const Trace* previous = nullptr) {
        return must_run(*loaded->model, {golden["ids"], {}, {}, types}, previous);
    }
    static Tensor map(const Trace& trace, size_t layer, Index head) {
        const LayerTrace& source = *trace.layers[layer];
        return head_map(source, head, Quantity::weights, whole_map(source));
    }
    void expect_golden(const Trace& trace) const {
        const Index n = trace.length();
        for (size_t layer = 0; layer < golden["attentions"].size(); ++layer) {
            const auto weights = golden["attentions"][layer].get<std::vector<float>>();
            for (Index head = 0; head < 4; ++head) {
                const std::span<const float> wanted(weights.data() + head * n * n,
                                                    static_cast<size_t>(n * n));
                EXPECT_LE(largest_difference(map(trace, layer, head).values(), wanted), 1e-5)
                    << layer << " " << head;
            }
        }
        const auto last = golden["last_hidden_state"].get<std::vector<float>>();
        EXPECT_LE(largest_difference(trace.hidden_states.back()->values(), last), 2e-5);
    }

    const json golden = read_json(std::string(TEST_DATA) + "/models/bert/pair.json");
    const Types types = golden["token_types"];
    const std::shared_ptr<const LoadedModel> loaded = small_model("bert");
};

TEST_F(BertPair, TokenTypesAreTheReferences) {
    expect_golden(*run_with(types));
}

TEST_F(BertPair, APassReusesNothingOfOtherTypes) {
    const auto plain = run_with({});
    EXPECT_GT(largest_difference(map(*plain, 0, 0).values(), map(*run_with(types), 0, 0).values()),
              1e-2);
    expect_golden(*run_with(types, plain.get()));
    const auto again = run_with(Types(types.size(), 0), run_with(types).get());
    EXPECT_EQ(again->token_types, Types());
    EXPECT_EQ(largest_difference(map(*plain, 2, 3).values(), map(*again, 2, 3).values()), 0);
    // Of the same types all is reused.
    const auto typed = run_with(types);
    EXPECT_EQ(run_with(types, typed.get())->layers.front(), typed->layers.front());
}

TEST_F(BertPair, TypesThatTheModelDoesNotHaveAreRefused) {
    const auto message = [](const LoadedModel& model, const Types& types) {
        const auto trace = run(*model.model, {{5, 6, 7}, {}, {}, types}, nullptr, {});
        return trace.ok() ? "" : trace.message();
    };
    EXPECT_EQ(message(*loaded, {0, 1, 2}), "token type 2 is out of range: bert has 2");
    EXPECT_EQ(message(*loaded, {0, 1}), "2 token types for 3 tokens");
    EXPECT_EQ(message(*small_model("gpt2"), {0, 1, 1}), "gpt2 has no token types");
}

TEST_F(BertPair, AReadingOfBothSentences) {
    ReadingRequest request;
    request.model = loaded;
    request.text = "w10 w11";
    // As transformers reads tokenizer("w10 w11", ""), and tokenizer("w10 w11", " ").
    request.pair = "";
    EXPECT_EQ((*read(request, nullptr, {}))->original->ids, (Types{1, 10, 11, 2}));
    request.pair = " ";
    EXPECT_EQ((*read(request, nullptr, {}))->original->ids, (Types{1, 10, 11, 2, 2}));
    request.pair = "w12";
    const auto reading = *read(request, nullptr, {});
    EXPECT_EQ(reading->original->ids, (Types{1, 10, 11, 2, 12, 2}));
    EXPECT_EQ(reading->original->token_types, (Types{0, 0, 0, 0, 1, 1}));
    EXPECT_EQ(reading->labels[4], "w12");
    EXPECT_EQ(reading->typed(reading->tokens[4]), "w12");
    // What is read anew is what changed: of other types nothing is the same.
    request.special_tokens = false;
    const auto bare = *read(request, reading.get(), {});
    EXPECT_EQ(bare->original->ids, (Types{10, 11, 12}));
    EXPECT_EQ(bare->original->token_types, (Types{0, 0, 1}));
    request.pair.reset();
    request.text = "w10 w11 w12";
    const auto single = *read(request, bare.get(), {});
    EXPECT_EQ(single->original->ids, bare->original->ids);
    EXPECT_NE(single->original, bare->original);
    EXPECT_EQ(single->original->token_types, Types());
}

TEST_F(BertPair, TooLongItLosesTheEndOfTheSecondFirst) {
    ReadingRequest request;
    request.model = loaded;
    request.text = words(10);
    request.pair = words(200);
    const auto reading = *read(request, nullptr, {});
    EXPECT_EQ(static_cast<Index>(reading->tokens.size()), loaded->model->context());
    EXPECT_FALSE(reading->cut_at);
    ASSERT_TRUE(reading->pair_cut_at);
    EXPECT_EQ(reading->tokens_cut, 10 + 200 + 3 - loaded->model->context());
    EXPECT_TRUE(reading->tokens.back().special);
    request.text = words(200);
    request.pair = "w10";
    const auto both = *read(request, nullptr, {});
    EXPECT_EQ(static_cast<Index>(both->tokens.size()), loaded->model->context());
    EXPECT_TRUE(both->cut_at);
    EXPECT_EQ(both->pair_cut_at, 0u);
}

}  // namespace
}  // namespace fovea::test
