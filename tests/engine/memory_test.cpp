// What a reading will need is known before it begins, and running out of memory is a sentence.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>

#include "engine/core/memory_shortage.h"
#include "engine/model/pass_memory.h"
#include "engine/session/reading.h"
#include "memory_growth.h"
#include "must_have.h"
#include "random_model.h"
#include "small_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& file, std::string_view text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

class MemoryLeftTest : public testing::Test {
  protected:
    std::optional<MemoryLeft> left() const {
        return memory_left({folder_ / "proc", folder_ / "cgroup"});
    }
    void put_meminfo(std::uint64_t available_kibibytes) {
        put(folder_ / "proc/meminfo",
            fmt::format("MemTotal:       99999999 kB\nMemFree:        1 kB\n"
                        "MemAvailable:   {} kB\n",
                        available_kibibytes));
    }
    TemporaryFolder folder_;
};

TEST_F(MemoryLeftTest, IsWhatTheMachineHasAvailable) {
    EXPECT_FALSE(left());
    put_meminfo(5000);
    ASSERT_TRUE(left());
    EXPECT_EQ(left()->bytes, 5000u * 1024);
    EXPECT_EQ(left()->of_whom, "this machine has");
}

TEST_F(MemoryLeftTest, IsWhatTheTightestControlGroupAllows) {
    put_meminfo(5000);
    put(folder_ / "proc/self/cgroup", "0::/outer/inner\n");
    put(folder_ / "cgroup/outer/inner/memory.max", "max\n");
    put(folder_ / "cgroup/outer/inner/memory.current", "300000\n");
    put(folder_ / "cgroup/outer/memory.max", "1000000\n");
    put(folder_ / "cgroup/outer/memory.current", "400000\n");
    // Files that were read are let go.
    put(folder_ / "cgroup/outer/memory.stat",
        "anon 100000\nfile 300000\ninactive_file 100000\nactive_file 50000\n");
    ASSERT_TRUE(left());
    EXPECT_EQ(left()->bytes, 1000000u - (400000u - 150000u));
    EXPECT_EQ(left()->of_whom, "its control group allows");
    put(folder_ / "cgroup/outer/memory.current", "2000000\n");
    EXPECT_EQ(left()->bytes, 0u);
}

