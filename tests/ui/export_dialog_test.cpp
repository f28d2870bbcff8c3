#include "app/panels/export_dialog.h"

#include <imgui_internal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/panels/export_explanation.h"
#include "app/panels/export_job.h"
#include "app/ui/widgets.h"
#include "engine/metrics/row_metric.h"
#include "screen_fixture.h"
#include "small_reading.h"
#include "tests/engine/small_disk.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

class ExportDialogTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        Edits edits;
        edits.temperatures = {{{}, 2}};
        reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball"}, edits);
        document_.edits = edits;
        choices_.folder = folder_.string();
        choices_.name = "map";
        view_.selected = {1, 2};
    }
    /// Runs the work that `make` builds inside a frame, to its end.
    TaskOutcome run_work(const std::function<ExportWork(Frame&)>& make) {
        ExportWork work;
        draw_ = [&](Frame& frame) { work = make(frame); };
        draw_frame();
        return work({});
    }
    const test::TemporaryFolder own_;
    const fs::path folder_ = own_.path();
    ExportChoices choices_;
};

TEST_F(ExportDialogTest, AFileIsWrittenAndItsSizeSaid) {
    choices_.heads = ExportChoices::Heads::chosen;
    const TaskOutcome outcome =
        run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
    EXPECT_TRUE(outcome.good) << outcome.sentence;
    EXPECT_EQ(outcome.sentence.substr(0, 14), "Wrote map.npz,");
    choices_.name = "map.csv";
    take_typed_ending(choices_);
    const TaskOutcome two =
        run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
    EXPECT_EQ(two.sentence.find("Wrote map.csv and map.csv-metadata.json, "), 0u) << two.sentence;
    EXPECT_TRUE(fs::exists(folder_ / "map.npz"));
}

TEST_F(ExportDialogTest, TheJobSaysWhatIsChosen) {
    choices_.heads = ExportChoices::Heads::layer;
    choices_.attention_logits = true;
    draw_ = [&](Frame& frame) {
        const ExportJob job = export_job(frame, choices_);
        EXPECT_EQ(job.layers, std::vector<Index>{1});
        EXPECT_TRUE(job.heads.empty());
        EXPECT_TRUE(job.with_edits && job.attentions && job.attention_logits && job.metrics);
        EXPECT_FALSE(job.hidden_states || job.logits);
        // 4 tokens: ids, two quantities of 16 cells a head, nine metrics a row.
        const auto heads = static_cast<double>(frame.heads());
        EXPECT_EQ(export_numbers(job),
                  4 + heads * (2 * 16 + 4.0 * static_cast<double>(row_metrics().size())));
    };
    draw_frame();
}

TEST_F(ExportDialogTest, APictureOfTheDifferenceInViewIsOfTheDifference) {
    for (size_t i = 0; i < exporters().size(); ++i)
        if (exporters()[i].ending == ".svg") choices_.format = static_cast<int>(i);
    choices_.heads = ExportChoices::Heads::chosen;
    view_.middle = "difference";
    draw_ = [&](Frame& frame) {
        const ExportJob job = export_job(frame, choices_);
        ASSERT_TRUE(job.less);
        EXPECT_TRUE(job.with_edits && !job.less->with_edits && !job.less->head);
        choices_.format = 0;  // numbers are those of the map
        EXPECT_FALSE(export_job(frame, choices_).less);
    };
    draw_frame();
}

TEST_F(ExportDialogTest, EveryFormatWritesWithTheDialogsOwnDefaults) {
    for (size_t i = 0; i < exporters().size(); ++i) {
        choices_.format = static_cast<int>(i);
        const TaskOutcome outcome =
            run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
        EXPECT_TRUE(outcome.good) << exporters()[i].ending << ": " << outcome.sentence;
        EXPECT_TRUE(fs::exists(export_file(choices_))) << exporters()[i].ending;
    }
}

TEST_F(ExportDialogTest, AFormatIsAskedForWhatItHolds) {
    choices_.hidden_states = choices_.logits = choices_.attention_logits = true;
    draw_ = [&](Frame& frame) {
        for (size_t i = 0; i < exporters().size(); ++i) {
            choices_.format = static_cast<int>(i);
            const ExportJob job = export_job(frame, choices_);
            if (exporters()[i].ending == ".csv") {
                EXPECT_TRUE(job.attentions && job.attention_logits && job.layers.empty());
                EXPECT_FALSE(job.hidden_states || job.logits || job.metrics);
            }
            if (exporters()[i].ending == ".npy") {
                EXPECT_EQ(job.layers, std::vector<Index>{1});
                EXPECT_TRUE(job.attentions && job.heads.empty());
                EXPECT_FALSE(job.attention_logits || job.hidden_states || job.logits ||
                             job.metrics);
            }
            if (exporters()[i].ending == ".npz") {
                EXPECT_TRUE(job.attentions && job.attention_logits && job.hidden_states &&
                            job.logits && job.metrics && job.layers.empty());
            }
        }
    };
    draw_frame();
}

