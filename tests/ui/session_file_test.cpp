#include "app/state/session_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/engine/small_disk.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

Session sample() {
    Session session;
    session.document.model = "all-MiniLM-L6-v2";
    session.document.text = "Zürich \"quoted\"\n猫 🦊\t\\end";
    session.document.pair = "The second\tone 猫";
    session.document.against = "Another\n\"one\" 狗";
    session.document.analysis_parameters = {{"lens.colour", "rank"}, {"lens.table", "all"}};
    session.document.special_tokens = false;
    session.document.target = "Das Tier \n\"überquerte\" 道";
    session.document.edits.temperatures = {{{}, 0.1f}, {{2, 5}, 0.35f}};
    session.document.edits.mask = {MaskKind::window, 8};
    session.document.edits.blocks = {{{0, std::nullopt}, 6, 2}, {{}, std::nullopt, 3}};
    session.document.edits.ablations = {{{3, 1}, AblationTarget::mean},
                                        {{1, 2, Part::cross}, AblationTarget::zero}};
    session.document.edits_enabled = false;
    session.document.picture_only = true;
    ViewState& view = session.view;
    view.part = Part::encoder;
    view.selected = {2, 5};
    view.selected_query = 7;
    view.line_heads = {{0, 1}, {4, 3}};
    view.middle = "difference";
    view.quantity = Quantity::value_weighted;
    view.colour_map = ColourMap::cividis;
    view.pooling = Pooling::mean;
    view.colour_range = ColourRange::fitted;
    view.logarithmic = true;
    view.sort_metric = "mean_distance";
    view.sort_descending = true;
    view.show_change = true;
    view.left_fold = ViewState::Fold::folded;
    view.right_fold = ViewState::Fold::open;
    view.folded = {"entropy", "mask"};
    view.frame_metric = "entropy";
    view.entropy_metric = "confidence";
    view.entropy_bars = true;
    view.paint = PaintTool::column;
    view.paint_scope = ViewState::PaintScope::layer;
    view.map_left = 1.25;
    view.map_top = 2.5;
    view.map_span = 9.75;
    view.links_per_token = 5;
    view.link_threshold = 0.05f;
    view.dark = false;
    view.interface_scale = 1.1f;
    view.left_width = 400;
    view.right_width = 310.5f;
    view.strip_height = 120;
    view.window_width = 1920;
    view.window_height = 1080;
    view.show_keys = true;
    view.pinned_tokens = {{262, "Ġthe"}, {7, ""}};
    return session;
}

/// A folder of its own that goes when the test ends.
struct Folder {
    const test::TemporaryFolder own;
    const fs::path path = own.path();
};

void expect_same_view(const ViewState& a, const ViewState& b) {
    EXPECT_EQ(a.part, b.part);
    EXPECT_EQ(a.selected, b.selected);
    EXPECT_EQ(a.selected_query, b.selected_query);
    EXPECT_EQ(a.line_heads, b.line_heads);
    EXPECT_EQ(a.middle, b.middle);
    EXPECT_EQ(a.quantity, b.quantity);
    EXPECT_EQ(a.colour_map, b.colour_map);
    EXPECT_EQ(a.pooling, b.pooling);
    EXPECT_EQ(a.colour_range, b.colour_range);
    EXPECT_EQ(a.logarithmic, b.logarithmic);
    EXPECT_EQ(a.sort_metric, b.sort_metric);
    EXPECT_EQ(a.sort_descending, b.sort_descending);
    EXPECT_EQ(a.show_change, b.show_change);
    EXPECT_EQ(a.left_fold, b.left_fold);
    EXPECT_EQ(a.right_fold, b.right_fold);
    EXPECT_EQ(a.folded, b.folded);
    EXPECT_EQ(a.frame_metric, b.frame_metric);
    EXPECT_EQ(a.entropy_metric, b.entropy_metric);
    EXPECT_EQ(a.entropy_bars, b.entropy_bars);
    EXPECT_EQ(a.paint, b.paint);
    EXPECT_EQ(a.paint_scope, b.paint_scope);
    EXPECT_EQ(a.map_left, b.map_left);
    EXPECT_EQ(a.map_top, b.map_top);
    EXPECT_EQ(a.map_span, b.map_span);
    EXPECT_EQ(a.links_per_token, b.links_per_token);
    EXPECT_EQ(a.link_threshold, b.link_threshold);
    EXPECT_EQ(a.dark, b.dark);
    EXPECT_EQ(a.interface_scale, b.interface_scale);
    EXPECT_EQ(a.left_width, b.left_width);
    EXPECT_EQ(a.right_width, b.right_width);
    EXPECT_EQ(a.strip_height, b.strip_height);
    EXPECT_EQ(a.window_width, b.window_width);
    EXPECT_EQ(a.window_height, b.window_height);
    EXPECT_EQ(a.show_keys, b.show_keys);
    EXPECT_EQ(a.pinned_tokens, b.pinned_tokens);
}

