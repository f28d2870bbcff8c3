// The window's inside without a window: what it says and for how long.

#include "app/shell/application.h"

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "app/shell/shortcuts.h"
#include "app/shell/status_line.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

WindowOptions options_with(const Edits& edits) {
    WindowOptions options = passing_options("bert", "w11 w12 w13");
    options.edits = edits;
    return options;
}

/// A model of its own in `folder` that reads long sentences, with [CLS] and [SEP] around them: a
/// head is shown before its pass.
WindowOptions long_options(const std::filesystem::path& folder) {
    test::put_small_model(folder, "llama");
    const auto file = folder / "config.json";
    std::ifstream stream(file);
    std::string config(std::istreambuf_iterator<char>(stream), {});
    const std::string context = "\"max_position_embeddings\": 128";
    config.replace(config.find(context), context.size(), "\"max_position_embeddings\": 2048");
    std::filesystem::remove(file);
    std::ofstream(file) << config;
    std::ofstream(folder / "tokenizer.json") << test::word_tokenizer(true);
    WindowOptions options = passing_options("bert", test::words(1000));
    options.model = folder.string();
    return options;
}

void type(Application& application, std::string_view text) {
    for (const char c : text)
        application.press({.character = static_cast<char32_t>(c)});
}
void strike(Application& application, int key) {
    application.press({.key = key});
}
void strike_with_control(Application& application, char32_t letter) {
    application.press({.character = letter, .control = true});
}

TEST(ApplicationTest, WhatWasTakenAwayIsSaidUntilTheNextAction) {
    Edits edits;
    edits.temperatures = {{{}, 2}};
    edits.ablations = {{{77, 1}, AblationTarget::zero}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document().edits.count(), 1);
    EXPECT_NE(application.notice().find("1 of the edits"), std::string::npos)
        << application.notice();
    EXPECT_EQ(application.error(), "");

    application.issue(SetText{"w11 w12 w14"});
    EXPECT_EQ(application.notice(), "");
    ASSERT_TRUE(reads(application));
    application.undo();
    application.undo();
    EXPECT_EQ(application.document().edits.count(), 2);
}

TEST(ApplicationTest, EveryStepOfUndoAfterAnotherModelCanBeRead) {
    Edits edits;
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const Index heads = application.model()->model->heads();
    const std::string first = application.document().model;

    application.issue(SetAblation{{0, heads - 1}, AblationTarget::zero});
    ASSERT_TRUE(reads(application));
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_NE(application.document().model, first);
    while (application.history().can_undo()) {
        application.undo();
        ASSERT_TRUE(reads(application));
        EXPECT_EQ(application.error(), "");
    }
    EXPECT_EQ(application.document().model, first);
}

TEST(ApplicationTest, TextAndShortcutsOfOneFrameKeepTheirOrder) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    // No frame is drawn between any of these.
    strike(application, GLFW_KEY_END);
    type(application, "a");
    strike_with_control(application, 'z');
    type(application, "b");
    EXPECT_EQ(application.document().text, "w11 w12 w13b");
    type(application, "c");
    strike(application, GLFW_KEY_TAB);
    type(application, "d");
    EXPECT_EQ(application.document().text, "w11 w12 w13bcd");
    EXPECT_FALSE(application.document().edits_enabled);
    strike(application, GLFW_KEY_ENTER);
    type(application, "e");
    EXPECT_EQ(application.document().text, "w11 w12 w13bcd\ne");
    application.press({.character = 'l', .control = true});  // all of it
    type(application, "w10");
    EXPECT_EQ(application.document().text, "w10");
}

