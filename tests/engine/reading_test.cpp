#include "engine/session/reading.h"

#include <gtest/gtest.h>

#include "must_have.h"
#include "small_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

ReadingRequest request_for(const std::string& model, const std::string& text) {
    ReadingRequest request;
    request.model = small_model(model);
    request.text = text;
    return request;
}

TEST(Reading, TokensSpansAndTrace) {
    const auto reading = must_read(request_for("bert", "w10 w11"));
    ASSERT_TRUE(reading);
    ASSERT_EQ(reading->tokens.size(), 4u);
    EXPECT_EQ(reading->original->ids, (std::vector<std::int32_t>{1, 10, 11, 2}));
    EXPECT_TRUE(reading->tokens[0].special);
    EXPECT_EQ(reading->tokens[2].begin, 4u);
    EXPECT_EQ(reading->tokens[2].end, 7u);
    EXPECT_EQ(reading->labels[1], "w10");
    EXPECT_EQ(reading->edited, nullptr);
    EXPECT_EQ(&reading->shown(true), reading->original.get());
    EXPECT_EQ(reading->original->layers.size(), 3u);
    EXPECT_TRUE(reading->predictions.empty());  // nothing is masked
}

TEST(Reading, AnEmptySentenceSaysSo) {
    for (const char* text : {"", "   ", "\n"}) {
        const auto reading = read(request_for("bert", text), nullptr, {});
        ASSERT_FALSE(reading.ok());
        EXPECT_EQ(reading.message(), "the sentence is empty");
    }
}

TEST(Reading, ALongSentenceIsCutAndSaysWhere) {
    auto request = request_for("bert", words(200));
    const auto reading = must_read(request);
    ASSERT_TRUE(reading);
    ASSERT_EQ(reading->tokens.size(), 128u);
    EXPECT_EQ(reading->tokens.back().id, 2);  // [SEP] stays at the end
    EXPECT_EQ(reading->tokens_cut, 202 - 128);
    ASSERT_TRUE(reading->cut_at);
    EXPECT_EQ(request.text.substr(0, *reading->cut_at), words(126) + " ");
    request.strict = true;
    const auto refused = read(request, nullptr, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.message().find("202 tokens"), std::string::npos);
}

TEST(Reading, EditsKeepTheOriginalBesideThem) {
    auto request = request_for("gpt2", "w10 w11 w12 w13");
    const auto plain = must_read(request);
    request.edits.temperatures.push_back({{1, 0}, 0.25f});
    const auto edited = must_read(request, plain.get());
    ASSERT_TRUE(edited && edited->edited);
    EXPECT_EQ(edited->original, plain->original);
    EXPECT_FALSE(edited->edited->picture_only);
    ASSERT_EQ(edited->predictions.size(), 10u);
    EXPECT_EQ(edited->prediction_position, 3);
    // The table's "without" column is what the unedited reading says of the same tokens.
    for (const auto& line : edited->predictions) {
        for (const auto& own : plain->predictions) {
            if (own.id != line.id) continue;
            EXPECT_FLOAT_EQ(own.with_edits.probability, line.without.probability);
        }
    }
    request.picture_only = true;
    const auto picture = must_read(request, edited.get());
    ASSERT_TRUE(picture && picture->edited);
    EXPECT_TRUE(picture->edited->picture_only);
    // Layers that no edit touches are the original's; the touched one shows the new temperature as
    // the full pass does, since its input is the same; the layer behind it does not follow.
    EXPECT_EQ(picture->edited->layers[0], picture->original->layers[0]);
    EXPECT_EQ(picture->edited->layers[2], picture->original->layers[2]);
    for (Index i = 0; i < 4; ++i)
        EXPECT_NEAR(picture->edited->scores(1).log_sum_exp(0, i, 0.25f),
                    edited->edited->scores(1).log_sum_exp(0, i, 0.25f), 1e-5);
    for (const auto& line : picture->predictions)
        EXPECT_EQ(line.with_edits, line.without);
}

/// Rows that are kept from key to key, under edits as well, change nothing.
TEST(Reading, TypingUnderEditsIsReadingAfresh) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.edits = *parse_edits(
        R"({"temperature": [{"value": 2, "layer": 0, "head": 1}], "block": [{"key": 2}]})", "e");
    std::shared_ptr<const Reading> typed;
    for (int count = 4; count < 12; ++count) {
        request.text = words(count);
        const auto reading = read(request, typed.get(), {});
        ASSERT_TRUE(reading.ok()) << reading.message();
        typed = *reading;
    }
    const auto afresh = read(request, nullptr, {});
    ASSERT_TRUE(afresh.ok());
    for (const bool edits : {false, true}) {
        const Trace &a = typed->shown(edits), &b = (*afresh)->shown(edits);
        ASSERT_EQ(a.ids, b.ids);
        for (size_t i = 0; i < a.hidden_states.size(); ++i)
            for (Index j = 0; j < a.hidden_states[i]->size(); ++j)
                ASSERT_NEAR(a.hidden_states[i]->data()[j], b.hidden_states[i]->data()[j], 1e-4)
                    << edits << " state " << i;
    }
    ASSERT_EQ(typed->predictions.size(), (*afresh)->predictions.size());
    for (size_t i = 0; i < typed->predictions.size(); ++i)
        EXPECT_EQ(typed->predictions[i].id, (*afresh)->predictions[i].id);
}

