// A download that fails says so in the chooser, and can be put away or tried again.

#include <atomic>

#include "engine/catalogue/catalogue.h"
#include "tests/engine/loopback_server.h"
#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

class ModelChooserTest : public WholeWindowTest {
  protected:
    /// A model of the catalogue, as if it were kept at `base`.
    static CatalogueEntry kept_at(const std::string& base) {
        const auto entries = catalogue();
        for (const CatalogueEntry& entry : *entries)
            if (!entry.asks_the_hub() && !entry.sources.empty()) {
                CatalogueEntry other = entry;
                CatalogueSource source;
                source.kind = CatalogueSource::Kind::url;
                source.base = base;
                other.sources = {source};
                return other;
            }
        return {};
    }
    ImGuiWindow* chooser() {
        for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
            if (window->WasActive && (window->Flags & ImGuiWindowFlags_Popup)) return window;
        return nullptr;
    }
    /// What the menu says in red, in the list that scrolls as well.
    std::optional<ImRect> said() {
        const ImGuiWindow* menu = chooser();
        for (const ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
            if (menu && window->WasActive && (window == menu || window->ParentWindow == menu))
                if (const auto area = inked(window, dark_theme.down)) return area;
        return std::nullopt;
    }
};

TEST_F(ModelChooserTest, AFailedDownloadIsSaidInItsRow) {
    std::atomic<int> asked = 0;
    LoopbackServer server([&](const LoopbackServer::Request&) {
        ++asked;
        return LoopbackServer::answer("404 Not Found", "");
    });
    open(options_of("bert", "w11 w12"), 1280, 800);
    const CatalogueEntry entry = kept_at(server.base());
    ASSERT_FALSE(entry.name.empty());
    application().model_menu_wanted = true;
    ASSERT_TRUE(frames_until([&] {
        for (const ModelChoice& choice : application().model_menu.choices)
            if (choice.title == entry.name && choice.to_fetch) return chooser() != nullptr;
        return false;
    }));
    frames(5);
    EXPECT_FALSE(said());
    application().loader().fetch(entry);
    ASSERT_TRUE(frames_until([&] { return application().loader().fetch_failure().has_value(); }));
    const auto failure = application().loader().fetch_failure();
    EXPECT_EQ(failure->name, entry.name);
    EXPECT_NE(failure->error.find("404"), std::string::npos) << failure->error;
    EXPECT_GE(asked, 1);
    frames(5);
    const auto words = said();
    ASSERT_TRUE(words) << "nothing is said in the menu";
    // It stands while the menu is closed and opened again.
    ImGui::ClosePopupsOverWindow(nullptr, false);
    frames(3);
    EXPECT_EQ(chooser(), nullptr);
    application().model_menu_wanted = true;
    ASSERT_TRUE(frames_until([&] { return said().has_value(); }));
    // At the right of its line it is put away.
    const auto again = said();
    click({chooser()->Pos.x + chooser()->Size.x - 36, again->GetCenter().y});
    frames(3);
    EXPECT_FALSE(application().loader().fetch_failure());
    EXPECT_FALSE(said());
}

TEST_F(ModelChooserTest, NobodyAnsweringIsSaidToo) {
    std::string base;
    {
        const LoopbackServer gone([](const auto&) { return std::string(); });
        base = gone.base();
    }
    open(options_of("bert", "w11 w12"), 1280, 800);
    application().loader().fetch(kept_at(base));
    ASSERT_TRUE(frames_until([&] { return application().loader().fetch_failure().has_value(); }));
    EXPECT_NE(application().loader().fetch_failure()->error.find("127.0.0.1"), std::string::npos)
        << application().loader().fetch_failure()->error;
}

/// Who has opened it types a path, or goes through the list and takes a row.
TEST_F(ModelChooserTest, WhatIsTypedIsThePath) {
    open(options_of("bert", "w11 w12"), 1280, 800);
    const std::string gpt2 = folder_of("gpt2");
    const auto opens = [&] {
        application().model_menu_wanted = true;
        EXPECT_TRUE(frames_until([&] { return chooser() && !application().keys_move(); }));
        frames(3);
    };
    ModelMenu& menu = application().model_menu;
    opens();
    EXPECT_FALSE(application().loader().take_verdict());
    type(gpt2);
    EXPECT_EQ(menu.path, gpt2);
    strike(ImGuiKey_Enter);
    EXPECT_TRUE(frames_until([&] { return application().shown_name() == "gpt2" && !chooser(); }))
        << application().error();
    EXPECT_EQ(application().document().text, "w11 w12");

    // The arrows choose a row from within the field, and Enter is for that row.
    opens();
    strike(ImGuiKey_DownArrow);
    ASSERT_GE(menu.highlighted, 0);
    type("x");
    EXPECT_EQ(menu.path, "x");
    EXPECT_EQ(menu.highlighted, -1) << "a path is typed";
    strike(ImGuiKey_DownArrow);
    EXPECT_GE(menu.highlighted, 0);
    EXPECT_EQ(menu.path, "x");
    // It is left with one Escape.
    strike(ImGuiKey_Escape);
    EXPECT_TRUE(frames_until([&] { return !chooser(); }));
    EXPECT_FALSE(application().keys_move());
}

/// A folder of models is no model: it is said below the field, and the next path can be typed.
TEST_F(ModelChooserTest, AnotherPathCanBeTypedAtOnce) {
    open(options_of("bert", "w11 w12"), 1280, 800);
    ModelMenu& menu = application().model_menu;
    application().model_menu_wanted = true;
    EXPECT_TRUE(frames_until([&] { return chooser() && !application().keys_move(); }));
    frames(3);
    type(home_.path().string());
    strike(ImGuiKey_Enter);
    EXPECT_TRUE(frames_until([&] { return menu.path.empty() && !application().keys_move(); }));
    EXPECT_NE(menu.remark, "");
    frames(3);
    type("y");
    EXPECT_EQ(menu.path, "y");
}

}  // namespace
}  // namespace fovea::app
