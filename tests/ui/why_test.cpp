// Explanations in the window: asked by keys, drawn as figures, gone into by clicks.
#include <gtest/gtest.h>

#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "app/panels/explanation.h"
#include "app/panels/export_explanation.h"
#include "app/panels/left_column.h"
#include "app/views/list.h"
#include "app/views/way_back.h"
#include "engine/export/export_findings.h"
#include "engine/figure/links.h"
#include "engine/trace/head_map.h"
#include "tests/engine/exported_files.h"
#include "tests/ui/screen_fixture.h"
#include "tests/ui/small_reading.h"
#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

TEST(Views, AreNamedOnceAndHaveAKeyEach) {
    std::set<std::string_view> names;
    for (const View& view : views()) {
        EXPECT_TRUE(names.insert(view.name).second) << view.name;
        EXPECT_EQ(&view_by_name(view.name), &view);
    }
    EXPECT_EQ(view_by_name("of another version").name, views().front().name);
    EXPECT_LE(views().size(), 6u) << "the digits behind are those of an encoder-decoder's parts";
}

class WhyTest : public WholeWindowTest {
  protected:
    void open_why(const char* model, const char* text) {
        open(passing_options(model, text), 1440, 900);
        if (HasFatalFailure() || IsSkipped()) return;
        application().press({.key = GLFW_KEY_ESCAPE});
        application().view().pinned = ViewState::Pin{2, 1};
        application().view().selected = {1, 1};
        application().press({.character = 'e'});
        settle();
    }
    const Explanation& explanation() { return application().explanation(); }
};

TEST_F(WhyTest, AKeyExplainsTheCellAndTheNextAsksOn) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    EXPECT_EQ(application().view().middle, "why");
    ASSERT_TRUE(explanation().findings) << explanation().error;
    EXPECT_EQ(explanation().findings->question, "Why does “w12” look at “w11”?");
    EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{1, 1, 2, 1}));
    std::set<std::string_view> asked = {explanation().answered.analysis->name};
    for (size_t i = 1; i < analyses().size(); ++i) {
        application().press({.character = 'e'});
        settle();
        EXPECT_EQ(explanation().error, "");
        asked.insert(explanation().answered.analysis->name);
    }
    EXPECT_EQ(asked.size(), analyses().size());
}

TEST_F(WhyTest, TheAnswerFollowsTheSentenceTheHeadAndTheEdits) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    application().view().selected = {0, 0};
    settle();
    EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{0, 0, 2, 1}));
    const auto weight = [&] {
        for (const FoundArray& array : explanation().findings->arrays)
            if (array.name == "attentions.0.0.2") {
                std::vector<float> row(static_cast<size_t>(element_count(array.shape)));
                array.fill(0, array.shape.front(), row.data());
                return row[1];
            }
        ADD_FAILURE() << "no weights";
        return 0.0f;
    };
    const float before = weight();
    application().issue(SetTemperature{{}, 5});
    settle();
    EXPECT_NE(weight(), before);
    application().issue(SetText{"w20 w21 w22 w23 w24"});
    settle();
    EXPECT_EQ(explanation().answered.subjects.a, application().reading());
    EXPECT_TRUE(explanation().findings->question.starts_with("Why does “w24” look at "))
        << explanation().findings->question << ": of another sentence it is the last token";
}

TEST_F(WhyTest, AClickGoesToAWriterAndBackspaceReturns) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const auto* terms = explanation().findings->find("history_terms");
    ASSERT_TRUE(terms);
    const auto& table = std::get<finding::Table>(terms->kind);
    for (const auto& row : table.rows)
        for (const Referent& link : row.links)
            if (std::holds_alternative<HeadCell>(link)) {
                const HeadCell cell = std::get<HeadCell>(link);
                follow(application().view(), cell);
                settle();
                EXPECT_EQ(explanation().answered.parameters.cell, cell);
                application().press({.key = GLFW_KEY_BACKSPACE});
                settle();
                EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{1, 1, 2, 1}));
                return;
            }
    FAIL() << "no head is among the largest terms";
}

