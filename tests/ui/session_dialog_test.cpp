// Sessions and edits are saved and opened by the keyboard alone; the disk is asked elsewhere.

#include "app/shell/session_dialog.h"

#include <filesystem>
#include <fstream>

#include "app/state/session_file.h"
#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view text = "{}") {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

std::string session_of(std::string text) {
    Session session;
    session.document.text = std::move(text);
    return session_to_json(session);
}

class FileListingTest : public ::testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1);
        setenv("HOME", folder_.path().c_str(), 1);
        write(folder_ / "work/session-one.json");
        write(folder_ / "work/session-two.json");
        write(folder_ / "work/sessions/inside.json");
        write(folder_ / "work/notes.txt");
        write(folder_ / "work/.hidden.json");
        write(folder_ / "work/日本.json");
        write(folder_ / "work/日曜.json");
    }
    std::string work(const std::string& rest) const {
        return (folder_ / "work").string() + "/" + rest;
    }
    test::TemporaryFolder folder_;
};

TEST_F(FileListingTest, CompletesAsFarAsAllGoAlike) {
    EXPECT_EQ(list_files(work("se")).completed, work("session"));
    EXPECT_EQ(list_files(work("se")).matches,
              (std::vector<std::string>{work("sessions/"), work("session-one.json"),
                                        work("session-two.json")}));
    EXPECT_EQ(list_files(work("session-o")).completed, work("session-one.json"));
    EXPECT_EQ(list_files(work("sessions")).completed, work("sessions/"));
    EXPECT_EQ(list_files(work("sessions/")).completed, work("sessions/inside.json"));
    EXPECT_EQ(list_files((folder_ / "wo").string()).completed, work(""));
    // Whole characters: both begin with 日, of the next ones the first two bytes are alike.
    EXPECT_EQ(list_files(work("日")).completed, work("日"));
}

TEST_F(FileListingTest, ListsWhatCanBeOpened) {
    const FileListing all = list_files(work(""));
    EXPECT_EQ(all.matches, (std::vector<std::string>{work("sessions/"), work("session-one.json"),
                                                     work("session-two.json"), work("日曜.json"),
                                                     work("日本.json")}));
    EXPECT_EQ(all.completed, work(""));
    EXPECT_EQ(list_files(work(".h")).matches, std::vector<std::string>{work(".hidden.json")});
    const FileListing none = list_files(work("x"));
    EXPECT_TRUE(none.matches.empty());
    EXPECT_EQ(none.completed, work("x"));
    EXPECT_EQ(none.error, "");
    EXPECT_NE(list_files(work("nowhere/x")).error.find("nowhere"), std::string::npos);
    // The home folder's sign stays as it is typed.
    EXPECT_EQ(list_files("~").completed, "~/");
    EXPECT_EQ(list_files("~/wo").completed, "~/work/");
}

TEST_F(FileListingTest, RemembersTheNewestFirstAndOnlyWhatIsThere) {
    EXPECT_TRUE(recent_files().empty());
    for (int i = 0; i < 14; ++i) {
        const fs::path file = folder_ / ("s" + std::to_string(i) + ".json");
        write(file);
        ASSERT_TRUE(remember_file(file).ok());
    }
    ASSERT_TRUE(remember_file(folder_ / "s9.json").ok());
    std::vector<std::string> recent = recent_files();
    ASSERT_EQ(recent.size(), 10u);
    EXPECT_EQ(recent[0], (folder_ / "s9.json").string());
    EXPECT_EQ(recent[1], (folder_ / "s13.json").string());
    fs::remove(folder_ / "s13.json");
    EXPECT_EQ(recent_files()[1], (folder_ / "s12.json").string());
    ASSERT_TRUE(remember_file(folder_ / "./work/../work/session-one.json").ok());
    EXPECT_EQ(recent_files()[0], work("session-one.json"));
}

class SessionDialogTest : public WholeWindowTest {
  protected:
    SessionDialog& dialog() { return application().session_dialog; }
    bool listed() {
        return frames_until([&] { return dialog().is_listed() && dialog().instead.empty(); });
    }
};

TEST_F(SessionDialogTest, IsUsedByTheKeyboardAlone) {
    write(home_ / "work/deep/mine.json", session_of("w20 w21"));
    write(home_ / "work/deep/mine-too.json");
    WindowOptions options = options_of("bert", "w11 w12 w13");
    open(options, 1280, 800);
    application().open_session_dialog(SessionDialog::Task::open);
    dialog().path = (home_ / "wo").string();
    frames(6);
    ASSERT_TRUE(listed());
    // What was typed last is taken as typed once a key is.
    strike(ImGuiKey_Tab);
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().path, (home_ / "work").string() + "/");
    strike(ImGuiKey_Tab);
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().path, (home_ / "work/deep").string() + "/");
    strike(ImGuiKey_Tab);
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().path, (home_ / "work/deep/mine").string());
    // The caret is behind it: what is typed goes there.
    type(".");
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().path, (home_ / "work/deep/mine.").string());
    ASSERT_EQ(dialog().rows().size(), 1u);
    strike(ImGuiKey_DownArrow);
    EXPECT_EQ(dialog().chosen, 0);
    strike(ImGuiKey_Enter);
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().path, (home_ / "work/deep/mine.json").string());
    EXPECT_EQ(application().document().text, "w11 w12 w13") << "chosen, not opened yet";
    strike(ImGuiKey_Enter);
    ASSERT_TRUE(frames_until([&] { return application().document().text == "w20 w21"; }))
        << application().error();
    EXPECT_EQ(region("session"), nullptr);
}

TEST_F(SessionDialogTest, TabLeavesAFieldThatIsComplete) {
    write(home_ / "mine.json", session_of("w20"));
    open(options_of("bert", "w11"), 1280, 800);
    application().open_session_dialog(SessionDialog::Task::open);
    dialog().path = (home_ / "mine.json").string();
    frames(6);
    ASSERT_TRUE(listed());
    EXPECT_EQ(dialog().controls.focus, 0);
    strike(ImGuiKey_Tab);
    EXPECT_EQ(dialog().controls.focus, 1);
}

TEST_F(SessionDialogTest, OffersWhatWasUsedLast) {
    write(home_ / "mine.json", session_of("w20"));
    ASSERT_TRUE(remember_file(home_ / "mine.json").ok());
    open(options_of("bert", "w11"), 1280, 800);
    application().open_session_dialog(SessionDialog::Task::open);
    frames(6);
    ASSERT_TRUE(listed());
    ASSERT_EQ(dialog().rows(), std::vector<std::string>{(home_ / "mine.json").string()});
    strike(ImGuiKey_DownArrow);
    strike(ImGuiKey_Enter);
    EXPECT_EQ(dialog().path, (home_ / "mine.json").string());
}

}  // namespace
}  // namespace fovea::app
