// The program itself, on the display that DISPLAY names: pictures of it, keys typed into it, what
// it costs while nothing happens.

#include <cairo/cairo.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

#include "app/state/session_file.h"
#include "tests/engine/small_model.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string contents(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// One run of the program, with a home of its own.
class Program {
  public:
    Program(const fs::path& home, std::vector<std::string> arguments, bool display = true)
        : errors_(home / "errors") {
        std::map<std::string, std::string> environment;
        for (char** entry = environ; *entry; ++entry) {
            const std::string text = *entry;
            environment[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
        }
        environment["XDG_STATE_HOME"] = (home / "state").string();
        environment["XDG_DATA_HOME"] = (home / "data").string();
        environment.erase("WAYLAND_DISPLAY");
        if (!display) environment.erase("DISPLAY");
        std::vector<std::string> entries;
        for (const auto& [name, value] : environment)
            entries.push_back(name + "=" + value);
        arguments.insert(arguments.begin(), FOVEA_BINARY);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 2, errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        started_ = posix_spawn(&id_, FOVEA_BINARY, &actions, nullptr, pointers(arguments).data(),
                               pointers(entries).data()) == 0;
        posix_spawn_file_actions_destroy(&actions);
    }
    ~Program() {
        if (!started_ || status_) return;
        kill(id_, SIGKILL);
        wait();
    }
    Program(const Program&) = delete;

    bool started() const { return started_; }
    pid_t id() const { return id_; }
    std::string errors() const { return contents(errors_); }
    bool running() {
        int status = 0;
        if (!status_ && waitpid(id_, &status, WNOHANG) == id_)
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return !status_;
    }
    int wait() {
        int status = 0;
        if (!status_ && waitpid(id_, &status, 0) == id_)
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return status_.value_or(-1);
    }
    /// Seconds of processor time so far.
    double processor_seconds() const {
        std::ifstream file("/proc/" + std::to_string(id_) + "/stat");
        std::string line;
        std::getline(file, line);
        std::istringstream fields(line.substr(line.rfind(')') + 2));
        std::string skipped;
        for (int i = 0; i < 11; ++i)
            fields >> skipped;
        double user = 0, system = 0;
        fields >> user >> system;
        return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }

  private:
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> result;
        for (std::string& text : texts)
            result.push_back(text.data());
        result.push_back(nullptr);
        return result;
    }

    fs::path errors_;
    pid_t id_ = 0;
    bool started_ = false;
    std::optional<int> status_;
};

class WindowTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
        std::string name = (fs::temp_directory_path() / "fovea-window-XXXXXX").string();
        home_ = ::mkdtemp(name.data());
        // Of its own, too: other tests run at the same time.
        model_ = make_model("bert");
    }
    std::string make_model(const std::string& name) {
        const fs::path model = home_ / name;
        fs::create_directories(model);
        for (const char* file : {"config.json", "model.safetensors"})
            fs::copy_file(fs::path(TEST_DATA) / "models" / name / file, model / file);
        std::ofstream(model / "tokenizer.json") << test::word_tokenizer(name == "bert");
        return model.string();
    }
    void TearDown() override {
        if (!home_.empty()) fs::remove_all(home_);
    }

    /// Colours of a screenshot, row by row.
    struct Picture {
        int width = 0, height = 0;
        std::vector<std::uint32_t> pixels;
        std::uint32_t at(int x, int y) const {
            return pixels[static_cast<size_t>(y) * static_cast<size_t>(width) +
                          static_cast<size_t>(x)];
        }
    };
    Picture screenshot(std::vector<std::string> arguments) {
        const fs::path file = home_ / "picture.png";
        arguments.insert(arguments.end(), {"--screenshot", file.string()});
        Program program(home_, arguments);
        EXPECT_EQ(program.wait(), 0) << program.errors();
        EXPECT_EQ(program.errors(), "");
        Picture picture;
        cairo_surface_t* surface = cairo_image_surface_create_from_png(file.c_str());
        picture.width = cairo_image_surface_get_width(surface);
        picture.height = cairo_image_surface_get_height(surface);
        const int stride = cairo_image_surface_get_stride(surface);
        const unsigned char* rows = cairo_image_surface_get_data(surface);
        for (int y = 0; rows && y < picture.height; ++y)
            for (int x = 0; x < picture.width; ++x)
                picture.pixels.push_back(
                    reinterpret_cast<const std::uint32_t*>(rows + y * stride)[x] & 0xffffff);
        cairo_surface_destroy(surface);
        return picture;
    }

    fs::path home_;
    std::string model_;
};