TEST_F(WhyTest, TheWayBackIsInStepsThatCanBeClicked) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    ViewState& view = application().view();
    follow(view, HeadCell{0, 1, 2, 0});
    follow(view, HeadCell{0, 0, 1, 0});
    follow(view, HeadCell{1, 0, 3, 2});
    settle();
    ASSERT_EQ(view.trail.size(), 3u);
    // From the right end of the question's line: first what is asked now, then the last step.
    const ImGuiWindow* middle = region("middle");
    ASSERT_TRUE(middle);
    const float y = middle->Pos.y + 44 + 16 + 10;
    for (float x = middle->Pos.x + middle->Size.x - 20; view.trail.size() == 3 && x > 500; x -= 15)
        click({x, y});
    EXPECT_EQ(view.trail.size(), 2u) << "the newest step comes first";
    EXPECT_EQ(view.selected, (HeadId{0, 0}));
    EXPECT_EQ(view.pinned, (ViewState::Pin{1, 0}));
    go_back_to(view, 0);
    EXPECT_EQ(view.selected, (HeadId{1, 1}));
    EXPECT_EQ(view.pinned, (ViewState::Pin{2, 1}));
    EXPECT_TRUE(view.trail.empty());
}

class WayBackWords : public ScreenTest {};

TEST_F(WayBackWords, AStepNamesTheHeadAndTheCellOrTheLayerAndTheToken) {
    reading_ = small_reading("gpt2", {"Tom", " has", "␣a", " ball"});
    draw_ = [](Frame& frame) {
        const HeadId head{1, 2};
        EXPECT_EQ(asked_in_words(frame, {"cell", head, ViewState::Pin{3, 0}, 3}),
                  "L1 head 2 · ball → Tom");
        // Nothing was pinned: the query with its heaviest key, and of no query the last.
        const auto heaviest = [&](Index query) {
            const LayerTrace& layer = *frame.trace->layers[1];
            const Tensor row = head_map(layer, 2, Quantity::weights, {query, query + 1, 0, 4});
            Index key = 0;
            for (Index k = 1; k <= query; ++k)
                if (row.at(0, k) > row.at(0, key)) key = k;
            constexpr std::string_view words[] = {"Tom", "has", "a", "ball"};
            return words[key];
        };
        EXPECT_EQ(asked_in_words(frame, {"cell", head, std::nullopt, 2}),
                  fmt::format("L1 head 2 · a → {}", heaviest(2)));
        EXPECT_EQ(asked_in_words(frame, {"cell", head, std::nullopt, std::nullopt}),
                  fmt::format("L1 head 2 · ball → {}", heaviest(3)));
        EXPECT_EQ(asked_in_words(frame, {"cell", {9, 9}, std::nullopt, 2}), "L9 head 9 · a")
            << "of another model";
        EXPECT_EQ(asked_in_words(frame, {"lens", head, std::nullopt, 2}), "lens · L1 · a");
        EXPECT_EQ(asked_in_words(frame, {"cell", head, ViewState::Pin{9, 0}, 9}),
                  "L1 head 2 · token 9 → Tom")
            << "the sentence has become shorter";
    };
    draw_frame();
}

TEST_F(WhyTest, QuestionsAreListedInTheLeftColumnAndChosenThere) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const ImGuiWindow* left = region("left");
    ASSERT_TRUE(left);
    // Below the column's padding and the heading.
    for (size_t i = 0; i < analyses().size(); ++i) {
        const float y = left->Pos.y + 12 + 26 + 25 * (static_cast<float>(i) + 0.5f);
        click({left->Pos.x + 80, y});
        settle();
        EXPECT_EQ(application().view().analysis, analyses()[i].name);
        EXPECT_EQ(explanation().answered.analysis, &analyses()[i]);
    }
    EXPECT_GT(panel_height("left", "why"), 25 * static_cast<float>(analyses().size()));
    EXPECT_EQ(left->ScrollMax.y, 0);
}

/// The window exports into a home of its own.
class WhyExportTest : public WhyTest {
  protected:
    void SetUp() override {
        const char* const home = std::getenv("HOME");
        home_before_ = home ? home : "";
        setenv("HOME", home_.path().c_str(), 1);
        WhyTest::SetUp();
    }
    void TearDown() override {
        WhyTest::TearDown();
        setenv("HOME", home_before_.c_str(), 1);
    }
    std::string copied(char32_t key) {
        ImGui::SetClipboardText("before");
        application().press({.character = key, .control = true, .shift = true});
        frames_until([&] { return ImGui::GetClipboardText() != std::string("before"); });
        return ImGui::GetClipboardText();
    }

