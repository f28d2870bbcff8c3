// The command line on a machine that has not the memory: one sentence, and no file half written.
#include <gtest/gtest.h>

#include "program.h"
#include "random_model.h"
#include "tests/engine/memory_growth.h"

namespace fovea::test {
namespace {

class LittleMemory : public testing::Test {
  protected:
    void SetUp() override {
        if (own_allocator) GTEST_SKIP() << "a sanitiser needs the address space";
        RandomModel sizes = RandomModel::long_llama();
        sizes.layers = 4;
        sizes.context = 40960;
        ASSERT_TRUE(write_random_model(sizes, folder_ / "model"));
    }
    /// Exports the reading of so many letters, with its address space cut.
    Ended export_letters(size_t count, rlim_t address_space) const {
        return fovea({"export", "--model", (folder_ / "model").string(), "--text", "-", "--layers",
                      "0", "--heads", "0", "--out", (folder_ / "out.png").string()},
                     std::string(count, 'a'), RLIM_INFINITY, address_space);
    }
    TemporaryFolder folder_;
};

/// The context of a Qwen 3 of 0.6 billion parameters, all of it.
TEST_F(LittleMemory, ALongTextIsRefusedBeforeItIsRead) {
    constexpr rlim_t limit = rlim_t{1} << 30;
    const Ended ended = export_letters(40960, limit);
    expect_error(ended, 1,
                 {"40960 tokens need about ",
                  " of memory in model, and the limit on its "
                  "address space (ulimit -v) allows "});
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"model"});
    expect_quiet(export_letters(100, limit));
}

/// Its tokens take many times its bytes.
TEST_F(LittleMemory, ATextOfMegabytesIsRefusedBeforeItIsTokenised) {
    constexpr rlim_t limit = rlim_t{1} << 30;
    const std::string model = (folder_ / "model").string();
    const auto tokenize = [&](size_t count) {
        return fovea({"tokenize", "--model", model, "--text", "-", "--json"},
                     std::string(count, 'a'), RLIM_INFINITY, limit);
    };
    expect_error(tokenize(20'000'000), 1,
                 {"a text of 20 MB needs about 2.6 GB of memory to be cut into tokens, and the "
                  "limit on its address space (ulimit -v) allows ",
                  " left: read less"});
    // What fits is printed without a document of it in memory.
    const Ended ended = tokenize(3'000'000);
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_TRUE(ended.out.ends_with("[2999999,3000000]]}\n"));
    expect_error(export_letters(20'000'000, limit), 1, {"a text of 20 MB needs about "});
}

TEST_F(LittleMemory, ABenchOfALongSentenceIsRefused) {
    expect_error(fovea({"bench", "--model", (folder_ / "model").string(), "--tokens", "32768"}, {},
                       RLIM_INFINITY, rlim_t{1} << 30),
                 1,
                 {"measuring 32768 tokens of model takes about ",
                  " of memory, and the limit on its address space (ulimit -v) allows ",
                  " left: give fewer --tokens"});
}

/// A model whose files alone are beyond the address space cannot be mapped.
TEST_F(LittleMemory, AModelThatDoesNotFitIsNamed) {
    std::filesystem::resize_file(folder_ / "model/model.safetensors", std::uintmax_t{1} << 36);
    const Ended ended = export_letters(10, rlim_t{1} << 30);
    expect_error(ended, 1, {"model.safetensors"});
}

}  // namespace
}  // namespace fovea::test
