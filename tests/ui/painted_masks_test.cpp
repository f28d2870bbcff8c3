// Painted masks stand on tokens: they follow them through other texts.

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include "app/shell/written_target_blocks.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

TEST(PaintedMasks, PaintedMasksFollowTheirTokens) {
    Edits edits;
    // [CLS] w11 w12 w13 [SEP]
    edits.blocks = {{{0, 0}, 2, 3}, {{}, std::nullopt, 1}, {{}, 4, std::nullopt}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.view().selected_query = 3;
    application.view().pinned = ViewState::Pin{2, 3};
    const Document before = application.document();

    strike(application, GLFW_KEY_HOME);
    type(application, "w20 w21 ");
    EXPECT_EQ(
        application.document().edits.blocks,
        (std::vector<BlockEdit>{{{0, 0}, 4, 5}, {{}, std::nullopt, 3}, {{}, 6, std::nullopt}}));
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.view().selected_query, 5);
    EXPECT_EQ(application.view().pinned, (ViewState::Pin{4, 5}));

    // w12 is taken away, and what was painted on it.
    application.issue(SetText{"w20 w21 w11 w13"});
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 3}, {{}, 5, std::nullopt}}));
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_FALSE(application.view().pinned);
    // A word that goes letter by letter goes with its mask, one that comes back brings it.
    strike(application, GLFW_KEY_HOME);
    for (int i = 0; i < 11; ++i)
        strike(application, GLFW_KEY_DELETE);
    EXPECT_EQ(application.document().text, " w13");
    EXPECT_EQ(application.document().edits.blocks, (std::vector<BlockEdit>{{{}, 2, std::nullopt}}));
    type(application, "w11");
    EXPECT_EQ(application.document().text, "w11 w13");

    while (application.document().text != before.text && application.history().can_undo())
        application.undo();
    EXPECT_EQ(application.document(), before);
    EXPECT_TRUE(reads(application)) << application.error();
}

