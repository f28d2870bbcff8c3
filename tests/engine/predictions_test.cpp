// What a reading says of the vocabulary, against a softmax in double that anybody can read.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/session/reading.h"
#include "engine/session/vocabulary_index.h"
#include "must_have.h"
#include "small_model.h"

namespace fovea::test {
namespace {

struct BruteForce {
    double log_probability;
    Index rank;
};

BruteForce brute_force(std::span<const float> logits, std::int32_t id) {
    const auto at = static_cast<size_t>(id);
    double sum = 0;
    Index rank = 1;
    for (size_t i = 0; i < logits.size(); ++i) {
        sum += std::exp(static_cast<double>(logits[i]) - 10);
        if (logits[i] > logits[at] || (logits[i] == logits[at] && i < at)) ++rank;
    }
    return {static_cast<double>(logits[at]) - 10 - std::log(sum), rank};
}

void expect_standing(const Standing& standing, std::span<const float> logits, std::int32_t id) {
    const BruteForce right = brute_force(logits, id);
    EXPECT_EQ(standing.logit, logits[static_cast<size_t>(id)]) << id;
    EXPECT_EQ(standing.rank, right.rank) << id;
    EXPECT_NEAR(standing.log_probability, right.log_probability,
                1e-6 * std::abs(right.log_probability))
        << id;
    const double probability = std::exp(right.log_probability);
    EXPECT_NEAR(standing.probability, probability, 1e-6 * probability) << id;
}

TEST(Standings, OfEqualLogitsTheSmallerIdIsInFront) {
    const float logits[] = {1, 3, 1, 3, -1e30f, std::nanf(""), 1};
    const std::int32_t ids[] = {6, 0, 3, 1, 5, 4, 2, 3};
    const auto standings = standings_of(std::span(logits).first(5), std::span(ids).subspan(1, 3));
    EXPECT_EQ(standings[0].rank, 3);
    EXPECT_EQ(standings[1].rank, 2);
    EXPECT_EQ(standings[2].rank, 1);
    // NaN counts as the least likely; an id may be asked for twice.
    std::vector<Index> ranks;
    for (const Standing& standing : standings_of(logits, ids))
        ranks.push_back(standing.rank);
    EXPECT_EQ(ranks, (std::vector<Index>{5, 3, 2, 1, 7, 6, 4, 2}));
    EXPECT_TRUE(standings_of(logits, {}).empty());
}

/// In float the difference to the largest logit would be rounded before it is raised.
TEST(Standings, SumsInDouble) {
    std::vector<float> logits(1000);
    for (size_t i = 0; i < logits.size(); ++i)
        logits[i] = 10 + std::sin(static_cast<float>(i)) * 7;
    for (std::int32_t id = 0; id < 1000; ++id)
        expect_standing(standings_of(logits, std::span(&id, 1))[0], logits, id);
}

TEST(Predictions, EveryEntryOfTheVocabularyHasItsStandingWithAndWithoutEdits) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.text = words(6);
    request.edits = *parse_edits(
        R"({"temperature": [{"value": 0.2}], "ablate": [{"layer": 1, "head": 0}]})", "e");
    const auto vocabulary = static_cast<std::int32_t>(request.model->model->vocabulary());
    for (std::int32_t id = 0; id < vocabulary; ++id)
        request.watched.push_back(id);
    request.watched.insert(request.watched.begin(), {-1, vocabulary});
    const auto reading = must_read(request);
    ASSERT_TRUE(reading);
    const Model& model = *request.model->model;
    const Index last = reading->original->length() - 1;
    const Tensor own = logits(model, *reading->original, last, last + 1);
    const Tensor edited = logits(model, *reading->edited, last, last + 1);
    ASSERT_EQ(reading->watched.size(), static_cast<size_t>(vocabulary)) << "others are left out";
    for (std::int32_t id = 0; id < vocabulary; ++id) {
        const PredictionChange& row = reading->watched[static_cast<size_t>(id)];
        EXPECT_EQ(row.id, id);
        expect_standing(row.with_edits, edited.values(), id);
        expect_standing(row.without, own.values(), id);
    }
    // The table is the edited list; what it lost of the model's own is told apart.
    ASSERT_EQ(reading->predictions.size(), 10u);
    for (size_t i = 0; i < 10; ++i)
        EXPECT_EQ(reading->predictions[i].with_edits.rank, static_cast<Index>(i) + 1);
    std::vector<std::int32_t> lost;
    for (std::int32_t id = 0; id < vocabulary; ++id)
        if (brute_force(own.values(), id).rank <= 10 && brute_force(edited.values(), id).rank > 10)
            lost.push_back(id);
    std::vector<std::int32_t> fallen;
    for (const PredictionChange& row : reading->fallen)
        fallen.push_back(row.id);
    ASSERT_FALSE(lost.empty()) << "the edits shall change the list";
    std::sort(fallen.begin(), fallen.end());
    EXPECT_EQ(fallen, lost);