  private:
    std::string home_before_;
};

TEST_F(WhyExportTest, TheAnswerInViewIsWritten) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    application().press({.character = 'e', .control = true});
    frames(4);
    strike(ImGuiKey_Enter);
    const auto file = home_ / "gpt2 cell.npz";
    ASSERT_TRUE(frames_until([&] { return std::filesystem::exists(file); }));
    const auto members = test::unzip(file);
    const test::Array written = test::parse_npy(members.at("attentions.1.1.2.npy"));
    for (const FoundArray& array : explanation().findings->arrays)
        if (array.name == "attentions.1.1.2") {
            std::vector<float> row(static_cast<size_t>(element_count(array.shape)));
            array.fill(0, array.shape.front(), row.data());
            EXPECT_EQ(written.as<float>(), row);
        }
    strike(ImGuiKey_Escape);
    // Each analysis is proposed under its own name.
    application().view().analysis = "norms";
    settle();
    application().press({.character = 'e', .control = true});
    frames(4);
    strike(ImGuiKey_Enter);
    EXPECT_TRUE(frames_until([&] { return std::filesystem::exists(home_ / "gpt2 norms.npz"); }));
    strike(ImGuiKey_Escape);
}

/// A table of an answer writes files beside the named one: they count as there, and are said.
TEST_F(WhyExportTest, EveryFileThatWouldBeWrittenOverIsAskedAboutAndSaid) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const auto neighbour = home_ / "why.weight.csv";
    std::ofstream(neighbour) << "somebody's own";
    const auto bytes = [](const std::filesystem::path& file) {
        std::ifstream stream(file);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    FindingsExport job;
    job.findings = explanation().findings;
    job.subjects = explanation().answered.subjects;
    job.analysis = explanation().answered.analysis;
    job.file = home_ / "why.csv";
    const auto files = files_written(job);
    EXPECT_EQ(files.size(), 2 * job.findings->findings.size());
    EXPECT_NE(std::find(files.begin(), files.end(), neighbour), files.end());
    // Nobody was asked yet.
    const TaskOutcome refused = export_work(job)({});
    EXPECT_FALSE(refused.good);
    EXPECT_NE(refused.sentence.find("why.weight.csv"), std::string::npos) << refused.sentence;
    EXPECT_FALSE(std::filesystem::exists(job.file));
    EXPECT_EQ(bytes(neighbour), "somebody's own");
    // The dialog: an ending that is typed chooses the format; it sees the neighbour, so it asks.
    application().press({.character = 'e', .control = true});
    frames(4);
    ImGui::GetIO().AddInputCharactersUTF8("why.csv");
    frames(4);
    // Until it has seen the neighbour, it refuses to write.
    const auto all_written = [&] {
        return bytes(neighbour) != "somebody's own" &&
               std::ranges::all_of(files, [](const auto& file) { return exists(file); });
    };
    for (int tries = 0; tries < 200 && !all_written(); ++tries) {
        strike(ImGuiKey_Enter);
        for (int i = 0; i < 20 && !all_written(); ++i) {
            frame();
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    EXPECT_TRUE(all_written());
    strike(ImGuiKey_Escape);
    job.may_replace = true;
    const TaskOutcome outcome = export_work(job)({});
    EXPECT_EQ(outcome.sentence.find(fmt::format("Wrote {} files to {}: why.csv, why.*.csv",
                                                files.size(), home_.path().string())),
              0u)
        << outcome.sentence;
}

TEST_F(WhyExportTest, CopiesAreOfTheAnswerAndNeverOfAnOlderOne) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    EXPECT_EQ(copied('c'), findings_as_text(*explanation().findings));
    // Another sentence is typed: its answer is not there yet.
    ImGui::SetClipboardText("before");
    const auto old = explanation().findings;
    application().issue(SetText{"w20 w21 w22 w23 w24"});
    application().press({.character = 'c', .control = true, .shift = true});
    settle();
    frames(20);
    EXPECT_NE(ImGui::GetClipboardText(), findings_as_text(*old));
    const std::string anew = copied('c');
    EXPECT_EQ(anew, findings_as_text(*explanation().findings));
    EXPECT_NE(explanation().findings, old);
}

/// Nothing of an answer is to be scrolled to at the usual size.
TEST_F(WhyTest, AnAnswerStandsWholeInTheWindow) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    for (const Analysis& analysis : analyses()) {
        application().view().analysis = analysis.name;
        settle();
        ASSERT_TRUE(explanation().findings);
        const ImGuiWindow* figure = region("why");
        ASSERT_TRUE(figure);
        EXPECT_EQ(figure->ScrollMax.y, 0) << analysis.name;
        EXPECT_FALSE(figure->ScrollbarY) << analysis.name;
    }
}

