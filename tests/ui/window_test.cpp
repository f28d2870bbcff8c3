// The program itself, on the display that DISPLAY names: keys typed into it, what it costs while
// nothing happens.

#include <sys/file.h>

#include <chrono>
#include <functional>
#include <thread>

#include "app/state/session_file.h"
#include "tests/ui/application_fixture.h"
#include "tests/ui/main_thread_watch.h"
#include "tests/ui/program_window.h"

namespace fovea::app {
namespace {

using namespace std::chrono_literals;

/// Drives the open window with xdotool; what it did is read from the state file.
class DrivenWindowTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        if (IsSkipped()) return;
        if (std::system("command -v xdotool >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "xdotool is not installed";
        // One keyboard, one focus: tests that run at the same time take turns.
        const std::string name = "fovea-test-keyboard-" + std::to_string(::getuid());
        keyboard_ = ::open((fs::temp_directory_path() / name).c_str(),
                           O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        ASSERT_EQ(::flock(keyboard_, LOCK_EX), 0);
    }
    void TearDown() override {
        if (keyboard_ >= 0) ::close(keyboard_);
    }

    /// Opens the window and waits until it can be typed into.
    void open(Program& program) {
        const std::string find = "xdotool search --onlyvisible --pid " +
                                 std::to_string(program.id()) + " >'" +
                                 (home_ / "window").string() + "' 2>/dev/null";
        ASSERT_TRUE(eventually([&] {
            window_ = std::system(find.c_str()) == 0 ? contents(home_ / "window") : "";
            window_ = window_.substr(0, window_.find('\n'));
            return !window_.empty() || !program.running();
        }));
        ASSERT_TRUE(program.running()) << program.errors();
        // Without a window manager nobody else gives the focus.
        run("windowfocus --sync " + window_);
        ASSERT_TRUE(eventually([&] { return program.is_at_rest(); })) << program.errors();
    }
    void run(const std::string& command) {
        EXPECT_EQ(std::system(("xdotool " + command + " >/dev/null").c_str()), 0) << command;
    }
    void key(const std::string& keys) { run("key --delay 40 " + keys); }

    static bool eventually(const std::function<bool()>& holds) { return soon(holds, 100ms); }
    std::optional<Session> state() {
        auto session = load_session(home_ / "state/fovea/session.json");
        return session ? std::optional(*std::move(session)) : std::nullopt;
    }
    /// True once the saved state is as wished.
    bool state_becomes(const std::function<bool(const Session&)>& wished) {
        const bool became = eventually([&] {
            const auto now = state();
            return now && wished(*now);
        });
        if (!became) std::fputs(contents(home_ / "state/fovea/session.json").c_str(), stderr);
        return became;
    }

    std::string window_;
    int keyboard_ = -1;
};

TEST_F(DrivenWindowTest, TypedTextAndKeysArriveAndComeBackAtTheNextStart) {
    {
        Program program(home_, {"--model", model_, "--text", "w10 w11"});
        open(program);
        if (HasFatalFailure()) return;
        key("End");
        run("type --delay 30 ' w12'");
        EXPECT_TRUE(state_becomes([](const Session& s) {
            return s.document.text == "w10 w11 w12";
        })) << program.errors();
        key("Escape 2 s bracketright Down");
        EXPECT_TRUE(state_becomes([](const Session& s) {
            return s.view.middle == "lines" && s.document.edits.ablations.size() == 1 &&
                   s.document.edits.temperatures.size() == 1 && s.view.selected.layer >= 1 &&
                   s.document.text == "w10 w11 w12";
        }));
        key("Tab");
        EXPECT_TRUE(state_becomes([](const Session& s) { return !s.document.edits_enabled; }));
        key("Tab ctrl+z ctrl+z ctrl+z ctrl+z");
        EXPECT_TRUE(state_becomes(
            [](const Session& s) { return s.document.edits.empty() && s.document.edits_enabled; }));
        EXPECT_TRUE(program.running()) << program.errors();
    }
    Program program(home_, {});
    open(program);
    if (HasFatalFailure()) return;
    run("key ctrl+d");
    EXPECT_TRUE(state_becomes([&](const Session& s) {
        return !s.view.dark && s.document.text == "w10 w11 w12" && s.document.model == model_ &&
               s.view.middle == "lines";
    }));
}

TEST_F(DrivenWindowTest, ATargetIsTypedAndEditsNameThePartInView) {
    Program program(home_, {"--model", make_model("bart"), "--text", "w10 w11 w12"});
    open(program);
    if (HasFatalFailure()) return;
    key("ctrl+t");
    run("type --delay 30 'w20 w21'");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        return s.document.target == "w20 w21" && s.document.text == "w10 w11 w12";
    })) << program.errors();
    key("Escape 8 bracketright s");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        const Edits& edits = s.document.edits;
        return s.view.part == Part::decoder && edits.temperatures.size() == 1 &&
               edits.temperatures[0].scope == Scope{0, 0, Part::decoder} &&
               edits.ablations.size() == 1 &&
               edits.ablations[0].scope == Scope{0, 0, Part::decoder};
    }));
    key("7 ctrl+shift+t");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        return s.view.part == Part::encoder && !s.document.target && s.document.edits.count() == 2;
    }));
    key("ctrl+z");
    EXPECT_TRUE(state_becomes([](const Session& s) { return s.document.target == "w20 w21"; }));
    EXPECT_TRUE(program.running()) << program.errors();
}