TEST(ApplicationTest, PaintedMasksFollowTheirTokens) {
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

TEST(ApplicationTest, ASecondSentenceIsTypedReadAndTakenBack) {
    Edits edits;
    // [CLS] w11 w12 w13 [SEP]
    edits.blocks = {{{}, std::nullopt, 2}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    strike_with_control(application, 'j');
    EXPECT_TRUE(application.pair_prompt().focused());
    type(application, "w20 w21");
    EXPECT_EQ(application.document().pair, "w20 w21");
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->original->ids,
              (std::vector<std::int32_t>{1, 11, 12, 13, 2, 20, 21, 2}));
    EXPECT_EQ(application.reading()->original->token_types,
              (std::vector<std::int32_t>{0, 0, 0, 0, 0, 1, 1, 1}));
    // What is painted on the second sentence follows what is typed into the first, and the other
    // way round.
    application.issue(AddBlocks{{{{}, 6, std::nullopt}}});
    application.issue(SetText{"w30 w11 w12 w13"});
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 3}, {{}, 7, std::nullopt}}));
    application.issue(SetPair{"w31 w20 w21"});
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 3}, {{}, 8, std::nullopt}}));
    // Without special tokens all move.
    strike_with_control(application, 'b');
    EXPECT_FALSE(application.document().special_tokens);
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 2}, {{}, 6, std::nullopt}}));
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->original->ids,
              (std::vector<std::int32_t>{30, 11, 12, 13, 31, 20, 21}));
    strike_with_control(application, 'b');
    application.press({.character = 'j', .control = true, .shift = true});
    EXPECT_FALSE(application.document().pair);
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->tokens.size(), 6u);
    application.undo();
    EXPECT_EQ(application.document().pair, "w31 w20 w21");
    while (application.history().can_undo())
        application.undo();
    EXPECT_FALSE(application.document().pair);
    EXPECT_EQ(application.document().edits.blocks, edits.blocks);
}

TEST(ApplicationTest, AModelWithoutATemplateSaysSoAndReadsTheFirstAlone) {
    WindowOptions options = passing_options("gpt2", "w11 w12 w13");
    options.pair = "w20";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.notice(),
              "gpt2 takes no second sentence: its tokenizer has no template for pairs");
    EXPECT_EQ(application.reading()->tokens.size(), 3u);
    application.issue(SetPair{std::nullopt});
    EXPECT_EQ(application.notice(), "");
    strike_with_control(application, 'j');
    EXPECT_FALSE(application.document().pair);
    EXPECT_NE(application.notice().find("takes no second sentence"), std::string::npos);
}

