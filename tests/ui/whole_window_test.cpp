// What stands where in the whole window: nothing jumps, nothing is pushed out of sight.

#include "tests/ui/whole_window.h"

#include "app/panels/list.h"
#include "app/panels/panel.h"
#include "tests/bench/random_model.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

/// The heights of all panels of the columns, in their order.
std::vector<std::pair<std::string, float>> heights_of(
    const std::function<float(const char* column, const char* panel)>& height) {
    std::vector<std::pair<std::string, float>> heights;
    for (const Panel& panel : panels())
        // Those that come and go with the view in the middle have no number.
        if (panel.place != Place::bottom && panel.numbered)
            heights.emplace_back(panel.name,
                                 height(panel.place == Place::left ? "left" : "right", panel.name));
    return heights;
}

TEST_F(WholeWindowTest, NothingJumpsWhenTheSentenceIsEmptied) {
    for (const char* model : {"gpt2", "bert", "bart"})
        for (const ImVec2 size : {ImVec2(1024, 768), ImVec2(1440, 900)}) {
            open(options_of(model, "w11 w12 w13 w14"), size.x, size.y);
            application().view().right_fold = ViewState::Fold::open;
            if (application().has_target()) application().issue(SetTarget{"w20 w21"});
            settle();
            const auto full = heights_of(panel_height);
            application().issue(SetText{""});
            settle();
            ASSERT_TRUE(application().sentence_is_empty());
            const auto empty = heights_of(panel_height);
            ASSERT_EQ(full.size(), empty.size());
            for (size_t i = 0; i < full.size(); ++i) {
                EXPECT_GT(full[i].second, 0) << full[i].first;
                EXPECT_EQ(full[i].second, empty[i].second)
                    << model << ", " << full[i].first << " at " << size.x;
            }
        }
}

TEST_F(WholeWindowTest, TheRightColumnFitsAWindowOf1024By768) {
    for (const float scale : {1.0f, 2.0f}) {
        open(options_of("gpt2", "w11 w12 w13 w14"), 1024 * scale, 768 * scale, scale);
        const ImGuiWindow* right = region("right");
        ASSERT_NE(right, nullptr);
        EXPECT_EQ(right->ScrollMax.y, 0) << scale;
        // Six predictions and the row below them, which a taller window has as well.
        const float low = panel_height("right", "next_token");
        open(options_of("gpt2", "w11 w12 w13 w14"), 1440 * scale, 900 * scale, scale);
        EXPECT_GE(panel_height("right", "next_token"), low);
        EXPECT_GE(low, (24 + 6 * 20) * scale);
    }
}

/// Deep models too: the entropy and the bars below it are there without scrolling past the heads.
TEST_F(WholeWindowTest, TheLeftColumnFitsForAsManyLayersAsModelsHave) {
    struct Case {
        Index layers, heads;
        std::vector<ImVec2> sizes;
    };
    const std::vector<ImVec2> all = {{900, 600}, {1280, 800}, {1440, 900}, {1920, 1080}};
    for (const Case& model : {Case{30, 9, all}, Case{18, 4, all}, Case{6, 12, all},
                              Case{32, 32, {{1280, 800}, {1440, 900}}}}) {
        const fs::path folder = home_ / fmt::format("{}x{}", model.layers, model.heads);
        ASSERT_TRUE(test::write_random_model(
            test::RandomModel::narrow_llama(model.layers, model.heads), folder));
        WindowOptions options;
        options.model = folder.string();
        options.text = test::letters(12);
        for (const ImVec2 size : model.sizes)
            for (const float scale : {1.0f, 2.0f}) {
                SCOPED_TRACE(testing::Message() << model.layers << " x " << model.heads << " at "
                                                << size.x << " x " << size.y << ", " << scale);
                open(options, size.x * scale, size.y * scale, scale);
                const ImGuiWindow* left = region("left");
                ASSERT_NE(left, nullptr);
                EXPECT_EQ(left->ScrollMax.y, 0);
                for (const char* panel : {"heads", "entropy", "entropy_by_token"})
                    EXPECT_GT(panel_height("left", panel), 40 * scale) << panel;
                if (scale > 1) continue;
                // Beside the questions the bars give way.
                application().view().middle = "why";
                settle();
                EXPECT_EQ(region("left")->ScrollMax.y, 0) << "with questions";
                for (const char* panel : {"why", "heads", "entropy"})
                    EXPECT_GT(panel_height("left", panel), 40) << panel;
            }
    }
}

/// Where there is too little room for all, rows of predictions go first; what is left scrolls.
TEST_F(WholeWindowTest, ALowWindowShrinksTheRightColumn) {
    open(options_of("gpt2", "w11 w12 w13 w14"), 900, 600);
    const ImGuiWindow* folded = region("right");
    ASSERT_NE(folded, nullptr);
    EXPECT_LT(folded->Size.x, 40) << "by itself it folds";
    application().view().right_fold = ViewState::Fold::open;
    settle();
    const ImGuiWindow* right = region("right");
    ASSERT_NE(right, nullptr);
    const float low = panel_height("right", "next_token");
    EXPECT_GE(low, 24 + 3 * 20);
    EXPECT_LT(low, 24 + 6 * 20);
    // All of it can be reached.
    float all = 0;
    for (const auto& [name, height] : heights_of(panel_height))
        if (panel_height("right", name.c_str()) > 0) all += height;
    EXPECT_GT(all, 0);
    EXPECT_GE(right->ScrollMax.y + right->Size.y, all);
}

TEST_F(WholeWindowTest, TheMarkStandsWhereTheArrowsAct) {
    open(options_of("gpt2", "w11 w12 w13 w14"), 1440, 900);
    const ImU32 blue = dark_theme.blue;
    const auto marked = [&](const char* name) {
        // In the row of the first heading.
        const ImGuiWindow* window = region(name);
        if (!window) return false;
        for (const ImDrawVert& vertex : window->DrawList->VtxBuffer)
            if (vertex.col == blue && vertex.pos.y < window->Pos.y + 30 &&
                vertex.pos.x < window->Pos.x + 120)
                return true;
        return false;
    };
    // While the sentence is typed they move its caret.
    EXPECT_FALSE(marked("left"));
    EXPECT_FALSE(marked("strip"));
    application().prompt().focus(false);
    settle();
    EXPECT_TRUE(marked("left"));
    EXPECT_FALSE(marked("strip"));
    const ImGuiWindow* strip = region("strip");
    ASSERT_NE(strip, nullptr);
    click({strip->Pos.x + 700, strip->Pos.y + strip->Size.y - 8});
    settle();
    EXPECT_FALSE(marked("left"));
    EXPECT_TRUE(marked("strip"));
    const HeadId head = application().view().selected;
    application().press({.key = 262});  // right
    EXPECT_EQ(application().view().selected, head);
    EXPECT_TRUE(application().view().selected_query.has_value());
}

}  // namespace
}  // namespace fovea::app
