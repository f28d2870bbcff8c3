// What is dropped on the window, through the application's own handler; needs no display.
#include <fstream>

#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

class DroppedPathTest : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = test::small_models_folder() / "dropped";
        fs::create_directories(folder_);
        application_ = std::make_unique<Application>(passing_options("bert", "w10 w11 w12"), [] {});
        settle();
        ASSERT_TRUE(application_->reading()) << application_->error();
    }

    void settle() {
        EXPECT_TRUE(settles(*application_));
        application_->poll();
    }
    void drop(const fs::path& path) {
        application_->drop({path});
        settle();
    }
    fs::path file(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    /// Says so, and leaves what was on the screen.
    void expect_refused(const fs::path& path, const std::string& words) {
        const Document before = application_->document();
        const auto reading = application_->reading();
        drop(path);
        EXPECT_NE(application_->error().find(path.filename().string()), std::string::npos)
            << application_->error();
        EXPECT_NE(application_->error().find(words), std::string::npos) << application_->error();
        EXPECT_EQ(application_->document(), before);
        EXPECT_EQ(application_->reading(), reading);
        application_->dismiss_error();
    }

    fs::path folder_;
    const std::string bert_ = folder_of("bert");
    const std::string gpt2_ = folder_of("gpt2");
    std::unique_ptr<Application> application_;
};

TEST_F(DroppedPathTest, AFolderIsTheNewModelAndUndoBringsTheOldOneBack) {
    drop(gpt2_);
    EXPECT_EQ(application_->error(), "");
    EXPECT_EQ(application_->document().model, gpt2_);
    EXPECT_EQ(application_->reading()->request.model, application_->model());
    application_->undo();
    settle();
    EXPECT_EQ(application_->document().model, bert_);
}

TEST_F(DroppedPathTest, AFileOfAModelStandsForItsFolder) {
    for (const char* name : {"model.safetensors", "config.json", "tokenizer.json"}) {
        drop(fs::path(gpt2_) / name);
        EXPECT_EQ(application_->error(), "") << name;
        EXPECT_EQ(application_->document().model, gpt2_) << name;
        drop(bert_);
    }
}

TEST_F(DroppedPathTest, EditsReplaceThoseOfTheDocument) {
    drop(file("edits.json", R"({"temperature": [{"layer": 1, "head": 0, "value": 2.0}]})"));
    EXPECT_EQ(application_->error(), "");
    ASSERT_EQ(application_->document().edits.temperatures.size(), 1u);
    EXPECT_EQ(application_->document().edits.temperatures[0].value, 2.0f);
    ASSERT_TRUE(application_->reading()->edited);
    application_->undo();
    EXPECT_TRUE(application_->document().edits.empty());
}

/// What a float holds no weights of, a person cannot set either.
TEST_F(DroppedPathTest, TemperaturesStopAtTheBoundThatAFileHas) {
    drop(file("edits.json", R"({"temperature": [{"head": 1, "value": 1e-4},
        {"layer": 0, "value": 0.5}, {"layer": 0, "value": 0.5}]})"));
    EXPECT_EQ(application_->error(), "");
    const auto& temperatures = application_->document().edits.temperatures;
    application_->scale_temperature({0, std::nullopt}, 0.5f);
    ASSERT_EQ(temperatures.size(), 2u);
    EXPECT_EQ(temperatures[1].value, 0.125f) << "half of what the two made";
    application_->issue(SetTemperature{{}, 0.05f});
    ASSERT_EQ(temperatures.size(), 3u);
    EXPECT_EQ(temperatures[2].value, 0.081f) << "1e-6 / (1e-4 x 0.125), and a thousandth more";
    settle();
    EXPECT_EQ(application_->error(), "");
    EXPECT_EQ(application_->reading()->request.edits.temperatures, temperatures);
}