TEST_F(WindowTest, ScreenshotHasTheSizeAndTheThemeAskedFor) {
    const Picture dark =
        screenshot({"--model", model_, "--text", "w10 w11 w12", "--size", "1281x803"});
    ASSERT_EQ(dark.width, 1281);
    ASSERT_EQ(dark.height, 803);
    EXPECT_EQ(dark.at(2, 2), 0x151a20u);
    const Picture light =
        screenshot({"--model", model_, "--text", "w10 w11 w12", "--size", "1024x640", "--light"});
    ASSERT_EQ(light.width, 1024);
    EXPECT_EQ(light.at(2, 2), 0xffffffu);
}

TEST_F(WindowTest, ScreenshotShowsTheAttentionOfTheSentence) {
    const std::vector<std::string> base{"--model", model_, "--size", "1280x800", "--text"};
    auto one = base, other = base;
    one.push_back("w10 w11 w12 w13");
    other.push_back("w10 w11 w12 w77");
    const Picture first = screenshot(one), second = screenshot(other), again = screenshot(one);
    ASSERT_EQ(first.pixels.size(), second.pixels.size());
    // The middle, where the map is: other words, other colours; the same words, the same picture.
    size_t differ = 0, unlike = 0;
    for (int y = 120; y < 640; ++y)
        for (int x = 340; x < 940; ++x) {
            differ += first.at(x, y) != second.at(x, y);
            unlike += first.at(x, y) != again.at(x, y);
        }
    EXPECT_GT(differ, 10000u);
    EXPECT_EQ(unlike, 0u);
}

TEST_F(WindowTest, ScreenshotShowsThePartAndTheTargetOfTheSession) {
    Session session;
    session.document.model = make_model("bart");
    session.document.text = "w10 w11 w12 w13 w14";
    session.document.target = "w20 w21";
    const auto picture = [&](Part part, std::optional<std::string> target) {
        session.view.part = part;
        session.document.target = std::move(target);
        const fs::path file = home_ / "asked.json";
        EXPECT_TRUE(save_session(session, file).ok());
        return screenshot({"--session", file.string(), "--size", "1280x800"});
    };
    const auto middle_differs = [](const Picture& a, const Picture& b) {
        size_t differ = 0;
        for (int y = 160; y < 640; ++y)
            for (int x = 340; x < 940; ++x)
                differ += a.at(x, y) != b.at(x, y);
        return differ > 10000;
    };
    const Picture cross = picture(Part::cross, "w20 w21"), encoder = picture(Part::encoder, "w20");
    EXPECT_TRUE(middle_differs(cross, encoder));
    EXPECT_TRUE(middle_differs(cross, picture(Part::cross, "w20 w21 w22 w23")));
    EXPECT_TRUE(middle_differs(cross, picture(Part::cross, std::nullopt))) << "the model's own";
    EXPECT_FALSE(middle_differs(encoder, picture(Part::encoder, "w20 w21 w22")))
        << "the encoder knows nothing of the target";
}