TEST_F(ExportDialogTest, TheNameIsTheModelsUnlessAnotherWasTyped) {
    ExportChoices choices;
    propose_name(choices, "all-MiniLM-L6-v2");
    EXPECT_EQ(choices.name, "all-MiniLM-L6-v2");
    propose_name(choices, "models/gpt2");
    EXPECT_EQ(choices.name, "gpt2");
    choices.name = "mine";
    propose_name(choices, "bert");
    EXPECT_EQ(choices.name, "mine");
    choices.name.clear();
    propose_name(choices, "bert");
    EXPECT_EQ(choices.name, "bert");
}

TEST_F(ExportDialogTest, AMissingFolderIsNamed) {
    choices_.folder = (folder_ / "nowhere").string();
    const TaskOutcome outcome =
        run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
    EXPECT_FALSE(outcome.good);
    EXPECT_NE(outcome.sentence.find("nowhere"), std::string::npos) << outcome.sentence;
}

TEST_F(ExportDialogTest, AFullDiskIsSaidAndTheOlderFileStands) {
    std::ofstream(folder_ / "map.npz") << "older";
    TaskOutcome outcome;
    {
        const test::SmallDisk disk(1000);
        outcome = run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
    }
    EXPECT_FALSE(outcome.good);
    EXPECT_NE(outcome.sentence.find("map.npz: "), std::string::npos) << outcome.sentence;
    std::string older;
    std::ifstream(folder_ / "map.npz") >> older;
    EXPECT_EQ(older, "older");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
    // With room again the same dialog writes it.
    outcome = run_work([&](Frame& frame) { return export_work(export_job(frame, choices_)); });
    EXPECT_TRUE(outcome.good) << outcome.sentence;
}

TEST_F(ExportDialogTest, TheMatrixIsCopiedWithItsTokens) {
    const TaskOutcome outcome = run_work([](Frame& frame) { return copy_matrix_work(frame); });
    EXPECT_TRUE(outcome.good);
    EXPECT_EQ(std::count(outcome.clipboard.begin(), outcome.clipboard.end(), '\t'), 5 * 4);
    EXPECT_NE(outcome.clipboard.find("Tom"), std::string::npos);
}

TEST_F(ExportDialogTest, APictureThatNoProgramTakesIsLeftInAFile) {
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    const TaskOutcome outcome =
        run_work([&](Frame& frame) { return copy_picture_work(frame, choices_); });
    EXPECT_TRUE(outcome.good) << outcome.sentence;
    EXPECT_TRUE(fs::exists(folder_ / "fovea layer 1 head 2.png")) << outcome.sentence;
}

/// The name that it once had could be foretold: a link of that name is not written through, and
/// nothing is left in the folder for temporary files.
TEST_F(ExportDialogTest, APictureIsCopiedByWayOfAFolderOfItsOwn) {
    const fs::path temporary = folder_ / "tmp", programs = folder_ / "bin";
    fs::create_directories(temporary);
    fs::create_directories(programs);
    std::ofstream(folder_ / "victim") << "precious";
    fs::create_symlink(folder_ / "victim", temporary / fmt::format("fovea-{}.png", ::getpid()));
    std::ofstream(programs / "xclip")
        << "#!/bin/sh\ncat > '" << (folder_ / "taken").string() << "'\n";
    fs::permissions(programs / "xclip", fs::perms::owner_all);
    const char* const path = std::getenv("PATH");
    const std::string old_path = path ? path : "";
    setenv("PATH", (programs.string() + ":" + old_path).c_str(), 1);
    setenv("TMPDIR", temporary.c_str(), 1);
    setenv("DISPLAY", ":1234", 1);
    unsetenv("WAYLAND_DISPLAY");
    const TaskOutcome outcome =
        run_work([&](Frame& frame) { return copy_picture_work(frame, choices_); });
    setenv("PATH", old_path.c_str(), 1);
    unsetenv("TMPDIR");
    unsetenv("DISPLAY");
    EXPECT_TRUE(outcome.good) << outcome.sentence;
    EXPECT_EQ(outcome.sentence.substr(0, 22), "Copied the picture of ") << outcome.sentence;
    std::string victim, taken(4, ' ');
    std::ifstream(folder_ / "victim") >> victim;
    EXPECT_EQ(victim, "precious");
    std::ifstream(folder_ / "taken", std::ios::binary).read(taken.data(), 4);
    EXPECT_EQ(taken, "\x89PNG");
    EXPECT_EQ(std::distance(fs::directory_iterator(temporary), fs::directory_iterator()), 1);
}

