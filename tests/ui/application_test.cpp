// The window's inside without a window: what it says and for how long.

#include "app/shell/application.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/shell/window.h"
#include "tests/engine/small_model.h"

namespace fovea::app {
namespace {

WindowOptions options_with(const Edits& edits) {
    test::small_model("bert");
    WindowOptions options;
    options.model = (test::small_models_folder() / "bert").string();
    options.text = "w11 w12 w13";
    options.edits = edits;
    options.screenshot = "unused.png";  // no state is read or saved
    return options;
}

bool reads(Application& application) {
    for (int i = 0; i < 2000; ++i) {
        application.poll();
        if (application.reading() && application.settled()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

TEST(ApplicationTest, WhatWasTakenAwayIsSaidUntilTheNextAction) {
    Edits edits;
    edits.temperatures = {{{}, 2}};
    edits.ablations = {{{77, 1}, AblationTarget::zero}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document().edits.count(), 1);
    EXPECT_NE(application.notice().find("1 of the edits"), std::string::npos)
        << application.notice();
    EXPECT_EQ(application.error(), "");

    application.issue(SetText{"w11 w12 w14"});
    EXPECT_EQ(application.notice(), "");
    ASSERT_TRUE(reads(application));
    application.undo();
    application.undo();
    EXPECT_EQ(application.document().edits.count(), 2);
}

TEST(ApplicationTest, EveryStepOfUndoAfterAnotherModelCanBeRead) {
    Edits edits;
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const Index heads = application.model()->model->heads();
    const std::string first = application.document().model;

    application.issue(SetAblation{{0, heads - 1}, AblationTarget::zero});
    ASSERT_TRUE(reads(application));
    test::small_model("gpt2");
    application.choose_model((test::small_models_folder() / "gpt2").string());
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_NE(application.document().model, first);
    while (application.history().can_undo()) {
        application.undo();
        ASSERT_TRUE(reads(application));
        EXPECT_EQ(application.error(), "");
    }
    EXPECT_EQ(application.document().model, first);
}

}  // namespace
}  // namespace fovea::app
