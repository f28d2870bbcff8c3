// Of a long sentence the head in view shows its new map before the pass is run.

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

/// A model of its own in `folder` that reads long sentences, with [CLS] and [SEP] around them: a
/// head is shown before its pass.
WindowOptions long_options(const std::filesystem::path& folder) {
    test::put_small_model(folder, "llama");
    const auto file = folder / "config.json";
    std::ifstream stream(file);
    std::string config(std::istreambuf_iterator<char>(stream), {});
    const std::string context = "\"max_position_embeddings\": 128";
    config.replace(config.find(context), context.size(), "\"max_position_embeddings\": 2048");
    std::filesystem::remove(file);
    std::ofstream(file) << config;
    std::ofstream(folder / "tokenizer.json") << test::word_tokenizer(true);
    WindowOptions options = passing_options("bert", test::words(1000));
    options.model = folder.string();
    return options;
}

TEST(HeadBeforeItsPass, ADraggedHeadIsShownBeforeItsPass) {
    const test::TemporaryFolder folder("fovea-long-");
    Application application(long_options(folder.path()), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.view().selected = {1, 2};
    const Edits none;
    // Whatever is shown while the temperature moves is the standing reading, a head that is ahead
    // of it, or the pass: never a head under edits that nobody asked for.
    for (int step = 1; step <= 20; ++step) {
        application.issue(SetTemperature{{1, 2}, 1 + 0.05f * static_cast<float>(step)});
        for (int i = 0; i < 3; ++i) {
            application.poll();
            ASSERT_TRUE(application.reading());
            const Edits& shown = application.reading()->request.edits;
            if (shown == none) continue;
            ASSERT_EQ(shown.temperatures.size(), 1u);
            EXPECT_EQ(shown.temperatures[0].scope, (Scope{1, 2}));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->request.edits, application.document().edits);
    EXPECT_FALSE(application.stale());
}

/// What is seen before its pass is a head of the same sentence.
TEST(HeadBeforeItsPass, NoHeadOfAnotherSentenceIsShownBeforeItsPass) {
    const test::TemporaryFolder folder("fovea-long-");
    Edits edits;
    edits.blocks = {{{}, std::nullopt, Index{1}}};
    WindowOptions options = long_options(folder.path());
    options.edits = edits;
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    for (int i = 0; i < 6; ++i) {
        const bool special = i % 2 != 0;
        const auto standing = application.reading();
        application.issue(SetSpecialTokens{special});
        ASSERT_NE(application.document().edits, standing->request.edits) << "the block moves";
        do {
            std::this_thread::yield();  // a head stands for milliseconds only
            application.poll();
            const auto& shown = application.reading();
            ASSERT_TRUE(shown == standing || shown->request.special_tokens == special);
        } while (!application.settled());
    }
}

}  // namespace
}  // namespace fovea::app
