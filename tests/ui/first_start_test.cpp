// What a start shows before anybody has chosen anything.
#include "app/shell/first_start.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/io/files.h"
#include "tests/engine/temporary_home.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

/// A state folder of its own, and a folder for models.
class FirstStartTest : public testing::Test {
  protected:
    void SetUp() override {
        if (const char* before = std::getenv("XDG_STATE_HOME")) state_before_ = before;
        ::setenv("XDG_STATE_HOME", home_.path().c_str(), 1);
    }
    void TearDown() override {
        state_before_ ? ::setenv("XDG_STATE_HOME", state_before_->c_str(), 1)
                      : ::unsetenv("XDG_STATE_HOME");
    }

    static CatalogueEntry entry_of(const std::string& name) { return *entry_to_fetch(name); }
    /// Files of the right sizes, without a byte on the disk.
    static void pretend_installed(const CatalogueEntry& entry) {
        for (const CatalogueFile& file : entry.files) {
            const fs::path path = folder_of_name(entry.name) / file.path;
            fs::create_directories(path.parent_path());
            std::ofstream(path).close();
            fs::resize_file(path, file.size);
        }
    }

    const TemporaryHome home_;
    std::optional<std::string> state_before_;
};

const char* const usual = "SmolLM2-135M-Instruct";
const char* const former = "all-MiniLM-L6-v2";

TEST_F(FirstStartTest, ShowsTheDefaultModelAndItsExample) {
    pretend_installed(entry_of(usual));
    pretend_installed(entry_of(former));
    const FirstStart first = first_start(*catalogue());
    EXPECT_EQ(first.model, usual);
    EXPECT_EQ(first.usual, usual);
    EXPECT_EQ(first.text, "When Mary and John went to the store, John gave a drink to");
    EXPECT_EQ(first.head, (HeadId{23, 0}));
    EXPECT_EQ(first.remark, "");
}

TEST_F(FirstStartTest, AnInstallationThatHasOnlyTheFormerDefaultStartsWithThat) {
    pretend_installed(entry_of(former));
    const FirstStart first = first_start(*catalogue());
    EXPECT_EQ(first.model, former);
    EXPECT_EQ(first.usual, usual);
    EXPECT_EQ(first.head, HeadId());
    EXPECT_EQ(first.remark,
              "Fovea starts with SmolLM2-135M-Instruct, a language model, where it is installed; "
              "this is all-MiniLM-L6-v2. Ctrl+O fetches it (98 MB)");
}

TEST_F(FirstStartTest, WithoutAnyModelTheDefaultIsWhatIsMissing) {
    const FirstStart first = first_start(*catalogue());
    EXPECT_EQ(first.model, usual);
    EXPECT_EQ(first.remark, "");
    Application application({}, [] {});
    ASSERT_TRUE(settles(application));
    EXPECT_EQ(application.error(),
              "model 'SmolLM2-135M-Instruct' is not installed; 'fovea get SmolLM2-135M-Instruct' "
              "fetches it");
    EXPECT_EQ(application.document().text, first.text);
}

TEST_F(FirstStartTest, WhoComesBackIsToldOfANewDefaultOnce) {
    Session last;
    last.document.model = folder_of("bert");
    last.document.text = "w11 w12";
    const std::string news = news_of_default(*catalogue(), last);
    EXPECT_EQ(news,
              "New: a first start shows SmolLM2-135M-Instruct now, a language model, so that next "
              "tokens are seen at once. Ctrl+O fetches it (98 MB); your own model and sentence are "
              "as you left them");
    // As the version before wrote it: without that field.
    std::string state = session_to_json(last);
    const size_t field = state.find("\"known_default\"");
    ASSERT_NE(field, std::string::npos);
    state.replace(field, 15, "\"unknown\"");
    ASSERT_TRUE(write_session_file(state, state_file()));
    {
        Application application({}, [] {});
        EXPECT_EQ(application.notice(), news);
        ASSERT_TRUE(reads(application)) << application.error();
        EXPECT_EQ(application.document().text, "w11 w12");
        EXPECT_EQ(application.document().model, last.document.model);
        ASSERT_TRUE(application.save_state_now());
    }
    Application application({}, [] {});
    EXPECT_EQ(application.notice(), "");
}

TEST_F(FirstStartTest, NobodyIsToldOfTheModelThatTheyHaveOpen) {
    Session last;
    last.document.model = usual;
    EXPECT_EQ(news_of_default(*catalogue(), last), "");
    last.document.model = former;
    last.view.known_default = usual;
    EXPECT_EQ(news_of_default(*catalogue(), last), "");
}

// run.sh shows the same where there is no window.
TEST_F(FirstStartTest, TheScriptHasTheSameModelAndSentence) {
    const fs::path root = fs::path(TEST_DATA) / "../..";
    const auto setup = read_text_file(root / "assets/setup.sh"),
               run = read_text_file(root / "run.sh");
    ASSERT_TRUE(setup);
    ASSERT_TRUE(run);
    const CatalogueEntry entry = entry_of(usual);
    for (const std::string& line : {fmt::format("default_model={}\n", entry.name),
                                    fmt::format("default_model_file={}\n", entry.files.at(0).path),
                                    fmt::format("former_default_model={}\n", former)})
        EXPECT_NE(setup->find(line), std::string::npos) << line;
    for (const std::string& line : {fmt::format("default_sentence='{}'\n", entry.example->text),
                                    fmt::format("telling_layer={}\n", entry.example->layer),
                                    fmt::format("--heads {} --out", entry.example->head)})
        EXPECT_NE(run->find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace fovea::app