    // A pin is no reason for another pass.
    request.watched = {7};
    const auto pinned = must_read(request, reading.get());
    EXPECT_EQ(pinned->edited, reading->edited);
    EXPECT_EQ(pinned->edited_logits, reading->edited_logits);
    ASSERT_EQ(pinned->watched.size(), 1u);
    expect_standing(pinned->watched[0].with_edits, edited.values(), 7);
}

TEST(Predictions, ATokenIsLookedUpByItsPieceOrItsId) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.text = words(4);
    request.lookup = "W5";
    const auto reading = must_read(request);
    ASSERT_TRUE(reading);
    // "w5" in any case, then "w50" to "w59" and "w500" to "w511", the likelier the earlier.
    EXPECT_EQ(reading->found_count, 1 + 10 + 12);
    ASSERT_EQ(reading->found.size(), 8u);
    EXPECT_EQ(reading->found[0].piece, "w5");
    for (size_t i = 2; i < 8; ++i)
        EXPECT_LT(reading->found[i - 1].with_edits.rank, reading->found[i].with_edits.rank);
    request.lookup = "77";
    const auto number = must_read(request, reading.get());
    ASSERT_EQ(number->found.size(), 1u);
    EXPECT_EQ(number->found[0].id, 77);
    EXPECT_EQ(number->original, reading->original);
    EXPECT_EQ(number->vocabulary, reading->vocabulary) << "made once";
    for (const char* nowhere : {"512", "-1", "x", ""}) {
        request.lookup = nowhere;
        EXPECT_TRUE(must_read(request, number.get())->found.empty()) << nowhere;
    }
}

/// Pieces as given, one an id.
class Pieces final : public Tokenizer {
  public:
    explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
    Result<std::vector<Token>> encode(std::string_view, bool) const override {
        return std::vector<Token>();
    }
    std::string token_text(std::int32_t id) const override { return piece(id); }
    std::optional<std::int32_t> token_id(std::string_view) const override { return std::nullopt; }
    std::string piece(std::int32_t id) const override { return pieces_[static_cast<size_t>(id)]; }
    std::string bytes(std::int32_t id) const override { return piece(id); }
    bool is_special(std::int32_t) const override { return false; }
    std::int32_t vocabulary_size() const override {
        return static_cast<std::int32_t>(pieces_.size());
    }
    std::optional<std::int32_t> mask_id() const override { return std::nullopt; }

  private:
    std::vector<std::string> pieces_;
};

TEST(VocabularyIndex, FindsBeginningsInAnyCaseAndSpacesWhereTheyWereTyped) {
    const Pieces pieces({"or", " or", " Or", "order", "\n", "ÄRA", " ", "2", "\xe4", ""});
    const VocabularyIndex index(&pieces, 12);
    using Kind = VocabularyIndex::Kind;
    const auto find = [&](const char* typed) {
        std::vector<std::pair<std::int32_t, Kind>> found;
        for (const auto& match : index.find(typed))
            found.emplace_back(match.id, match.kind);
        return found;
    };
    using Found = std::vector<std::pair<std::int32_t, Kind>>;
    EXPECT_EQ(find("or"), (Found{{0, Kind::piece},
                                 {1, Kind::piece},
                                 {2, Kind::piece_in_any_case},
                                 {3, Kind::beginning}}));
    EXPECT_EQ(find(" or"), (Found{{1, Kind::piece}, {2, Kind::piece_in_any_case}}));
    EXPECT_EQ(find("är"), (Found{{5, Kind::beginning}}));
    EXPECT_EQ(find("\\n"), (Found{{4, Kind::piece}}));
    EXPECT_EQ(find(" ").size(), 3u);
    EXPECT_EQ(find("2"), (Found{{2, Kind::id}, {7, Kind::piece}}));
    EXPECT_EQ(find("11"), (Found{{11, Kind::id}})) << "an entry without a spelling";
    EXPECT_TRUE(find("12").empty());
    EXPECT_TRUE(VocabularyIndex(nullptr, 3).find("a").empty());
    EXPECT_EQ(VocabularyIndex(nullptr, 3).find("2").size(), 1u);
}

}  // namespace
}  // namespace fovea::test