/// What a feed-forward wrote is read by the lens, after its layer; Backspace returns.
TEST_F(WhyTest, AClickOnAFeedForwardReadsItsState) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const StateOf to{1, 2};
    follow(application().view(), to, "lens");
    settle();
    EXPECT_EQ(explanation().answered.analysis->name, "lens");
    EXPECT_EQ(application().view().selected.layer, to.state - 1);
    EXPECT_EQ(application().view().selected_query, to.token);
    application().press({.key = GLFW_KEY_BACKSPACE});
    settle();
    EXPECT_EQ(explanation().answered.analysis->name, "cell");
    EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{1, 1, 2, 1}));
}

TEST_F(WhyExportTest, APictureIsTheFigureAsTheWindowShowsIt) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const char* const display = std::getenv("DISPLAY");
    const std::string display_before = display ? display : "";
    unsetenv("DISPLAY");  // no program takes it: it is left in a file
    unsetenv("WAYLAND_DISPLAY");
    application().press({.character = 'p', .control = true, .shift = true});
    const auto file = home_ / "fovea cell.png";
    EXPECT_TRUE(frames_until([&] { return std::filesystem::exists(file); }));
    if (!display_before.empty()) setenv("DISPLAY", display_before.c_str(), 1);
    std::ifstream stream(file, std::ios::binary);
    const std::string png(std::istreambuf_iterator<char>(stream), {});
    ASSERT_GT(png.size(), 24u);
    const auto number = [&](size_t at) {
        int value = 0;
        for (size_t i = at; i < at + 4; ++i)
            value = value << 8 | static_cast<unsigned char>(png[i]);
        return value;
    };
    // Two pixels to the unit; the margins are those of paper.
    const float width = explanation().figure_width, height = explanation().figure_height;
    EXPECT_GT(width, 500);
    EXPECT_NEAR(number(16), 2 * (width + 48), 2);
    EXPECT_LE(number(20), 2 * (height + 48)) << "all of it stands in the window, too";
}

TEST_F(WhyTest, AModelThatPredictsNothingSaysWhatCanBeAsked) {
    open_why("electra", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    application().view().analysis = "lens";
    settle();
    EXPECT_NE(explanation().error.find("lens cannot be asked of it; cell, norms can"),
              std::string::npos)
        << explanation().error;
    application().view().analysis = "cell";
    settle();
    EXPECT_EQ(explanation().error, "");
    // The key passes over it, and a click on its faint line does nothing.
    std::set<std::string> seen;
    for (size_t i = 0; i < analyses().size(); ++i) {
        application().press({.character = 'e'});
        settle();
        EXPECT_EQ(explanation().error, "");
        seen.insert(application().view().analysis);
    }
    EXPECT_FALSE(seen.contains("lens"));
    EXPECT_EQ(seen.size(), analyses().size() - 1);
    const std::string before = application().view().analysis;
    const ImGuiWindow* left = region("left");
    for (size_t i = 0; i < analyses().size(); ++i)
        if (analyses()[i].name == "lens")
            click({left->Pos.x + 80, left->Pos.y + 12 + 26 + 25 * (static_cast<float>(i) + 0.5f)});
    EXPECT_EQ(application().view().analysis, before);
}

}  // namespace
}  // namespace fovea::app