TEST_F(WindowTest, ADenseDisplayShowsTheSamePictureWithMorePixels) {
    Session session;
    session.document.model = model_;
    session.document.text = "w10 w11 w12 w13";
    const auto picture = [&](float scale, const std::string& size) {
        session.view.interface_scale = scale;
        const fs::path file = home_ / "dense.json";
        EXPECT_TRUE(save_session(session, file).ok());
        return screenshot({"--session", file.string(), "--size", size});
    };
    const Picture one = picture(1, "1280x800"), two = picture(2, "2560x1600");
    ASSERT_EQ(two.width, 2 * one.width);
    // The mean colour of a square of `side` pixels: letters and lines may stand half a pixel aside.
    const auto mean = [](const Picture& from, int left, int top, int side, int shift) {
        int sum = 0;
        for (int y = top; y < top + side; ++y)
            for (int x = left; x < left + side; ++x)
                sum += static_cast<int>(from.at(x, y) >> shift & 255);
        return sum / (side * side);
    };
    // The side columns: the map's cells are whole pixels, which are smaller ones here.
    int unlike = 0, compared = 0;
    for (int y = 0; y < 672; y += 8)
        for (int x = 0; x < one.width; x += 8) {
            if (x >= 320 && x < 976) continue;
            int apart = 0;
            for (const int shift : {0, 8, 16})
                apart = std::max(apart, std::abs(mean(two, 2 * x, 2 * y, 16, shift) -
                                                 mean(one, x, y, 8, shift)));
            unlike += apart > 20;
            ++compared;
        }
    EXPECT_LT(unlike, 20) << "of " << compared;
}

TEST_F(WindowTest, WrongModelIsOneSentenceAndNoPicture) {
    const fs::path file = home_ / "none.png";
    Program program(home_, {"--model", "/nowhere/at/all", "--screenshot", file.string()});
    EXPECT_NE(program.wait(), 0);
    EXPECT_NE(program.errors().find("/nowhere/at/all"), std::string::npos) << program.errors();
    EXPECT_FALSE(fs::exists(file));
}

TEST_F(WindowTest, WithoutADisplayItPointsToExport) {
    Program program(home_, {"--model", model_}, false);
    EXPECT_NE(program.wait(), 0);
    EXPECT_NE(program.errors().find("fovea export"), std::string::npos) << program.errors();
}

/// Drives the open window with xdotool; what it did is read from the state file.
class DrivenWindowTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        if (IsSkipped()) return;
        if (std::system("command -v xdotool >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "xdotool is not installed";
        // One keyboard, one focus: tests that run at the same time take turns.
        keyboard_ = ::open((fs::temp_directory_path() / "fovea-test-keyboard").c_str(),
                           O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        ASSERT_EQ(::flock(keyboard_, LOCK_EX), 0);
    }
    void TearDown() override {
        if (keyboard_ >= 0) ::close(keyboard_);
        WindowTest::TearDown();
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
        std::this_thread::sleep_for(500ms);
    }
    void run(const std::string& command) {
        EXPECT_EQ(std::system(("xdotool " + command + " >/dev/null").c_str()), 0) << command;
    }
    void key(const std::string& keys) { run("key --delay 40 " + keys); }

    static bool eventually(const std::function<bool()>& holds) {
        for (int i = 0; i < 300; ++i) {
            if (holds()) return true;
            std::this_thread::sleep_for(100ms);
        }
        return false;
    }
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
            return s.view.middle == MiddleView::lines && s.document.edits.ablations.size() == 1 &&
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
               s.view.middle == MiddleView::lines;
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
    key("Escape 6 bracketright s");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        const Edits& edits = s.document.edits;
        return s.view.part == Part::decoder && edits.temperatures.size() == 1 &&
               edits.temperatures[0].scope == Scope{0, 0, Part::decoder} &&
               edits.ablations.size() == 1 &&
               edits.ablations[0].scope == Scope{0, 0, Part::decoder};
    }));
    key("5 ctrl+shift+t");
    EXPECT_TRUE(state_becomes([](const Session& s) {
        return s.view.part == Part::encoder && !s.document.target && s.document.edits.count() == 2;
    }));
    key("ctrl+z");
    EXPECT_TRUE(state_becomes([](const Session& s) { return s.document.target == "w20 w21"; }));
    EXPECT_TRUE(program.running()) << program.errors();
}

TEST_F(DrivenWindowTest, IdleWindowCostsNoProcessorTime) {
    Program program(home_, {"--model", model_, "--text", "w10 w11 w12"});
    open(program);
    if (HasFatalFailure()) return;
    // Until the state is saved something is still due.
    ASSERT_TRUE(state_becomes([](const Session&) { return true; }));
    std::this_thread::sleep_for(1s);
    const double before = program.processor_seconds();
    std::this_thread::sleep_for(4s);
    EXPECT_LE(program.processor_seconds() - before, 0.04);
}

}  // namespace
}  // namespace fovea::app