TEST_F(DrivenWindowTest, WhatIsTypedFastGoesWhereItWasMeantToGo) {
    Program program(home_, {"--model", model_, "--text", "w10 w11 w12"});
    open(program);
    if (HasFatalFailure()) return;
    // Undo between letters; then the entry for words, from it the one for a token's number.
    run("key --delay 0 End a ctrl+z b");
    EXPECT_TRUE(state_becomes([](const Session& s) { return s.document.text == "w10 w11 w12b"; }));
    run("key --delay 0 ctrl+f w 1 1 F3 ctrl+g 3 Return");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        return s.view.selected_query == 3 && s.document.text == "w10 w11 w12b" &&
               s.view.middle == "map";
    }));
    EXPECT_TRUE(program.running()) << program.errors();
}

TEST_F(DrivenWindowTest, EveryEventsPictureIsTimedOnRequest) {
    const fs::path log = home_ / "frames.csv";
    Program program(home_, {"--model", model_, "--text", "w10 w11", "--frame-times", log});
    open(program);
    if (HasFatalFailure()) return;
    // Each move once the picture of the last is there.
    const auto logged_events = [&] {
        const std::string text = contents(log);
        const size_t end = text.rfind('\n');
        if (end == text.npos || end == 0) return 0;
        return std::atoi(text.c_str() + text.rfind('\n', end - 1) + 1);
    };
    for (const char* to : {" 500 300", " 600 400"}) {
        const int before = logged_events();
        run("mousemove --window " + window_ + to);
        ASSERT_TRUE(eventually([&] { return logged_events() > before; })) << contents(log);
    }
    ASSERT_TRUE(eventually([&] { return program.is_at_rest(); }));  // no line is half written
    std::istringstream lines(contents(log));
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "event,frame,begun_ms,made_ms,shown_ms");
    int event = 0, frame = 0, last_event = 0, last_frame = 0;
    double begun = 0, made = 0, shown = 0;
    while (std::getline(lines, line)) {
        ASSERT_EQ(
            std::sscanf(line.c_str(), "%d,%d,%lf,%lf,%lf", &event, &frame, &begun, &made, &shown),
            5)
            << line;
        EXPECT_LE(0, begun);
        EXPECT_LT(begun, made);
        EXPECT_LT(made, shown);
        EXPECT_EQ(frame, event == last_event ? last_frame + 1 : 1) << line;
        last_event = event;
        last_frame = frame;
    }
    EXPECT_GE(last_event, 2) << "both moves";
}

/// A frame waits for no disk: nor does a key, a menu that opens, or the state that is saved.
TEST_F(DrivenWindowTest, TheMainThreadAsksNothingOfTheDisk) {
    Program program(home_, {"--model", model_, "--text", "w10 w11"});
    open(program);
    if (HasFatalFailure()) return;
    // What a driver reads when it first draws something, and all that a start reads.
    key("End ctrl+e Escape ctrl+o Escape");
    ASSERT_TRUE(state_becomes([](const Session&) { return true; }));
    ASSERT_TRUE(eventually([&] { return program.is_at_rest(); }));
    std::vector<std::string> calls;
    {
        MainThreadWatch watch(program.id());
        if (!watch.watches()) GTEST_SKIP() << "this system lets nobody watch its programs";
        run("type --delay 30 ' w12'");
        key("U4eca U05d0");  // scripts whose fonts have not been opened yet
        run("mousemove --window " + window_ + " 500 300 sleep 0.3");
        key("ctrl+e");
        std::this_thread::sleep_for(1500ms);
        key("Escape ctrl+o");
        std::this_thread::sleep_for(500ms);
        run("type --delay 30 /nowhere/at/all");
        key("Return");
        std::this_thread::sleep_for(500ms);
        key("Escape Escape");
        EXPECT_TRUE(state_becomes([](const Session& s) {
            return s.document.text.starts_with("w10 w11 w12");
        })) << program.errors();
        calls = watch.stop();
    }
    EXPECT_TRUE(program.running()) << program.errors();
    std::erase_if(calls, [](const std::string& call) {
        // What it has open already; and the driver's own: shaders that it keeps, devices that it
        // looks at.
        if (call == "fstatat ") return true;
        return call.find("shader_cache") != std::string::npos ||
               call.find(" /dev/") != std::string::npos || call.find(" /sys/") != std::string::npos;
    });
    EXPECT_EQ(calls, std::vector<std::string>());
}

TEST_F(DrivenWindowTest, IdleWindowCostsNoProcessorTime) {
    Program program(home_, {"--model", model_, "--text", "w10 w11 w12"});
    open(program);
    if (HasFatalFailure()) return;
    // Until the state is saved something is still due, and on a busy machine some time after.
    ASSERT_TRUE(state_becomes([](const Session&) { return true; }));
    ASSERT_TRUE(eventually([&] {
        const double before = program.processor_seconds();
        // A busy machine may leave it a second without any.
        std::this_thread::sleep_for(3s);
        return program.processor_seconds() - before <= 0.01;  // the clock's own step
    })) << "it never comes to rest";
    const double before = program.processor_seconds();
    std::this_thread::sleep_for(4s);
    EXPECT_LE(program.processor_seconds() - before, 0.04);
}

}  // namespace
}  // namespace fovea::app