TEST(ApplicationTest, MasksOfATargetFollowItsTokensAndNotTheSources) {
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
TEST(ApplicationTest, MasksFollowATargetThatTheModelWrites) {
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

/// Runs with a state folder of its own.
class StateFolder {
  public:
    StateFolder() {
        if (const char* before = std::getenv("XDG_STATE_HOME")) before_ = before;
        ::setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    }
    ~StateFolder() {
        before_ ? ::setenv("XDG_STATE_HOME", before_->c_str(), 1) : ::unsetenv("XDG_STATE_HOME");
    }
    std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }

  private:
    const test::TemporaryFolder folder_{"fovea-state-"};
    std::optional<std::string> before_;
};

WindowOptions options_that_remember() {
    return options_of("bert", "w11 w12 w13");
}

TEST(ApplicationTest, AStateThatIsNotUnderstoodIsKept) {
    const StateFolder folder;
    std::filesystem::create_directories(folder / "fovea");
    std::ofstream(folder / "fovea/session.json") << "{\"document\": {\"text\": \"precious";
    Application application(options_that_remember(), [] {});
    EXPECT_NE(application.notice().find("session.json: not valid JSON; it is kept as "
                                        "session.json.unread"),
              std::string::npos)
        << application.notice();
    EXPECT_TRUE(reads(application)) << application.error();
    EXPECT_NE(application.notice(), "") << "it stands until the next action";
    EXPECT_TRUE(application.save_state_now());
    EXPECT_TRUE(load_session(folder / "fovea/session.json"));
    std::string kept;
    std::getline(std::ifstream(folder / "fovea/session.json.unread"), kept);
    EXPECT_TRUE(kept.ends_with("precious")) << kept;
}

/// A folder that cannot even be looked into keeps nobody from starting.
TEST(ApplicationTest, AStateThatCannotBeReadIsANotice) {
    const StateFolder folder;
    std::filesystem::create_directory_symlink(folder / "fovea", folder / "fovea");
    Application application(options_that_remember(), [] {});
    EXPECT_NE(application.notice().find("Too many levels"), std::string::npos)
        << application.notice();
    EXPECT_TRUE(reads(application)) << application.error();
    const Status saved = application.save_state_now();
    ASSERT_FALSE(saved);
    EXPECT_TRUE(saved.message().starts_with("the sentence and the edits are not remembered ("))
        << saved.message();
    EXPECT_FALSE(application.save_state_now()) << "it is tried again";
}

/// What was changed the last time is found again, but not under another sentence.
TEST(ApplicationTest, EditsAreRememberedForTheirSentence) {
    const StateFolder folder;
    WindowOptions options = options_that_remember();
    Edits changed;
    changed.blocks = {{{}, Index{1}, Index{2}}};
    options.edits = changed;
    {
        Application application(options, [] {});
        ASSERT_TRUE(reads(application)) << application.error();
        ASSERT_TRUE(application.save_state_now());
    }
    options.edits.reset();
    EXPECT_EQ(Application(options, [] {}).document().edits, changed);
    options.text = "w13 w14 w15";
    EXPECT_TRUE(Application(options, [] {}).document().edits.empty());
}

/// So is all else that names a token of it, or was typed beside it.
TEST(ApplicationTest, NothingOfAnotherSentenceIsRemembered) {
    const StateFolder folder;
    Session last;
    last.document.model = folder_of("bert");
    last.document.text = "w11 w12 w13";
    last.document.pair = "w20";
    last.document.target = "w30";
    last.document.edits.blocks = {{{}, Index{1}, Index{2}}};
    last.view.selected_query = 2;
    last.view.pinned = ViewState::Pin{1, 2};
    last.view.pinned_tokens = {{7, "w7"}};
    ASSERT_TRUE(write_session_file(session_to_json(last), state_file()));
    const auto begun_with = [](const auto& change) {
        WindowOptions options;
        change(options);
        Application application(options, [] {});
        return Session{application.document(), application.view()};
    };
    const auto has_tokens = [](const Session& session) {
        EXPECT_EQ(session.view.pinned.has_value(), session.view.selected_query.has_value());
        EXPECT_EQ(session.view.pinned.has_value(), !session.document.edits.empty());
        EXPECT_EQ(session.view.pinned_tokens.size(), 1u) << "of the vocabulary";
        return session.view.pinned.has_value();
    };
    const Session again = begun_with([](WindowOptions&) {});
    EXPECT_EQ(again.document, last.document);
    EXPECT_TRUE(has_tokens(again));
    const Session same = begun_with([&](WindowOptions& options) {
        options.model = last.document.model;
        options.text = last.document.text;
        options.pair = last.document.pair;
    });
    EXPECT_EQ(same.document, last.document);

    const Session other_text = begun_with([](WindowOptions& options) { options.text = "w14"; });
    EXPECT_FALSE(has_tokens(other_text));
    EXPECT_FALSE(other_text.document.pair);
    EXPECT_FALSE(other_text.document.target);
    const Session other_pair = begun_with([](WindowOptions& options) { options.pair = "w21"; });
    EXPECT_FALSE(has_tokens(other_pair));
    EXPECT_EQ(other_pair.document.text, last.document.text);
    const Session both = begun_with([](WindowOptions& options) {
        options.text = "w14";
        options.pair = "w21";
    });
    EXPECT_EQ(both.document.pair, "w21");
    const Session bare =
        begun_with([](WindowOptions& options) { options.no_special_tokens = true; });
    EXPECT_FALSE(has_tokens(bare)) << "every token has another number";
    EXPECT_EQ(bare.document.pair, "w20");
    const Session other_model =
        begun_with([](WindowOptions& options) { options.model = folder_of("gpt2"); });
    EXPECT_FALSE(has_tokens(other_model));
    EXPECT_EQ(other_model.document.text, last.document.text);
    EXPECT_FALSE(other_model.document.target) << "as in the window";
    // A session that is asked for is taken as it is.
    const Session asked = begun_with([&](WindowOptions& options) {
        options.session = last;
        options.text = "w14 w15 w16";
    });
    EXPECT_TRUE(has_tokens(asked));
    EXPECT_EQ(asked.document.pair, "w20");
}

/// Edits from a file that was made for a longer sentence are left out and said so, and act as soon
/// as the sentence is long enough.
TEST(ApplicationTest, EditsBeyondTheSentenceAreSaid) {
    Edits edits;
    // [CLS] w11 w12 w13 [SEP]
    edits.blocks = {{{}, Index{4}, Index{1}}, {{}, Index{5}, std::nullopt}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.notice(),
              "1 of the edits names a token beyond the end of the sentence; it is left out");
    EXPECT_EQ(application.document().edits, edits);
    EXPECT_EQ(application.error(), "");
    application.issue(SetTemperature{{}, 2});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.notice(), "") << "once";

    edits.blocks.push_back({{}, std::nullopt, Index{90}});
    edits.ablations = {{{77, 1}, AblationTarget::zero}};
    Application other(options_with(edits), [] {});
    ASSERT_TRUE(reads(other)) << other.error();
    EXPECT_TRUE(other.notice().starts_with("1 of the edits named layers")) << other.notice();
    EXPECT_TRUE(
        other.notice().ends_with("; 2 of the edits name tokens beyond the end of the "
                                 "sentence; they are left out"))
        << other.notice();

    // Edits that are dropped on the window, too.
    const test::TemporaryFolder folder("fovea-edits-");
    Edits dropped;
    dropped.blocks = {{{}, Index{5}, std::nullopt}};
    std::ofstream(folder.path() / "edits.json") << edits_to_json(dropped);
    Application third(options_with({}), [] {});
    ASSERT_TRUE(reads(third)) << third.error();
    EXPECT_EQ(third.notice(), "");
    third.drop({folder.path() / "edits.json"});
    ASSERT_TRUE(settles(third));
    ASSERT_TRUE(reads(third)) << third.error();
    EXPECT_EQ(third.notice(),
              "1 of the edits names a token beyond the end of the sentence; it is left out");
}

