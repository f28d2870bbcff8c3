#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/io/checkpoint.h"
#include "tests/engine/expect_says.h"
#include "tests/engine/temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

class ShardedCheckpoint : public testing::Test {
  protected:
    ShardedCheckpoint() { fs::create_directories(folder_ / "model"); }

    fs::path model() const { return folder_ / "model"; }

    void write(const fs::path& name, const std::string& text) const {
        std::ofstream(model() / name, std::ios::binary) << text;
    }

    /// A file of one-byte tensors, each with the byte that follows its one-letter name: "a1b2".
    void write_shard(const std::string& name, std::string_view tensors) const {
        std::string header = "{";
        std::string data;
        for (size_t i = 0; i < tensors.size(); i += 2) {
            header +=
                fmt::format(R"({}"{}": {{"dtype": "U8", "shape": [1], "data_offsets": [{}, {}]}})",
                            i == 0 ? "" : ", ", tensors[i], data.size(), data.size() + 1);
            data += tensors[i + 1];
        }
        header += "}";
        std::string length(8, '\0');
        const std::uint64_t size = header.size();
        std::memcpy(length.data(), &size, 8);
        write(name, length + header + data);
    }

    void write_index(const std::string& weight_map) const {
        write("model.safetensors.index.json",
              R"({"metadata": {"total_size": 3}, "weight_map": )" + weight_map + "}");
    }

    void expect_refused(std::string_view part) const {
        const auto opened = Checkpoint::open_folder(model());
        ASSERT_FALSE(opened.ok()) << "should say: " << part;
        EXPECT_TRUE(opened.message().starts_with(model().string())) << opened.message();
        test::expect_says(opened, part);
    }

    const test::TemporaryFolder own_;
    const fs::path folder_ = own_.path();
};

char byte_of(const Checkpoint& checkpoint, std::string_view name) {
    const TensorView* view = checkpoint.find(name);
    return view ? static_cast<char>(view->bytes[0]) : '?';
}

TEST_F(ShardedCheckpoint, SeveralFilesAreOne) {
    write_shard("one.safetensors", "a1b2");
    write_shard("two.safetensors", "c3");
    write_index(R"({"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"})");
    std::shared_ptr<const Checkpoint> kept;
    {
        const auto opened = Checkpoint::open_folder(model());
        ASSERT_TRUE(opened.ok()) << opened.message();
        kept = *opened;
    }
    fs::remove_all(model());  // the maps live on
    EXPECT_EQ(kept->tensors().size(), 3u);
    EXPECT_EQ(byte_of(*kept, "a"), '1');
    EXPECT_EQ(byte_of(*kept, "b"), '2');
    EXPECT_EQ(byte_of(*kept, "c"), '3');
}

TEST_F(ShardedCheckpoint, AShardMayBeALink) {
    fs::create_directories(folder_ / "blobs");
    write_shard("one.safetensors", "a1");
    fs::rename(model() / "one.safetensors", folder_ / "blobs" / "0123");
    fs::create_symlink("../blobs/0123", model() / "one.safetensors");
    write_index(R"({"a": "one.safetensors"})");
    const auto opened = Checkpoint::open_folder(model());
    ASSERT_TRUE(opened.ok()) << opened.message();
    EXPECT_EQ(byte_of(**opened, "a"), '1');
}

TEST_F(ShardedCheckpoint, AWholeFileGoesFirst) {
    write_shard("model.safetensors", "a9");
    write_index("{}");
    const auto opened = Checkpoint::open_folder(model());
    ASSERT_TRUE(opened.ok()) << opened.message();
    EXPECT_EQ(byte_of(**opened, "a"), '9');
}

TEST_F(ShardedCheckpoint, NamesWhatIsMissing) {
    expect_refused("model.safetensors: no such file");
    write_index(R"({"a": "one.safetensors", "b": "two.safetensors"})");
    write_shard("one.safetensors", "a1");
    expect_refused("names two.safetensors, which is not there");
    write_shard("two.safetensors", "c1");
    expect_refused("tensor 'b' is said to lie in two.safetensors, but does not");
    write_shard("two.safetensors", "a1b2");
    expect_refused("tensor 'a' lies both in one.safetensors and in two.safetensors");
    write("two.safetensors", "short");
    expect_refused("two.safetensors: 5 bytes are too few");
}

TEST_F(ShardedCheckpoint, ATensorInTheWrongFileIsRefused) {
    write_shard("one.safetensors", "a1b2");
    write_shard("two.safetensors", "c3");
    write_index(R"({"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"})");
    expect_refused("tensor 'b' is said to lie in two.safetensors, but does not");
    write_index(R"({"a": "one.safetensors", "a": "two.safetensors"})");
    expect_refused("tensor 'a' is said to lie both in one.safetensors and in two.safetensors");
}

TEST_F(ShardedCheckpoint, NothingOutsideTheFolderIsRead) {
    write_shard("outside", "a1");
    fs::rename(model() / "outside", folder_ / "outside");
    for (const std::string& path :
         {std::string("../outside"), (folder_ / "outside").string(), std::string("x/../../outside"),
          std::string(".."), std::string(""), std::string("..\\\\outside"),
          std::string("../outside\\u0000")}) {
        SCOPED_TRACE(path);
        write_index(R"({"a": ")" + path + "\"}");
        expect_refused("which is not a file beside it");
    }
}

TEST_F(ShardedCheckpoint, RefusesABrokenIndex) {
    write_shard("one.safetensors", "a1");
    write("model.safetensors.index.json", "{");
    expect_refused("not valid JSON");
    write("model.safetensors.index.json", "[]");
    expect_refused("has no object \"weight_map\"");
    write_index("[]");
    expect_refused("has no object \"weight_map\"");
    write_index("{}");
    expect_refused("names no tensor");
    write_index(R"({"a": 1})");
    expect_refused("the file of tensor 'a' is not a string");
}

TEST_F(ShardedCheckpoint, OtherFrameworksWeightsAreNamedAndNeverRead) {
    for (const char* name : {"pytorch_model.bin", "pytorch_model.bin.index.json",
                             "consolidated.00.pth", "tf_model.h5", "flax_model.msgpack"}) {
        SCOPED_TRACE(name);
        write(name, "whatever");
        expect_refused(fmt::format("holds only {}, ", name));
        expect_refused("save_pretrained");
        fs::remove(model() / name);
    }
}

TEST(CheckpointFolder, ThatIsNotThere) {
    const auto opened = Checkpoint::open_folder("/nowhere");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.message(), "/nowhere: no such folder");
}

}  // namespace
}  // namespace fovea