TEST_F(DroppedPathTest, ASessionBringsItsModelItsSentenceAndItsEdits) {
    Session session;
    session.document.model = gpt2_;
    session.document.text = "w40 w41";
    session.document.edits.temperatures = {{Scope{0, 1}, 3.0f}};
    session.view.middle = "lines";
    session.view.selected = {99, 99};  // as if from a larger model
    session.view.dark = !application_->view().dark;
    drop(file("session.json", session_to_json(session)));
    EXPECT_EQ(application_->error(), "");
    EXPECT_EQ(application_->document(), session.document);
    EXPECT_EQ(application_->view().middle, "lines");
    EXPECT_LT(application_->view().selected.layer, application_->model()->model->layers());
    EXPECT_NE(application_->view().dark, session.view.dark) << "the theme is the desk's";
}

TEST_F(DroppedPathTest, ASessionWhoseModelIsMissingChangesNothing) {
    Session session;
    session.document.model = "/nowhere/at/all";
    session.document.text = "w40";
    const Document before = application_->document();
    drop(file("lost.json", session_to_json(session)));
    EXPECT_NE(application_->error().find("/nowhere/at/all"), std::string::npos)
        << application_->error();
    EXPECT_EQ(application_->document(), before);
    // Nor does it come back with the next model.
    drop(gpt2_);
    EXPECT_EQ(application_->document().text, "w10 w11 w12");
}

TEST_F(DroppedPathTest, WhatCannotBeOpenedIsOneSentence) {
    expect_refused(file("notes.txt", "hello"), "drop a model's folder");
    expect_refused(file("broken.json", "{"), "not valid JSON");
    expect_refused(file("other.json", R"({"a": 1})"), "neither a session nor edits");
    expect_refused(file("list.json", "[1]"), "neither a session nor edits");
    expect_refused(file("odd.json", R"({"temperature": [], "colour": 1})"), "colour");
    expect_refused(file("twice.json", R"({"mask": "none", "mask": "causal"})"), "mask");
    expect_refused(file("cold.json", R"({"temperature": [{"layer": 0, "value": 1e-4},
        {"head": 1, "value": 1e-4}]})"),
                   "multiply to less than 1e-06");
    expect_refused(file("deep.json", R"({"ablate": [{"layer": 77, "head": 0, "to": "zero"}]})"),
                   "does not have");
    expect_refused(folder_ / "absent", "no such file");
}

TEST_F(DroppedPathTest, OfSeveralTheFirstModelIsOpenedAndTheOthersAreNamed) {
    const fs::path edits = file("edits.json", R"({"temperature": [{"value": 2}]})");
    const fs::path notes = file("notes.txt", "nothing");
    application_->drop({notes, edits, gpt2_, bert_, folder_});
    settle();
    EXPECT_EQ(application_->document().model, gpt2_);
    EXPECT_EQ(application_->error(), "");
    EXPECT_EQ(application_->document().edits.count(), 0);
    EXPECT_EQ(
        application_->notice(),
        "of what was dropped only gpt2 is opened, not notes.txt, edits.json, bert and 1 more: "
        "one model, session or file of edits at a time");

    application_->drop({notes, edits});
    settle();
    EXPECT_EQ(application_->document().model, gpt2_);
    EXPECT_EQ(application_->document().edits.count(), 1);
    EXPECT_NE(application_->notice().find("only edits.json is opened, not notes.txt:"),
              std::string::npos)
        << application_->notice();
}

TEST_F(DroppedPathTest, FilesOfOneModelAreOneModel) {
    const fs::path folder = gpt2_;
    application_->drop({folder / "config.json", folder / "model.safetensors", folder / "README"});
    settle();
    EXPECT_EQ(application_->document().model, gpt2_);
    EXPECT_EQ(application_->notice(), "");
}

TEST_F(DroppedPathTest, OfSeveralThatCannotBeOpenedTheFirstIsNamed) {
    application_->drop({file("notes.txt", "nothing"), folder_ / "absent"});
    settle();
    EXPECT_NE(application_->error().find("notes.txt: cannot be opened here"), std::string::npos)
        << application_->error();
    EXPECT_EQ(application_->document().model, bert_);
}

}  // namespace
}  // namespace fovea::app