std::string error_of(std::string_view json) {
    const Result<Session> session = parse_session(json, "s.json");
    return session.ok() ? "no error" : session.message();
}

TEST(SessionFile, ComesBackAsItWas) {
    const Session session = sample();
    const Result<Session> read = parse_session(session_to_json(session), "s.json");
    ASSERT_TRUE(read.ok()) << read.message();
    EXPECT_EQ(read->document, session.document);
    expect_same_view(read->view, session.view);
}

TEST(SessionFile, DefaultsComeBackToo) {
    const Result<Session> read = parse_session(session_to_json({}), "s.json");
    ASSERT_TRUE(read.ok()) << read.message();
    EXPECT_EQ(read->document, Document{});
    expect_same_view(read->view, ViewState{});
}

TEST(SessionFile, ATargetIsTextOrTheModelsOwn) {
    const auto with = [](std::string_view target) {
        return fmt::format(
            R"({{"format": "fovea-session", "version": 1, "document": {{"target": {}}}}})", target);
    };
    const auto target_of = [&](std::string_view target) {
        return parse_session(with(target), "s.json")->document.target;
    };
    EXPECT_EQ(target_of("null"), std::nullopt);
    EXPECT_EQ(target_of("\"\""), "") << "an empty target was typed all the same";
    EXPECT_EQ(target_of("\"a\""), "a");
    EXPECT_EQ(error_of(with("5")), "s.json: document: \"target\" must be a string or null");
    EXPECT_NE(session_to_json({}).find("\"target\": null"), std::string::npos);
}

TEST(SessionFile, HoverIsNotSaved) {
    Session session;
    session.view.hover.key = 3;
    const Result<Session> read = parse_session(session_to_json(session), "s.json");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->view.hover, ViewState::Hover{});
}

TEST(SessionFile, ErrorsNameTheFileAndWhatIsWrong) {
    EXPECT_EQ(error_of(""), "s.json: not valid JSON");
    EXPECT_EQ(error_of("{\"format\": \"fovea-session\", \"version\": 1,"),
              "s.json: not valid JSON");
    EXPECT_EQ(error_of("\"\xff\xfe\""), "s.json: not valid JSON");
    EXPECT_EQ(error_of("[]"), "s.json: must be an object");
    EXPECT_EQ(error_of("{}"), "s.json: not a session: \"format\" must be \"fovea-session\"");
    EXPECT_NE(error_of(R"({"format": "fovea-session", "version": 2, "document": {}})")
                  .find("\"version\" must be 1"),
              std::string::npos);
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1})"),
              "s.json: \"document\" is missing");
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1, "document": 3})"),
              "s.json: \"document\" must be an object");
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1, "document": {"txt": "a"}})"),
              "s.json: document: unknown key \"txt\"");
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1, "document": {"text": 5}})"),
              "s.json: document: \"text\" must be a string");
    EXPECT_EQ(
        error_of(R"({"format": "fovea-session", "version": 1, "document": {"picture_only": 1}})"),
        "s.json: document: \"picture_only\" must be true or false");
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1, "document": {}, "x": 1})"),
              "s.json: unknown key \"x\"");
    EXPECT_EQ(error_of(R"({"format": "fovea-session", "version": 1,
                           "document": {"text": "a", "text": "b"}})"),
              "s.json: the key \"text\" stands in an object twice");
}

TEST(SessionFile, BadEditsAreNamed) {
    const std::string error = error_of(
        R"({"format": "fovea-session", "version": 1,
            "document": {"edits": {"temprature": []}}})");
    EXPECT_NE(error.find("s.json"), std::string::npos) << error;
    EXPECT_NE(error.find("temprature"), std::string::npos) << error;
}

TEST(SessionFile, AnOddViewHasDefaultsWhereItIsOdd) {
    const Result<Session> read = parse_session(
        R"({"format": "fovea-session", "version": 1, "document": {"text": "a"}, "view": {
            "selected": {"layer": -1, "head": 0}, "selected_query": 1e30, "line_heads": [3, null,
            {"layer": 1, "head": 2}, {"layer": 1}], "middle": 4, "colour_map": 7,
            "interface_scale": 1e9, "left_width": -5, "window_width": 99999999999, "dark": "yes",
            "map_span": "x", "part": "self", "frame_metric": [], "future_setting": true, "logarithmic": true}})",
        "s.json");
    ASSERT_TRUE(read.ok()) << read.message();
    ViewState expected;
    expected.line_heads = {{1, 2}};
    expected.logarithmic = true;
    expect_same_view(read->view, expected);
}