/// What is seen before its pass is a head of the same sentence.
TEST(ApplicationTest, NoHeadOfAnotherSentenceIsShownBeforeItsPass) {
    const test::TemporaryFolder folder("fovea-long-");
    Edits edits;
    edits.blocks = {{{}, std::nullopt, Index{1}}};
    WindowOptions options = long_options(folder.path());
    options.edits = edits;
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    for (int i = 0; i < 6; ++i) {
        const bool special = i % 2 != 0;
        const auto standing = application.reading();
        application.issue(SetSpecialTokens{special});
        ASSERT_NE(application.document().edits, standing->request.edits) << "the block moves";
        do {
            std::this_thread::yield();  // a head stands for milliseconds only
            application.poll();
            const auto& shown = application.reading();
            ASSERT_TRUE(shown == standing || shown->request.special_tokens == special);
        } while (!application.settled());
    }
}

TEST(ApplicationTest, AnEmptySentenceIsNoError) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.issue(SetText{""});
    ASSERT_TRUE(settles(application));
    EXPECT_EQ(application.error(), "");
    EXPECT_TRUE(application.sentence_is_empty());
    EXPECT_FALSE(application.reading());
    application.issue(SetText{"w12"});
    ASSERT_TRUE(reads(application));
    EXPECT_FALSE(application.sentence_is_empty());
    EXPECT_EQ(application.error(), "");
}

