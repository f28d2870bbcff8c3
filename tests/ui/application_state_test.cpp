// What a window remembers, saves and opens.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "app/state/session_file.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

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

TEST(ApplicationState, AStateThatIsNotUnderstoodIsKept) {
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
TEST(ApplicationState, AStateThatCannotBeReadIsANotice) {
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
TEST(ApplicationState, EditsAreRememberedForTheirSentence) {
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
TEST(ApplicationState, NothingOfAnotherSentenceIsRemembered) {
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
TEST(ApplicationState, EditsBeyondTheSentenceAreSaid) {
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

TEST(ApplicationState, ASessionIsSavedAndOpenedFromTheWindow) {
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

TEST(ApplicationState, AFileThatIsThereIsWrittenOverOnlyWhenAskedTwice) {
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

}  // namespace
}  // namespace fovea::app