TEST_F(MemoryLeftTest, KnowsTheOlderControlGroupsAndThoseOfAContainer) {
    put_meminfo(5000);
    put(folder_ / "proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/docker/abc\n0::/\n");
    // The path is the machine's; the container sees its own group at the top.
    put(folder_ / "cgroup/memory/memory.limit_in_bytes", "700000\n");
    put(folder_ / "cgroup/memory/memory.usage_in_bytes", "200000\n");
    put(folder_ / "cgroup/memory/memory.stat", "total_inactive_file 50000\n");
    EXPECT_EQ(left()->bytes, 550000u);
    // No limit is a number beyond all memory.
    put(folder_ / "cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_EQ(left()->bytes, 5000u * 1024);
}

std::shared_ptr<const LoadedModel> random_model(const RandomModel& kind, const fs::path& folder) {
    const Status written = write_random_model(kind, folder);
    EXPECT_TRUE(written.ok());
    return must_have(load_folder(folder));
}

double reading_growth(const std::shared_ptr<const LoadedModel>& model, Index tokens,
                      const Edits& edits = {}) {
    ReadingRequest request;
    request.model = model;
    request.edits = edits;
    request.text = letters(20);
    EXPECT_TRUE(read(request, nullptr, {}));  // the weights are in memory from here on
    ::malloc_trim(0);                         // what was used before is not used again
    request.text = letters(tokens);
    return peak_growth([&] { EXPECT_TRUE(read(request, nullptr, {})); });
}

TEST(PassMemory, IsWhatAPassTakes) {
    for (const auto kind : {RandomModel::Kind::gpt2, RandomModel::Kind::llama}) {
        const TemporaryFolder folder;
        RandomModel sizes = RandomModel::long_llama();
        sizes.kind = kind;
        sizes.layers = 6;
        sizes.context = 4096;
        const auto model = random_model(sizes, folder.path());
        ASSERT_TRUE(model);
        constexpr Index tokens = 1200;
        const PassMemory predicted = pass_memory(*model->model, tokens);
        const double one = (predicted.kept + predicted.working) / (1 << 20);
        const double measured = reading_growth(model, tokens);
        if (measured < 0) GTEST_SKIP() << "the growth of this process cannot be measured";
        EXPECT_GT(measured, 0.5 * one);
        EXPECT_LT(measured, one);
        Edits edits;
        edits.temperatures = {{{}, 2.0f}};
        const double two = 2 * one;
        const double with_edits = reading_growth(model, tokens, edits);
        EXPECT_GT(with_edits, 0.5 * two);
        EXPECT_LT(with_edits, two);
    }
}

/// The sizes of a Qwen 3 of 0.6 billion parameters, and its whole context.
TEST(PassMemory, OfALongContextIsBeyondASmallMachine) {
    const TemporaryFolder folder;
    RandomModel sizes = RandomModel::long_llama();
    sizes.layers = 2;
    sizes.context = 40960;
    const auto model = random_model(sizes, folder.path());
    ASSERT_TRUE(model);
    ReadingRequest request;
    request.model = model;
    request.text = letters(40960);
    request.memory = MemoryLeft{200'000'000, "this machine has"};
    const auto refused = read(request, nullptr, {});
    ASSERT_FALSE(refused.ok());
    for (const char* part : {"40960 tokens need about ", "this machine has 200 MB left"})
        EXPECT_NE(refused.message().find(part), std::string::npos) << refused.message();
    EXPECT_EQ(refused.message().find("twice"), std::string::npos) << refused.message();
    request.edits.temperatures = {{{}, 2.0f}};
    const auto twice = read(request, nullptr, {});
    ASSERT_FALSE(twice.ok());
    EXPECT_NE(twice.message().find("twice for the edits"), std::string::npos) << twice.message();
    // What fits is read.
    request.text = letters(400);
    EXPECT_TRUE(read(request, nullptr, {}));
}

/// A long text does not become unreadable because it is nearly as long as there is room for: the
/// next letter needs next to nothing.
TEST(PassMemory, OfOneMoreTokenIsLittle) {
    const TemporaryFolder folder;
    RandomModel sizes = RandomModel::long_llama();
    sizes.layers = 2;
    const auto model = random_model(sizes, folder.path());
    ReadingRequest request;
    request.model = model;
    request.text = letters(1000);
    const auto before = read(request, nullptr, {});
    ASSERT_TRUE(before.ok());
    const PassMemory whole = pass_memory(*model->model, 1001);
    request.text = letters(1001);
    request.memory = MemoryLeft{static_cast<std::uint64_t>(whole.kept / 3), "this machine has"};
    EXPECT_FALSE(read(request, nullptr, {}));
    EXPECT_TRUE(read(request, before->get(), {}));
}

/// The words of all who ask for room beforehand.
TEST(MemoryShortage, SaysWhoHasHowMuch) {
    const MemoryLeft left{200'000'000, "this machine has"};
    EXPECT_EQ(memory_shortage(200'000'001.0, left), "this machine has 200 MB left");
    EXPECT_FALSE(memory_shortage(200'000'000.0, left));
    EXPECT_EQ(memory_shortage(2e18), memory_shortage(2e18, memory_left()));
    EXPECT_FALSE(memory_shortage(1 << 20));
    for (const auto& [bytes, words] : {std::pair{30'000.0, "30 kB"}, {1.5e9, "1.5 GB"}})
        EXPECT_EQ(size_in_words(bytes), words);
}

/// In a process of its own, whose address space ends soon: what the prediction lets through and the
/// machine has not is a sentence, and the next reading works.
TEST(OutOfMemoryDeathTest, IsASentenceAndNoEnd) {
    if (own_allocator) GTEST_SKIP() << "a sanitiser needs the address space";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const TemporaryFolder folder;
    RandomModel sizes = RandomModel::long_llama();
    const auto run = [&] {
        const auto model = random_model(sizes, folder.path());
        ReadingRequest request;
        request.model = model;
        request.text = letters(300);  // starts the threads
        const auto good = read(request, nullptr, {});
        const double mebibytes = status_in_mebibytes("VmSize:") + 200;
        const rlimit limit{static_cast<rlim_t>(mebibytes) << 20, RLIM_INFINITY};
        if (!good || ::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(3);
        request.text = letters(9000);
        const auto announced = read(request, nullptr, {});
        request.memory = MemoryLeft{std::uint64_t{1} << 60, "this machine has"};
        const auto failed = read(request, nullptr, {});
        request.text = letters(301);
        const auto after = read(request, good->get(), {});
        if (announced || failed) std::_Exit(4);
        std::fprintf(stderr, "%s; %s\n", announced.message().c_str(), failed.message().c_str());
        std::_Exit(after ? 0 : 5);
    };
    EXPECT_EXIT(run(), testing::ExitedWithCode(0),
                "the limit on its address space .*; there is not enough memory for this sentence");
}

}  // namespace
}  // namespace fovea::test