TEST(ApplicationTest, NothingOfAModelStandsUnderAnothersName) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_EQ(application.shown_name(), "bert");
    // Cleared, then another model.
    application.issue(SetText{""});
    ASSERT_TRUE(settles(application));
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(settles(application));
    EXPECT_EQ(application.shown_name(), "gpt2");
    EXPECT_FALSE(application.reading());
    EXPECT_EQ(application.error(), "");

    application.issue(SetText{"w11 w12"});
    ASSERT_TRUE(reads(application)) << application.error();
    // One that cannot read the sentence.
    test::TemporaryFolder folder("fovea-no-tokenizer-");
    test::put_small_model(folder.path() / "mute", "bert");
    std::filesystem::remove(folder.path() / "mute/tokenizer.json");
    application.choose_model((folder.path() / "mute").string());
    // The old picture stands under its own name until then.
    comes(application, [&] {
        if (application.error().empty() && application.reading()) {
            EXPECT_EQ(application.shown_name(), "gpt2");
        }
        return !application.error().empty();
    });
    EXPECT_NE(application.error().find("tokenizer"), std::string::npos) << application.error();
    EXPECT_EQ(application.shown_name(), "mute");
    EXPECT_FALSE(application.reading());
}

TEST(ApplicationTest, EscapeTakesOneThingAfterAnother) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    ViewState& view = application.view();
    const auto escape = [&] { strike(application, GLFW_KEY_ESCAPE); };
    application.open_finding(ViewState::Finding::Entry::words);
    application.prompt().focus(true);
    view.show_keys = true;
    view.paint = PaintTool::row;
    view.pinned = ViewState::Pin{1, 2};
    view.selected_query = 3;
    // What is still there, from the topmost on.
    const auto there = [&] {
        return std::vector<bool>{view.show_keys,
                                 application.prompt().focused(),
                                 view.finding.entry != ViewState::Finding::Entry::closed,
                                 view.paint != PaintTool::none,
                                 view.pinned.has_value(),
                                 view.selected_query.has_value()};
    };
    for (size_t closed = 0; closed <= 6; ++closed) {
        std::vector<bool> expected(6, true);
        for (size_t i = 0; i < closed; ++i)
            expected[i] = false;
        EXPECT_EQ(there(), expected) << "after " << closed;
        escape();
    }
}

TEST(ApplicationTest, KeysThatAreTheWindowsOwnWhateverIsTypedInto) {
    const auto control = [](char32_t letter, bool shift = false) {
        return KeyPress{.character = letter, .control = true, .shift = shift};
    };
    for (const KeyPress& own :
         {KeyPress{.key = GLFW_KEY_F1}, KeyPress{.key = GLFW_KEY_F3},
          KeyPress{.key = GLFW_KEY_F3, .shift = true}, control('g'), control('f'), control('l'),
          control('o'), control('e'), control('d'), control('c', true)})
        EXPECT_TRUE(is_windows_own(own)) << own.key << ' ' << static_cast<int>(own.character);
    for (const KeyPress& theirs :
         {KeyPress{.key = GLFW_KEY_ESCAPE}, KeyPress{.key = GLFW_KEY_TAB},
          KeyPress{.key = GLFW_KEY_ENTER}, KeyPress{.key = GLFW_KEY_LEFT},
          KeyPress{.character = 'g'}, control('a'), control('c'), control('x'), control('v'),
          control('z'), control('z', true), control('y')})
        EXPECT_FALSE(is_windows_own(theirs))
            << theirs.key << ' ' << static_cast<int>(theirs.character);
}