TEST(ExportNames, ThatCountOnAreOne) {
    EXPECT_EQ(names_in_words({"lens_rank", "lens.0", "lens.1", "lens.2", "qk.1.2", "qk.1.4"}),
              "lens_rank, lens.0 … lens.2, qk.1.2, qk.1.4");
    EXPECT_EQ(names_in_words({"a.1", "a.2", "b.3", "a.3", "c."}), "a.1, a.2, b.3, a.3, c.");
    EXPECT_EQ(names_in_words({}), "");
}

TEST_F(ExportDialogTest, HomeIsATilde) {
    EXPECT_EQ(expanded("~/maps"), home_folder() / "maps");
    EXPECT_EQ(expanded("/tmp/~"), fs::path("/tmp/~"));
    choices_.folder = "~";
    EXPECT_EQ(export_file(choices_), home_folder() / "map.npz");
    choices_.name = "map.npz";
    EXPECT_EQ(export_file(choices_), home_folder() / "map.npz");
}

TEST_F(ExportDialogTest, AnEndingThatIsTypedChoosesTheFormat) {
    const auto type_name = [&](const char* name) {
        choices_.name = name;
        take_typed_ending(choices_);
        return export_file(choices_).filename();
    };
    EXPECT_EQ(type_name("why.png"), "why.png");
    EXPECT_TRUE(draws(choices_));
    EXPECT_EQ(type_name("why"), "why.png");
    EXPECT_EQ(type_name("why.CSV"), "why.CSV");
    EXPECT_EQ(holds(choices_), Exporter::Holds::cells);
    EXPECT_EQ(type_name("gpt2.v1"), "gpt2.v1.csv") << "no format's ending";
    // Another format that is chosen afterwards takes the place of the typed one.
    choices_.name = "why.csv";
    drop_typed_ending(choices_);
    choices_.format = 0;
    EXPECT_EQ(export_file(choices_).filename(), "why.npz");
}

TEST_F(ExportDialogTest, AFileOfManyNumbersSaysItsSize) {
    const auto format = [](std::string_view ending) -> const Exporter& {
        return *std::ranges::find(exporters(), ending, &Exporter::ending);
    };
    EXPECT_EQ(numbers_in_words(20e6, format(".npz")), "20.0 million numbers");
    EXPECT_EQ(numbers_in_words(775e6, format(".npz")), "775.0 million numbers, 3.1 GB");
    EXPECT_EQ(numbers_in_words(60e6, format(".csv")), "60.0 million numbers, at least 420 MB");
}

TEST_F(ExportDialogTest, OpensDrawsAndClosesByEscape) {
    bool opens = true;
    draw_ = [&](Frame& frame) {
        if (opens) open_export_dialog(frame);
        opens = false;
        draw_export_dialog(frame);
    };
    const auto is_open = [] {
        const ImGuiPopupFlags any = ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel;
        return ImGui::IsPopupOpen("", any);
    };
    bool open_in_frame = false;
    const auto draw_dialog = draw_;
    draw_ = [&](Frame& frame) {
        draw_dialog(frame);
        open_in_frame = is_open();
    };
    draw_frames(3);
    EXPECT_TRUE(open_in_frame);
    key(ImGuiKey_Escape, true);
    draw_frame();
    key(ImGuiKey_Escape, false);
    draw_frames(2);
    EXPECT_FALSE(open_in_frame);
}

/// The dialog in a frame; what is open, and where its window is.
class OpenExportDialogTest : public ExportDialogTest {
  protected:
    void SetUp() override {
        ExportDialogTest::SetUp();
        draw_ = [this](Frame& frame) {
            if (opens_) open_export_dialog(frame);
            opens_ = false;
            draw_export_dialog(frame);
            popups_ = ImGui::GetCurrentContext()->OpenPopupStack.Size;
            if (const ImGuiWindow* window = ImGui::FindWindowByName("export"))
                area_ = {window->Pos,
                         {window->Pos.x + window->Size.x, window->Pos.y + window->Size.y}};
        };
        draw_frames(4);
    }
    void TearDown() override {
        strike(ImGuiKey_Escape);
        ExportDialogTest::TearDown();
    }
    void strike(ImGuiKey which) {
        key(which, true);
        draw_frame();
        key(which, false);
        draw_frames(3);
    }
    struct Rectangle {
        ImVec2 min, max;
        bool operator==(const Rectangle& o) const {
            return min.x == o.min.x && min.y == o.min.y && max.x == o.max.x && max.y == o.max.y;
        }
    };
    bool opens_ = true;
    int popups_ = 0;
    Rectangle area_;
};

