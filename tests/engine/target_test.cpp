// Encoder-decoders: a target that is typed, given as ids, or written by the model.
#include <gtest/gtest.h>

#include "engine/session/id_tokens.h"
#include "golden.h"
#include "must_have.h"
#include "small_model.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

TEST(Target, TypedBeginsWithTheStartToken) {
    ReadingRequest request;
    request.model = small_model("t5");
    request.text = words(6);
    request.target = "w20 w30";
    const auto reading = must_read(request);
    ASSERT_TRUE(reading);
    EXPECT_EQ(ids_of(reading->target_tokens), (std::vector<std::int32_t>{0, 20, 30}));
    EXPECT_FALSE(reading->target_written);
    EXPECT_EQ(reading->original->part, Part::decoder);
    const Projections& cross = reading->shown(true, Part::cross).projections(0);
    EXPECT_EQ(cross.queries, 3);
    EXPECT_EQ(cross.keys, 6);
    EXPECT_EQ(reading->query_labels(Part::cross).size(), 3u);
    EXPECT_EQ(reading->key_labels(Part::cross).size(), 6u);
    EXPECT_EQ(reading->query_labels(Part::encoder).size(), 6u);
    // The next target token, not the next source token.
    EXPECT_EQ(reading->prediction_position, 2);
}

/// By definition: each written token is the likeliest under the logits of those before it.
TEST(Target, WrittenIsTheLikeliestEachTime) {
    ReadingRequest request;
    request.model = small_model("bart");
    request.text = words(5);
    const auto reading = must_read(request);
    ASSERT_TRUE(reading);
    EXPECT_TRUE(reading->target_written);
    const auto written = ids_of(reading->target_tokens);
    ASSERT_GT(written.size(), 2u);
    EXPECT_EQ(written[0], 2);
    const Model& model = *request.model->model;
    const auto source = ids_of(reading->tokens);
    for (size_t n = 1; n < written.size(); ++n) {
        const std::vector<std::int32_t> before(written.begin(),
                                               written.begin() + static_cast<Index>(n));
        const auto trace = run(model, {source, {}, before}, nullptr, {});
        ASSERT_TRUE(trace.ok());
        const auto last = static_cast<Index>(n) - 1;
        auto row = logits(model, **trace, last, last + 1);
        row.data()[1] = -1e30f;  // padding is never written
        EXPECT_EQ(top_ids(row.values(), 1)[0], written[n]) << n;
    }
    // The same sentence again keeps what was written; another does not.
    const auto again = must_read(request, reading.get());
    EXPECT_EQ(again->original, reading->original);
    request.text = words(4);
    const auto other = must_read(request, reading.get());
    EXPECT_NE(other->original, reading->original);
}

TEST(Target, RefusedWhereThereIsNoDecoder) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.text = words(3);
    request.target = "w20";
    const auto reading = read(request, nullptr, {});
    ASSERT_FALSE(reading.ok());
    EXPECT_NE(reading.message().find("takes no target"), std::string::npos);
}

TEST(Target, EditsOfOnePartLeaveTheOthersAlone) {
    ReadingRequest request;
    request.model = small_model("bart");
    request.text = words(7);
    request.target = "w20 w30 w40";
    const auto plain = must_read(request);
    const auto edited = [&](const char* json) {
        request.edits = *parse_edits(json, "edits");
        return must_read(request, plain.get());
    };
    const auto differs = [&](const Reading& reading, Part part) {
        const Trace& own = reading.shown(false, part);
        const Trace& shown = reading.shown(true, part);
        const auto last = own.layers.size() - 1;
        return largest_difference(own.layers[last]->scores->log_sum.values(),
                                  shown.layers[last]->scores->log_sum.values()) > 1e-6;
    };
    const auto cross = edited(R"({"temperature": [{"value": 3, "layer": 1, "part": "cross"}]})");
    EXPECT_FALSE(differs(*cross, Part::encoder));
    EXPECT_FALSE(differs(*cross, Part::decoder));  // nothing of the decoder's comes after it
    EXPECT_TRUE(differs(*cross, Part::cross));
    EXPECT_EQ(cross->edited->encoder->hidden_states, plain->original->encoder->hidden_states);

    const auto decoder = edited(R"({"ablate": [{"layer": 0, "head": 1, "part": "decoder"}]})");
    EXPECT_FALSE(differs(*decoder, Part::encoder));
    EXPECT_TRUE(differs(*decoder, Part::decoder));
    EXPECT_TRUE(differs(*decoder, Part::cross));

    const auto encoder = edited(R"({"block": [{"key": 3, "part": "encoder"}]})");
    EXPECT_TRUE(differs(*encoder, Part::encoder));
    EXPECT_TRUE(differs(*encoder, Part::decoder));
    EXPECT_TRUE(differs(*encoder, Part::cross));

    // A whole source token that no target token may look at.
    const auto blocked = edited(R"({"block": [{"key": 3, "part": "cross"}]})");
    const LayerTrace& layer = *blocked->shown(true, Part::cross).layers[0];
    const Tensor map = head_map(layer, 2, Quantity::weights, whole_map(layer));
    for (Index i = 0; i < map.extent(0); ++i) {
        double sum = 0;
        for (Index j = 0; j < map.extent(1); ++j)
            sum += map.at(i, j);
        EXPECT_EQ(map.at(i, 3), 0);
        EXPECT_NEAR(sum, 1, 1e-5);
    }
}

/// The model that writes phonemes: its alphabets are in its config, and what it writes is what the
/// reference wrote.
TEST(Target, LettersToPhonemes) {
    const fs::path folder = fs::path(GOLDENS) / "models/misaki-bart-us";
    if (!fs::exists(folder)) GTEST_SKIP() << "the reference data is not beside this clone";
    const auto loaded = load_folder(folder);
    ASSERT_TRUE(loaded.ok()) << loaded.message();
    for (const auto& entry : read_json(folder / "golden.json")) {
        ReadingRequest request;
        request.model = *loaded;
        request.text = entry["text"];
        const auto reading = must_read(request);
        ASSERT_TRUE(reading);
        EXPECT_EQ(ids_of(reading->tokens), entry["ids"].get<std::vector<std::int32_t>>());
        EXPECT_EQ(ids_of(reading->target_tokens),
                  entry["decoder_ids"].get<std::vector<std::int32_t>>());
        // Typed again, the same phonemes are the same target.
        request.target = reading->target_text;
        const auto typed = must_read(request);
        ASSERT_TRUE(typed);
        EXPECT_EQ(ids_of(typed->target_tokens), ids_of(reading->target_tokens))
            << reading->target_text;
    }
}

}  // namespace
}  // namespace fovea::test