TEST(Reading, AMaskTokenIsFilled) {
    const auto reading = must_read(request_for("bert", "w10 [MASK] w12"));
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->prediction_position, 2);
    EXPECT_EQ(reading->predictions.size(), 10u);
    for (size_t i = 1; i < reading->predictions.size(); ++i)
        EXPECT_GE(reading->predictions[i - 1].with_edits.probability,
                  reading->predictions[i].with_edits.probability);
}

TEST(Reading, TheModelsOwnLogitsStandWhileEditsChange) {
    auto request = request_for("gpt2", "w10 w11 w12");
    const auto plain = must_read(request);
    ASSERT_TRUE(plain && plain->own_logits);
    request.edits.temperatures = {{{}, 2.0f}};
    const auto edited = must_read(request, plain.get());
    ASSERT_TRUE(edited);
    EXPECT_EQ(edited->own_logits, plain->own_logits);
    const auto afresh = must_read(request);
    ASSERT_EQ(edited->predictions.size(), afresh->predictions.size());
    for (size_t i = 0; i < afresh->predictions.size(); ++i) {
        EXPECT_EQ(edited->predictions[i].id, afresh->predictions[i].id);
        EXPECT_FLOAT_EQ(edited->predictions[i].without.probability,
                        afresh->predictions[i].without.probability);
    }
    // Elsewhere, and in another sentence, they are others.
    request.prediction_position = 1;
    const auto earlier = must_read(request, edited.get());
    ASSERT_TRUE(earlier);
    EXPECT_NE(earlier->own_logits, plain->own_logits);
    request.text = "w10 w11 w13";
    const auto other = must_read(request, earlier.get());
    ASSERT_TRUE(other);
    EXPECT_NE(other->own_logits, earlier->own_logits);
}

TEST(Reading, PredictionsAreThoseOfAReadingAfreshWhateverCameBefore) {
    auto request = request_for("gpt2", "w10 w11 w12");
    const auto with = [&](std::vector<TemperatureEdit> temperatures, bool picture_only,
                          Index count) {
        request.edits.temperatures = std::move(temperatures);
        request.picture_only = picture_only;
        request.prediction_count = count;
    };
    std::shared_ptr<const Reading> before;
    const auto expect_as_afresh = [&](const char* step) {
        const auto reading = must_read(request, before.get()), afresh = must_read(request);
        ASSERT_EQ(reading->predictions.size(), afresh->predictions.size()) << step;
        for (size_t i = 0; i < afresh->predictions.size(); ++i) {
            EXPECT_EQ(reading->predictions[i].id, afresh->predictions[i].id) << step;
            EXPECT_EQ(reading->predictions[i].with_edits, afresh->predictions[i].with_edits)
                << step;
            EXPECT_EQ(reading->predictions[i].without, afresh->predictions[i].without) << step;
        }
        before = reading;
    };
    const std::vector<TemperatureEdit> hot = {{{}, 4.0f}}, cold = {{{}, 0.1f}};
    with({}, false, 10), expect_as_afresh("plain");
    with(hot, true, 10), expect_as_afresh("picture only");
    with(cold, true, 10), expect_as_afresh("another picture");
    with(cold, true, 3), expect_as_afresh("fewer");
    with(cold, false, 3), expect_as_afresh("through the model");
    with(hot, false, 3), expect_as_afresh("hotter through the model");
    with(hot, true, 3), expect_as_afresh("picture only again");
    with({}, false, 3), expect_as_afresh("plain again");
}

TEST(Reading, AnEditOfATokenThatIsGoneIsLeftOut) {
    auto request = request_for("gpt2", "w10 w11");
    request.edits.blocks.push_back({{}, {}, 5});
    EXPECT_TRUE(must_read(request));
    request.strict = true;
    const auto refused = read(request, nullptr, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.message(), "key 5 is out of range: there are 2 tokens");
}

TEST(Reading, AModelsFileThatLosesItsEndIsAnErrorAndNoCrash) {
    const TemporaryFolder folder;
    put_small_model(folder.path(), "gpt2");
    ReadingRequest request;
    const auto loaded = load_folder(folder.path());
    ASSERT_TRUE(loaded) << loaded.message();
    request.model = *loaded;
    request.text = "w10 w11 w12";
    const auto before = must_read(request);
    std::filesystem::resize_file(folder.path() / "model.safetensors", 5000);
    request.text = "w10 w11 w13";
    const auto after = read(request, before.get(), {});
    ASSERT_FALSE(after);
    EXPECT_NE(after.message().find("model.safetensors: has become shorter while it was in use"),
              std::string::npos)
        << after.message();
}

TEST(Reading, IdsWithoutATokenizer) {
    auto loaded = std::make_shared<LoadedModel>(*small_model("gpt2"));
    loaded->tokenizer = nullptr;
    ReadingRequest request;
    request.model = loaded;
    const auto reading = read_ids({4, 5, 6}, request, nullptr, {});
    ASSERT_TRUE(reading.ok()) << reading.message();
    EXPECT_EQ((*reading)->labels, (std::vector<std::string>{"4", "5", "6"}));
    EXPECT_FALSE(read(request, nullptr, {}).ok());
}

}  // namespace
}  // namespace fovea::test