TEST_F(OpenExportDialogTest, StaysPutWhateverIsChosen) {
    ASSERT_EQ(popups_, 1);
    const Rectangle before = area_;
    strike(ImGuiKey_Tab);  // from the name to the format
    for (size_t i = 0; i < exporters().size(); ++i) {
        strike(ImGuiKey_DownArrow);
        EXPECT_EQ(area_, before) << "format " << i + 1;
    }
    for (size_t i = 0; i < exporters().size(); ++i)
        strike(ImGuiKey_UpArrow);
    EXPECT_EQ(area_, before);
}

TEST_F(OpenExportDialogTest, IsUsedByKeyboardAlone) {
    ASSERT_EQ(popups_, 1);
    // The name has the caret, all of it chosen.
    EXPECT_TRUE(widgets::has_keyboard());
    type("by-hand");
    draw_frames(2);
    // To the folder and back by Shift+Tab and Tab; what is typed there goes there.
    hold_shift(true);
    strike(ImGuiKey_Tab);
    hold_shift(false);
    EXPECT_TRUE(widgets::has_keyboard());
    type(folder_.string().c_str());
    draw_frames(2);
    for (int i = 0; i < 2; ++i)
        strike(ImGuiKey_Tab);
    EXPECT_FALSE(widgets::has_keyboard()) << "the list of formats";
    for (size_t i = 0; i < exporters().size() && exporters()[i].ending != ".csv"; ++i)
        strike(ImGuiKey_RightArrow);
    strike(ImGuiKey_Enter);
    const fs::path file = folder_ / "by-hand.csv";
    EXPECT_TRUE(soon([&] {
        draw_frame();
        return fs::exists(file);
    }));
    EXPECT_EQ(popups_, 1) << "Enter writes, and leaves the dialog open";
    for (size_t i = 0; i < exporters().size(); ++i)
        strike(ImGuiKey_LeftArrow);
}

TEST_F(OpenExportDialogTest, EachTimeItOpensTheNameIsSelected) {
    ASSERT_EQ(popups_, 1);
    hold_shift(true);
    strike(ImGuiKey_Tab);
    hold_shift(false);
    type(folder_.string().c_str());
    draw_frames(2);
    strike(ImGuiKey_Tab);
    type("first.json");
    draw_frames(2);
    strike(ImGuiKey_Escape);
    ASSERT_EQ(popups_, 0);
    opens_ = true;
    draw_frames(5);
    ASSERT_EQ(popups_, 1);
    type("second.json");
    draw_frames(2);
    strike(ImGuiKey_Enter);
    EXPECT_TRUE(soon([&] {
        draw_frame();
        return fs::exists(folder_ / "second.json");
    }));
    // After Enter the caret stays where it is.
    key(ImGuiKey_Backspace, true);
    draw_frame();
    key(ImGuiKey_Backspace, false);
    draw_frames(2);
    type("n");
    draw_frames(2);
    fs::remove(folder_ / "second.json");
    strike(ImGuiKey_Enter);
    EXPECT_TRUE(soon([&] {
        draw_frame();
        return fs::exists(folder_ / "second.json");
    }));
}

TEST_F(OpenExportDialogTest, TabGoesRoundThroughEveryControl) {
    ASSERT_EQ(popups_, 1);
    // name, format, heads, four or five switches, edits, three buttons, go, folder, and the name.
    int stops = 0, fields = 0;
    do {
        strike(ImGuiKey_Tab);
        ++stops;
        fields += widgets::has_keyboard();
    } while (fields < 2 && stops < 30);
    EXPECT_GE(stops, 13);
    EXPECT_LT(stops, 30) << "the folder and the name come round again";
}

TEST_F(OpenExportDialogTest, EscapeClosesTheMenuFirstAndThenTheDialog) {
    ASSERT_EQ(popups_, 1);
    // The list of formats: below the folder and the name, right of its label.
    click(area_.min.x + 20 + 84 + 30, area_.min.y + 20 + 28 + 2 * 40 + 15);
    draw_frames(2);
    ASSERT_EQ(popups_, 2);
    strike(ImGuiKey_Escape);
    EXPECT_EQ(popups_, 1);
    strike(ImGuiKey_Escape);
    EXPECT_EQ(popups_, 0);
}

}  // namespace
}  // namespace fovea::app