/// Names that older versions wrote are read; what is written has the present ones.
TEST(SessionFile, AQuantityIsReadByItsOldNameToo) {
    const auto with = [](std::string_view name) {
        return fmt::format(R"({{"format": "fovea-session", "version": 1,
                               "document": {{"text": "a"}}, "view": {{"quantity": "{}"}}}})",
                           name);
    };
    const std::pair<Quantity, std::vector<std::string>> names[] = {
        {Quantity::weights, {"attentions", "weights"}},
        {Quantity::logits, {"attention_logits", "scores"}},
        {Quantity::masked_logits, {"masked_attention_logits", "masked_scores"}},
        {Quantity::value_weighted, {"value_weighted"}}};
    for (const auto& [quantity, spellings] : names)
        for (const std::string& spelling : spellings) {
            const Result<Session> read = parse_session(with(spelling), "s.json");
            ASSERT_TRUE(read.ok()) << read.message();
            EXPECT_EQ(read->view.quantity, quantity) << spelling;
            EXPECT_NE(session_to_json(*read).find("\"quantity\": \"" + spellings[0] + "\""),
                      std::string::npos)
                << spelling;
        }
}

TEST(SessionFile, AViewThatIsNoObjectIsIgnored) {
    const Result<Session> read = parse_session(
        R"({"format": "fovea-session", "version": 1, "document": {}, "view": [1]})", "s.json");
    ASSERT_TRUE(read.ok());
    expect_same_view(read->view, ViewState{});
}

TEST(SessionFile, DeepNestingIsNoHarm) {
    const std::string deep =
        R"({"format": "fovea-session", "version": 1, "document": {}, "view": )" +
        std::string(200'000, '[') + std::string(200'000, ']') + "}";
    EXPECT_EQ(error_of(deep), "no error");
}

TEST(SessionFile, AFullDiskIsSaidAndTheOlderSessionStands) {
    const test::TemporaryFolder own;
    const fs::path& folder = own.path();
    const fs::path file = folder / "session.json";
    ASSERT_TRUE(save_session(sample(), file).ok());
    Session longer = sample();
    longer.document.text = std::string(100'000, 'x');
    Status saved;
    {
        const test::SmallDisk disk(2000);
        saved = save_session(longer, file);
    }
    ASSERT_FALSE(saved.ok());
    EXPECT_NE(saved.message().find("session.json"), std::string::npos) << saved.message();
    const auto stands = load_session(file);
    ASSERT_TRUE(stands.ok()) << stands.message();
    EXPECT_EQ(stands->document, sample().document);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST(SessionFile, EveryTruncationIsAnErrorNeverACrash) {
    const std::string json = session_to_json(sample());
    for (size_t length = 0; length + 2 < json.size(); ++length)
        EXPECT_NE(error_of(std::string_view(json).substr(0, length)), "no error") << length;
}

TEST(SessionFile, SavesThroughATemporaryFile) {
    const Folder folder;
    const fs::path file = folder.path / "deeper" / "session.json";
    ASSERT_TRUE(save_session(sample(), file).ok());
    const Result<Session> read = load_session(file);
    ASSERT_TRUE(read.ok()) << read.message();
    EXPECT_EQ(read->document, sample().document);
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST(SessionFile, WhatCannotBeReadOrWrittenIsNamed) {
    const Folder folder;
    for (const fs::path& file : {folder.path / "none.json", folder.path}) {
        const Result<Session> session = load_session(file);
        ASSERT_FALSE(session.ok());
        EXPECT_EQ(session.message().find(file.string() + ": "), 0u) << session.message();
    }
    std::ofstream(folder.path / "file") << "x";
    const Status blocked = save_session(sample(), folder.path / "file" / "session.json");
    ASSERT_FALSE(blocked.ok());
    EXPECT_NE(blocked.message().find((folder.path / "file").string()), std::string::npos);
    const Status over_folder = save_session(sample(), folder.path);
    EXPECT_FALSE(over_folder.ok());
}

TEST(StateFile, FollowsTheBaseDirectories) {
    ::setenv("XDG_STATE_HOME", "/somewhere/state", 1);
    EXPECT_EQ(state_file(), "/somewhere/state/fovea/session.json");
    ::setenv("XDG_STATE_HOME", "relative", 1);
    ::setenv("HOME", "/home/someone", 1);
    EXPECT_EQ(state_file(), "/home/someone/.local/state/fovea/session.json");
    ::unsetenv("XDG_STATE_HOME");
    EXPECT_EQ(state_file(), "/home/someone/.local/state/fovea/session.json");
}

}  // namespace
}  // namespace fovea::app