TEST(PaintedMasks, MasksOfATargetFollowItsTokensAndNotTheSources) {
    Application application(passing_options("bart", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.issue(SetTarget{"w20 w21"});
    ASSERT_TRUE(reads(application)) << application.error();
    const auto& labels = application.reading()->target_labels;
    const Index last = static_cast<Index>(labels.size()) - 1;  // w21
    const Scope cross{std::nullopt, std::nullopt, Part::cross};
    application.issue(AddBlocks{{{cross, last, 1}}});
    application.issue(SetTarget{"w22 w20 w21"});
    EXPECT_EQ(application.document().edits.blocks, (std::vector<BlockEdit>{{cross, last + 1, 1}}));
    ASSERT_TRUE(reads(application)) << application.error();
    application.issue(SetText{"w14 w11 w12 w13"});
    ASSERT_EQ(application.document().edits.blocks.size(), 1u);
    EXPECT_EQ(application.document().edits.blocks[0].query, last + 1);
    EXPECT_EQ(application.document().edits.blocks[0].key, 2);
}

/// As an encoder-decoder might have read them: sentences of words.
struct WrittenTarget {
    std::shared_ptr<const LoadedModel> model = test::small_model("bart");
    WrittenTargetBlocks blocks;

    std::vector<BlockEdit> read(const std::vector<BlockEdit>& painted, const std::string& source,
                                const std::string& target) {
        Reading reading;
        reading.request.model = model;
        reading.request.text = source;
        reading.target_text = target;
        reading.target_written = true;
        for (size_t begin = 0; begin < target.size(); begin += 4) {  // words of three letters
            Token token;
            token.text = target.substr(begin, 3);
            token.id = token.text[0] * 65536 + token.text[1] * 256 + token.text[2];
            token.begin = begin;
            token.end = begin + 3;
            reading.target_tokens.push_back(token);
        }
        return blocks.follow(painted, reading).value_or(painted);
    }
    /// Typed behind all that is painted on.
    void type(const std::vector<BlockEdit>& painted) {
        blocks.follow_source(painted, painted, [](const auto&) { return std::nullopt; });
    }
};

using Blocks = std::vector<BlockEdit>;
const Scope of_cross{std::nullopt, std::nullopt, Part::cross};

TEST(WrittenTargetBlocks, FollowTheirTokensThroughOtherTargets) {
    WrittenTarget model;
    const Blocks painted{{of_cross, 1, 2}}, moved{{of_cross, 2, 2}};
    EXPECT_EQ(model.read({}, "a", "one two six"), Blocks());
    EXPECT_EQ(model.read(painted, "a", "one two six"), painted) << "on 'two'";
    EXPECT_EQ(model.read(painted, "a", "one two six"), painted);
    model.type(painted);
    EXPECT_EQ(model.read(painted, "a b", "ten one two six"), moved);
    EXPECT_EQ(model.read(moved, "a b", "ten one two six"), moved) << "read again";
    // For a while it is not there.
    model.type(moved);
    EXPECT_EQ(model.read(moved, "a bc", "red hat"), Blocks());
    model.type({});
    EXPECT_EQ(model.read({}, "a bcd", "one two"), painted);
    model.type(painted);
    EXPECT_EQ(model.read(painted, "a bcde", "now ten one her two his"), (Blocks{{of_cross, 4, 2}}))
        << "it differs in several places";
    // Undo: the document of then, with its blocks.
    EXPECT_EQ(model.read(moved, "a b", "ten one two six"), moved);
    EXPECT_EQ(model.read(painted, "a", "one two six"), painted);
}

TEST(WrittenTargetBlocks, ThatAPersonTookAwayStayAway) {
    WrittenTarget model;
    const Blocks painted{{of_cross, 1, 2}};
    model.read(painted, "a", "one two six");
    model.type(painted);
    EXPECT_EQ(model.read(painted, "ab", "red hat"), Blocks());
    model.blocks.forget();
    EXPECT_EQ(model.read({}, "a", "one two six"), Blocks());
}

TEST(WrittenTargetBlocks, MoveWithTheSourceMeanwhile) {
    WrittenTarget model;
    const Blocks painted{{of_cross, 1, 2}}, further{{of_cross, 1, 3}};
    model.read(painted, "a", "one two six");
    model.blocks.follow_source(painted, further, [&](const Blocks& blocks) {
        EXPECT_EQ(blocks, painted);
        return std::optional(further);
    });
    EXPECT_EQ(model.read(further, "b a", "two six"), (Blocks{{of_cross, 0, 3}}));
}

/// The same with a model that writes: the first mask is on a token that two targets share.
TEST(PaintedMasks, MasksFollowATargetThatTheModelWrites) {
    Application application(passing_options("bart", "w11"), [] {});
    const auto tokens_of = [&](const std::string& text) {
        application.issue(SetText{text});
        EXPECT_TRUE(reads(application)) << application.error();
        return application.reading()->target_tokens;
    };
    const auto ids_of = [](const std::vector<Token>& tokens) {
        std::vector<std::int32_t> ids;
        for (const Token& token : tokens)
            ids.push_back(token.id);
        return ids;
    };
    // Two sources; the target of the second does not go on where that of the first ends.
    std::string first, second;
    std::vector<Token> before;
    for (int word = 20; word < 60 && second.empty(); ++word) {
        const std::string source = "w11 w12 w" + std::to_string(word);
        const std::vector<std::int32_t> ids = ids_of(tokens_of(source));
        const std::vector<std::int32_t> shown = ids_of(before);
        if (first.empty() ||
            (std::mismatch(shown.begin(), shown.end(), ids.begin(), ids.end()).first ==
             shown.end())) {
            first = source;
            before = application.reading()->target_tokens;
        } else {
            second = source;
        }
    }
    ASSERT_NE(second, "") << "the model writes the same for all";
    tokens_of(first);
    Blocks painted;
    for (Index token = 0; token < static_cast<Index>(before.size()); ++token)
        painted.push_back({of_cross, token, 1});
    application.issue(AddBlocks{painted});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document().edits.blocks, painted);
    const Document then = application.document();

    const std::vector<Token> after = tokens_of(second);
    const Blocks moved = application.document().edits.blocks;
    EXPECT_EQ(application.reading()->request.edits.blocks, moved);
    EXPECT_NE(moved, painted);
    // Each is on a token that was there, in the same order; the start token is at least.
    ASSERT_FALSE(moved.empty());
    size_t from = 0;
    for (const BlockEdit& block : moved) {
        ASSERT_LT(*block.query, static_cast<Index>(after.size()));
        const std::int32_t id = after[static_cast<size_t>(*block.query)].id;
        while (from < before.size() && before[from].id != id)
            ++from;
        EXPECT_LT(from, before.size()) << "token " << *block.query;
        ++from;
    }
    // One step of undo takes the word and its consequences back.
    application.undo();
    EXPECT_EQ(application.document(), then);
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document(), then);
    application.redo();
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document().edits.blocks, moved);
}

}  // namespace
}  // namespace fovea::app