TEST(ApplicationTest, ADraggedHeadIsShownBeforeItsPass) {
    const test::TemporaryFolder folder("fovea-long-");
    Application application(long_options(folder.path()), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.view().selected = {1, 2};
    const Edits none;
    // Whatever is shown while the temperature moves is the standing reading, a head that is ahead
    // of it, or the pass: never a head under edits that nobody asked for.
    for (int step = 1; step <= 20; ++step) {
        application.issue(SetTemperature{{1, 2}, 1 + 0.05f * static_cast<float>(step)});
        for (int i = 0; i < 3; ++i) {
            application.poll();
            ASSERT_TRUE(application.reading());
            const Edits& shown = application.reading()->request.edits;
            if (shown == none) continue;
            ASSERT_EQ(shown.temperatures.size(), 1u);
            EXPECT_EQ(shown.temperatures[0].scope, (Scope{1, 2}));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->request.edits, application.document().edits);
    EXPECT_FALSE(application.stale());
}

TEST(ApplicationTest, ASessionIsSavedAndOpenedFromTheWindow) {
    Edits edits;
    edits.temperatures = {{{0, 1}, 0.5f}};
    edits.blocks = {{{0, 0}, 2, 3}};
    const test::TemporaryFolder folder("fovea-session-");
    Document saved;
    const auto file = folder.path() / "mine.json";
    {
        Application application(options_with(edits), [] {});
        ASSERT_TRUE(reads(application)) << application.error();
        application.issue(SetPictureOnly{true});
        ASSERT_TRUE(reads(application));
        // The first time a name is asked for, from then on Ctrl+S writes.
        strike_with_control(application, 's');
        EXPECT_TRUE(application.session_dialog.wanted);
        application.session_dialog.path = (folder.path() / "mine").string();
        application.take_session_dialog();
        ASSERT_TRUE(settles(application));
        EXPECT_EQ(application.session_dialog.message, "");
        EXPECT_TRUE(application.session_dialog.close_wanted);
        ASSERT_TRUE(std::filesystem::exists(file));
        application.session_dialog.wanted = false;
        application.issue(SetText{"w20 w21"});
        ASSERT_TRUE(reads(application));
        strike_with_control(application, 's');
        EXPECT_FALSE(application.session_dialog.wanted);
        ASSERT_TRUE(settles(application));
        saved = application.document();
    }
    Application other(options_with({}), [] {});
    ASSERT_TRUE(reads(other)) << other.error();
    other.open_session_dialog(SessionDialog::Task::open);
    other.session_dialog.path = file.string();
    other.take_session_dialog();
    ASSERT_TRUE(settles(other));
    ASSERT_TRUE(reads(other)) << other.error();
    EXPECT_EQ(other.document(), saved);
}

TEST(ApplicationTest, AFileThatIsThereIsWrittenOverOnlyWhenAskedTwice) {
    const test::TemporaryFolder folder("fovea-session-");
    const auto file = folder.path() / "notes.json";
    std::ofstream(file) << "mine";
    Edits edits;
    edits.temperatures = {{{0, 1}, 0.5f}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.open_session_dialog(SessionDialog::Task::save);
    application.session_dialog.path = file.string();
    application.session_dialog.what = SessionDialog::What::edits;
    const auto text = [&] {
        std::ifstream stream(file);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    application.take_session_dialog();
    ASSERT_TRUE(settles(application));
    EXPECT_NE(application.session_dialog.message.find("notes.json is there already"),
              std::string::npos)
        << application.session_dialog.message;
    EXPECT_EQ(text(), "mine");
    application.take_session_dialog();
    ASSERT_TRUE(settles(application));
    const auto read = parse_edits(text(), "notes.json");
    ASSERT_TRUE(read.ok()) << text();
    EXPECT_EQ(*read, edits);

    application.session_dialog.path = (folder.path() / "nowhere/notes.json").string();
    application.take_session_dialog();
    ASSERT_TRUE(settles(application));
    EXPECT_NE(application.session_dialog.message.find("no such folder"), std::string::npos);
    EXPECT_NE(application.error().find("nowhere"), std::string::npos);
}

TEST(StatusLineTest, APassThatWasNoneTookNoTime) {
    EXPECT_EQ(forward_words(0), "forward unchanged");
    EXPECT_EQ(forward_words(0.03), "forward < 0.1 ms");
    EXPECT_EQ(forward_words(2.14), "forward 2.1 ms");
    EXPECT_EQ(forward_words(12000), "forward 12.0 s");
}

/// A language model reads, and writes when it is told to.
class WritingTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(reads(application_)) << application_.error(); }
    bool writes(int tokens) {
        const size_t wanted = application_.reading()->tokens.size() + static_cast<size_t>(tokens);
        return comes(application_, [&] { return application_.reading()->tokens.size() >= wanted; });
    }
    std::int32_t likeliest() const { return application_.reading()->predictions[0].id; }
    std::int32_t last() const { return application_.reading()->tokens.back().id; }

    Application application_{passing_options("gpt2", test::words(5)), [] {}};
};

TEST_F(WritingTest, EachTokenIsTheLikeliestShownAndOneStepOfUndo) {
    const std::string first = application_.document().text;
    Edits edits;
    edits.temperatures = {{{}, 0.1f}};
    edits.ablations = {{{0, 0}, AblationTarget::zero}};
    application_.issue(SetEdits{edits});
    ASSERT_TRUE(reads(application_));
    // Chosen before, another token does not decide what comes at the end.
    application_.view().selected_query = 1;
    std::vector<std::string> texts;
    for (int i = 0; i < 3; ++i) {
        application_.write_next(false);
        ASSERT_TRUE(reads(application_));
        texts.push_back(application_.document().text);
        EXPECT_FALSE(application_.writing());
        EXPECT_FALSE(application_.view().selected_query);
    }
    // Read afresh, each is what the table says behind the text before.
    for (int i = 3; i-- > 0;) {
        EXPECT_EQ(application_.document().text, texts[static_cast<size_t>(i)]);
        const std::int32_t written = last();
        application_.undo();
        ASSERT_TRUE(reads(application_));
        EXPECT_EQ(likeliest(), written) << i;
    }
    EXPECT_EQ(application_.document().text, first);
    EXPECT_EQ(application_.history().redo_label(), "writing a token");
}

TEST_F(WritingTest, SeveralStrokesWriteAsManyTokens) {
    for (int i = 0; i < 3; ++i)
        application_.write_next(false);
    ASSERT_TRUE(writes(3));
    ASSERT_TRUE(reads(application_));
    EXPECT_FALSE(application_.writing());
    EXPECT_EQ(application_.reading()->tokens.size(), 8u);
}

TEST_F(WritingTest, GoesOnUntilTheTextIsChangedByAnother) {
    application_.write_next(true);
    ASSERT_TRUE(writes(3));
    EXPECT_TRUE(application_.writing());
    application_.issue(SetText{"w40 w41"});
    EXPECT_FALSE(application_.writing());
    ASSERT_TRUE(reads(application_));
    for (int i = 0; i < 20; ++i) {
        application_.poll();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(application_.document().text, "w40 w41") << "what was on its way is not written";
}

TEST_F(WritingTest, StopsAtTheEndOfTheContextAndSaysSo) {
    const auto context = static_cast<int>(application_.model()->model->context());
    application_.issue(SetText{test::words(context - 2)});
    ASSERT_TRUE(reads(application_));
    application_.write_next(true);
    comes(application_, [&] { return !application_.writing(); });
    EXPECT_FALSE(application_.writing());
    EXPECT_NE(application_.notice().find("no place for another"), std::string::npos)
        << application_.notice();
    ASSERT_TRUE(reads(application_));
    EXPECT_EQ(static_cast<int>(application_.reading()->tokens.size()), context);
    // Asked again it says so again.
    application_.dismiss_error();
    application_.write_next(false);
    ASSERT_TRUE(reads(application_));
    EXPECT_NE(application_.notice().find("no place for another"), std::string::npos);
    EXPECT_FALSE(application_.writing());
}

TEST_F(WritingTest, EscapeAndTheKeys) {
    const auto press = [&](bool shift, bool repeat) {
        KeyPress press;
        press.key = GLFW_KEY_ENTER;
        press.control = true;
        press.shift = shift;
        press.repeat = repeat;
        application_.press(press);
    };
    press(true, false);
    EXPECT_TRUE(application_.writing());
    KeyPress escape;
    escape.key = GLFW_KEY_ESCAPE;
    application_.press(escape);
    EXPECT_FALSE(application_.writing());
    EXPECT_TRUE(application_.prompt().focused()) << "one thing at a time";
    ASSERT_TRUE(reads(application_));
    // Held, the key asks for one more when the last one stands, and no sooner.
    const size_t before = application_.reading()->tokens.size();
    press(false, false);
    for (int i = 0; i < 5; ++i)
        press(false, true);
    ASSERT_TRUE(writes(1));
    ASSERT_TRUE(reads(application_));
    EXPECT_EQ(application_.reading()->tokens.size(), before + 1);
}

}  // namespace
}  // namespace fovea::app
