// What asks the disk does so on threads of its own, and what goes wrong there is a sentence.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "app/maps/tile_worker.h"
#include "app/state/state_saver.h"
#include "engine/io/files.h"
#include "made_up_trace.h"
#include "tests/engine/memory_growth.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

/// A thread needs room for its stack: where there is none, that is said, and nothing ends.
TEST(ThreadDeathTest, ThatTheSystemHasNotGotIsASentence) {
    if (test::own_allocator) GTEST_SKIP() << "a sanitiser needs the address space";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto run = [] {
        Scheduler jobs([] {});
        ModelLoader loader(jobs);
        const double mebibytes = test::status_in_mebibytes("VmSize:") + 1;
        const rlimit limit{static_cast<rlim_t>(mebibytes) << 20, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(3);
        const auto answer =
            jobs.submit({.lane = Lane::disk, .tag = "question"}, [] { return 1; }).take();
        loader.discover();
        const auto found = loader.take_discovery();
        CatalogueEntry entry;
        entry.name = "some model";
        loader.fetch(entry);
        const auto& fetched = loader.fetch_failure();
        std::fprintf(
            stderr, "%s; %s; %s", answer && !*answer ? answer->message().c_str() : "nothing",
            found && !found->discovery.remarks.empty() ? found->discovery.remarks[0].c_str()
                                                       : "nothing",
            fetched ? fetched->error.c_str() : "nothing");
        std::_Exit(0);
    };
    const std::string sentence = "the system has no thread left for this";
    EXPECT_EXIT(run(), testing::ExitedWithCode(0), sentence + "; " + sentence + "; " + sentence);
}

TEST(StateSaver, WritesTheNewestAndSaysWhyItCouldNot) {
    const test::TemporaryFolder folder;
    const auto file = folder / "state/session.json";
    std::atomic<int> woken = 0;
    Scheduler jobs([&] { ++woken; });
    {
        StateSaver saver(jobs, file);
        for (int i = 0; i < 50; ++i)
            saver.save(std::to_string(i));
        saver.finish();
        EXPECT_EQ(*read_text_file(file), "49");
        EXPECT_FALSE(saver.take_error());
        saver.save("last");
    }
    EXPECT_EQ(*read_text_file(file), "last") << "what waits is written before the end";
    std::ofstream(folder / "plain") << "no folder";
    EXPECT_EQ(woken, 0);
    StateSaver saver(jobs, folder / "plain/session.json");
    saver.save("{}");
    saver.finish();
    EXPECT_TRUE(soon([&] { return woken == 1; })) << "nobody would see it before the next key";
    const auto error = saver.take_error();
    ASSERT_TRUE(error);
    EXPECT_NE(error->find("plain"), std::string::npos) << *error;
    EXPECT_FALSE(saver.take_error());
}

/// The bar of an export moves, and what became of it is seen, while nobody touches anything.
TEST(BackgroundWork, ThatComesOnIsDrawn) {
    Application application(passing_options("bert", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_TRUE(soon([&] { return !application.poll(); }));
    std::atomic<bool> half = false, all = false;
    auto ticket = application.jobs().submit({.lane = Lane::exporting, .tag = "a file"},
                                            [&](const JobContext& context) {
                                                for (const auto* done : {&half, &all}) {
                                                    while (!*done)
                                                        std::this_thread::yield();
                                                    context.at("a head", 0.5);
                                                }
                                                return 1;
                                            });
    EXPECT_FALSE(application.poll());
    half = true;
    EXPECT_TRUE(soon([&] { return application.poll(); }));
    EXPECT_FALSE(application.poll());
    all = true;
    EXPECT_TRUE(soon([&] { return application.poll(); }));
}

/// An answer that is remembered keeps no sentence that nobody looks at any more.
TEST(BackgroundWork, LetsGoOfWhatWasRead) {
    Application application(passing_options("bert", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const std::weak_ptr<const Reading> old = application.reading();
    int computed = 0;
    const auto ask = [&] {
        const auto reading = application.reading();
        const JobSpec spec{.lane = Lane::analysis,
                           .tag = "what",
                           .made_from = MadeFrom{"what", {reading->original}}};
        auto ticket = application.jobs().submit(spec, [&computed, reading] {
            ++computed;
            return reading;
        });
        ticket.wait();
        return ticket.take()->ok();
    };
    EXPECT_TRUE(ask() && ask());
    EXPECT_EQ(computed, 1);
    application.issue(SetText{"w11 w12 w13 w14"});
    ASSERT_TRUE(reads(application));
    EXPECT_TRUE(comes(application, [&] { return old.expired(); }));
}

/// What could not be opened is said until something else is, or it is dismissed: not until the
/// next key is typed.
TEST(OpeningError, StandsWhileReadingsCome) {
    Application application(passing_options("bert", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.choose_model("/nowhere/at/all");
    ASSERT_TRUE(reads(application));
    EXPECT_NE(application.error().find("/nowhere/at/all"), std::string::npos);
    application.issue(SetText{"w11 w12 w13 w14"});
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(application.reading()->tokens.size(), 6u);
    EXPECT_NE(application.error().find("/nowhere/at/all"), std::string::npos);
    application.dismiss_error();
    EXPECT_EQ(application.error(), "");
    application.choose_model("/nowhere/else");
    ASSERT_TRUE(reads(application));
    EXPECT_NE(application.error(), "");
    application.choose_model(folder_of("bert"));
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(application.error(), "");
}

/// A tile for which there is no memory is said once and not begun again with every frame; others
/// are made.
TEST(TileWorkerMemory, RunsOutInASentence) {
    if (test::own_allocator) GTEST_SKIP() << "a sanitiser ends the program there";
    std::atomic<int> wakes = 0;
    Scheduler jobs([&] { ++wakes; });
    TileWorker worker(jobs);
    const auto trace = made_up_trace(one_causal_head(40, 8));
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = {0, 40, 0, 40};
    const TileWorker::Job good{{.map = MapIdentity(picture)}, picture};
    TileWorker::Job huge = good;
    huge.key.row = 7;
    huge.picture.region = {0, Index{1} << 24, 0, Index{1} << 22};
    worker.wish({huge, good});
    std::vector<TileWorker::Tile> made;
    ASSERT_TRUE(soon([&] {
        for (auto& tile : worker.take())
            made.push_back(std::move(tile));
        return worker.idle();
    }));
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].key, good.key);
    EXPECT_EQ(worker.take_error(), "there is not enough memory for this part of the map");
    EXPECT_FALSE(worker.take_error());
    const int woken = wakes;
    worker.wish({huge});
    EXPECT_TRUE(worker.idle());
    EXPECT_EQ(wakes, woken);
}

}  // namespace
}  // namespace fovea::app
