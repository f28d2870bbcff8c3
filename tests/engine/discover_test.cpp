#include "engine/catalogue/discover.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "engine/catalogue/catalogue.h"
#include "gguf_bytes.h"
#include "temporary_home.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

const std::string small_config =
    R"({"model_type": "gpt2", "n_embd": 8, "n_layer": 1, "n_head": 2, "vocab_size": 5, "n_ctx": 77,
        "n_positions": 77})";

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

void write_model(const fs::path& folder) {
    write(folder / "config.json", small_config);
    write(folder / "model.safetensors", "123456");
}

std::string gguf() {
    return test::GgufBytes()
        .text("general.architecture", "llama")
        .natural("llama.context_length", 4096)
        .str();
}

class Discover : public testing::Test {
  protected:
    Discover() {
        places_.installed = home_.models();
        places_.hugging_face = {home_.path() / "hub"};
        places_.ollama = {home_.path() / "ollama"};
        places_.lm_studio = {home_.path() / "lm"};
        places_.own = {home_.path() / "own"};
    }
    /// The one model that is found.
    FoundModel only() {
        const Discovery discovery = discover_models(places_);
        EXPECT_EQ(discovery.models.size(), 1u);
        EXPECT_TRUE(discovery.remarks.empty());
        return discovery.models.empty() ? FoundModel() : discovery.models[0];
    }
    std::vector<std::string> names() {
        std::vector<std::string> names;
        for (const FoundModel& model : discover_models(places_).models)
            names.push_back(model.name);
        return names;
    }
    fs::path hub(std::string_view name) const { return home_.path() / "hub" / name; }
    fs::path own() const { return home_.path() / "own"; }

    TemporaryHome home_;
    ModelPlaces places_;
};

using Names = std::vector<std::string>;

TEST_F(Discover, NothingIsThere) {
    EXPECT_EQ(names(), Names());
    EXPECT_TRUE(discover_models(ModelPlaces()).models.empty());
}

TEST_F(Discover, WhatGetInstalled) {
    write_model(home_.models() / "owner--name");
    write_model(home_.models() / "broken.partial");
    write(home_.models() / "gemma/gemma.gguf", gguf());
    fs::create_directories(home_.models() / "empty");
    const Discovery discovery = discover_models(places_);
    ASSERT_EQ(discovery.models.size(), 2u);
    EXPECT_EQ(discovery.models[0].name, "gemma");
    EXPECT_EQ(discovery.models[0].path, home_.models() / "gemma/gemma.gguf");
    const FoundModel& model = discovery.models[1];
    EXPECT_EQ(model.name, "owner/name");
    EXPECT_EQ(model.path, home_.models() / "owner--name");
    EXPECT_EQ(model.source, ModelSource::installed);
    EXPECT_EQ(model.architecture, "gpt2");
    EXPECT_EQ(model.context, 77);
    EXPECT_EQ(model.size, 6u);
    EXPECT_TRUE(model.can_open) << model.why_not;
}

TEST_F(Discover, TheHubsCacheThroughItsLinks) {
    const fs::path folder = hub("models--owner--name");
    write(folder / "blobs/1", small_config);
    write(folder / "blobs/2", "1234567");
    write(folder / "refs/main", "abc123\n");
    for (const char* commit : {"abc123", "fff"}) {
        fs::create_directories(folder / "snapshots" / commit);
        fs::create_symlink("../../blobs/1", folder / "snapshots" / commit / "config.json");
        fs::create_symlink("../../blobs/2", folder / "snapshots" / commit / "model.safetensors");
    }
    write(hub("datasets--owner--data") / "snapshots/1/config.json", small_config);
    write(hub("models--owner--card") / "snapshots/1/README.md", "only a card");
    fs::create_directories(hub("models--"));
    fs::create_directories(hub("models--owner--nothing"));
    const FoundModel model = only();
    EXPECT_EQ(model.name, "owner/name");
    EXPECT_EQ(model.path, folder / "snapshots/abc123");
    EXPECT_EQ(model.source, ModelSource::hugging_face_cache);
    EXPECT_EQ(model.size, 7u);
    EXPECT_TRUE(model.can_open) << model.why_not;

    // Without main's word for it, the newest one; and main's word is no path.
    using namespace std::chrono_literals;
    const auto now = fs::file_time_type::clock::now();
    fs::last_write_time(folder / "snapshots/abc123", now - 1h);
    fs::last_write_time(folder / "snapshots/fff", now);
    write(folder / "refs/main", "../snapshots/abc123");
    EXPECT_EQ(only().path, folder / "snapshots/fff");
    fs::last_write_time(folder / "snapshots/abc123", now + 1h);
    fs::remove(folder / "refs/main");
    EXPECT_EQ(only().path, folder / "snapshots/abc123");
}

TEST_F(Discover, LinksThatLeadNowhere) {
    const fs::path snapshot = hub("models--owner--name") / "snapshots/1";
    write(snapshot / "config.json", small_config);
    fs::create_symlink("../../blobs/gone", snapshot / "model.safetensors");
    EXPECT_EQ(only().why_not,
              "model.safetensors is a link that leads nowhere: its download was not finished");
    fs::remove(snapshot / "config.json");
    fs::create_symlink("config.json", snapshot / "config.json");  // to itself
    EXPECT_EQ(only().why_not,
              "config.json is a link that leads nowhere: its download was not finished");
}

TEST_F(Discover, SaysWhyAFolderCannotBeOpened) {
    const fs::path folder = own() / "m";
    write(folder / "config.json", small_config);
    const auto why = [&] {
        const FoundModel model = only();
        EXPECT_FALSE(model.can_open);
        return model.why_not;
    };
    EXPECT_EQ(why(), "model.safetensors is missing");
    write(folder / "tf_model.h5", "x");
    EXPECT_NE(why().find("only tf_model.h5, TensorFlow's weights"), std::string::npos);
    write(folder / "pytorch_model.bin", "x");
    EXPECT_NE(why().find("only pytorch_model.bin"), std::string::npos);
    EXPECT_NE(why().find("save_pretrained"), std::string::npos);

    write(folder / "model.safetensors", "x");
    EXPECT_TRUE(only().can_open);
    write(folder / "config.json", R"({"model_type": "mamba", "n_positions": 9})");
    EXPECT_EQ(why(), "config.json: unknown model_type \"mamba\"");
    EXPECT_EQ(only().architecture, "mamba");
    EXPECT_EQ(only().context, 9);
    write(folder / "config.json", "{");
    EXPECT_EQ(why(), "config.json: not a JSON object");
    write(folder / "config.json", std::string(5 << 20, ' '));
    EXPECT_EQ(why(), "config.json cannot be read");
    fs::remove(folder / "config.json");
    // Opening a pipe would wait for somebody to write into it.
    ASSERT_EQ(::mkfifo((folder / "config.json").c_str(), 0600), 0);
    EXPECT_EQ(why(), "config.json is missing");
    fs::remove(folder / "config.json");
    fs::create_directories(folder / "config.json");
    EXPECT_EQ(why(), "config.json is missing");
}

TEST_F(Discover, ShardsMustAllBeThere) {
    const fs::path folder = own() / "m";
    write(folder / "config.json", small_config);
    const auto index = [&](std::string_view second) {
        write(folder / "model.safetensors.index.json",
              fmt::format(R"({{"weight_map": {{"a": "1.safetensors", "b": "{}"}}}})", second));
    };
    write(folder / "1.safetensors", "12345");
    index("2.safetensors");
    EXPECT_EQ(only().why_not, "2.safetensors is missing");
    write(folder / "2.safetensors", "123");
    EXPECT_EQ(only().size, 8u);
    for (const char* evil : {"../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b"}) {
        index(evil);
        EXPECT_NE(only().why_not.find("no file beside it"), std::string::npos) << evil;
    }
    write(folder / "model.safetensors.index.json", "{}");
    EXPECT_EQ(only().why_not, "model.safetensors.index.json lists no tensors");
}

TEST_F(Discover, OllamasManifests) {
    const std::string hex(64, 'b');
    const fs::path ollama = home_.path() / "ollama";
    const auto manifest = [&](std::string_view path, std::string_view digest, size_t size) {
        write(ollama / "manifests" / path, fmt::format(R"({{"layers": [
                {{"mediaType": "application/vnd.ollama.image.license", "digest": "x", "size": 1}},
                {{"mediaType": "application/vnd.ollama.image.model", "digest": "{}", "size": {}}}]}})",
                                                       digest, size));
    };
    write(ollama / ("blobs/sha256-" + hex), gguf());
    manifest("registry.ollama.ai/library/gemma3/270m", "sha256:" + hex, gguf().size());
    const FoundModel model = only();
    EXPECT_EQ(model.name, "gemma3:270m");
    EXPECT_EQ(model.path, ollama / ("blobs/sha256-" + hex));
    EXPECT_EQ(model.source, ModelSource::ollama);
    EXPECT_EQ(model.architecture, "llama");
    EXPECT_EQ(model.context, 4096);
    EXPECT_EQ(model.size, gguf().size());

    manifest("registry.ollama.ai/ada/mine/latest", "sha256:" + hex, gguf().size());
    manifest("hf.co/owner/name/Q4_0", "sha256:" + hex, gguf().size());
    EXPECT_EQ(names(), (Names{"ada/mine:latest", "gemma3:270m", "hf.co/owner/name:Q4_0"}));
    fs::remove_all(ollama / "manifests/hf.co");
    fs::remove_all(ollama / "manifests/registry.ollama.ai/ada");

    const std::string path = "registry.ollama.ai/library/gemma3/270m";
    manifest(path, "sha256:" + hex, gguf().size() + 1);
    EXPECT_NE(only().why_not.find("the download was not finished"), std::string::npos);
    manifest(path, "sha256:" + std::string(64, 'c'), 5);
    EXPECT_EQ(only().why_not, "its weights are missing: the download was not finished");
    for (const std::string& evil :
         {std::string("sha256:../../../../etc/passwd"), std::string(), "sha256:" + hex + "/..",
          "md5:" + hex, std::string("sha256:")}) {
        manifest(path, evil, 5);
        EXPECT_EQ(only().why_not, "its manifest names no file") << evil;
    }
    write(ollama / "manifests" / path, "{");
    EXPECT_EQ(only().why_not, "its manifest lists no layers");
    write(ollama / "manifests" / path, R"({"layers": [5, {"mediaType": 7}]})");
    EXPECT_EQ(only().why_not, "its manifest names no weights in GGUF");
}

TEST_F(Discover, LmStudiosFolders) {
    const fs::path lm = home_.path() / "lm";
    write(lm / "owner/one/model.Q4_0.gguf", gguf());
    write(lm / "owner/one/mmproj-model.gguf", gguf());
    write(lm / "owner/two/a.gguf", gguf());
    write(lm / "owner/two/b.gguf", gguf());
    write_model(lm / "mlx/three");
    write(lm / "owner/split/m-00001-of-00002.gguf", gguf());
    write(lm / "owner/split/m-00002-of-00002.gguf", gguf());
    write(lm / "stray.txt", "");
    EXPECT_EQ(names(), (Names{"mlx/three", "owner/one", "owner/split", "owner/two/a.gguf",
                              "owner/two/b.gguf"}));
    EXPECT_EQ(discover_models(places_).models[0].source, ModelSource::lm_studio);
}

TEST_F(Discover, GgufFilesThatAreNone) {
    write(own() / "text.gguf", "hello");
    EXPECT_EQ(only().why_not, "it is no GGUF file");
    write(own() / "text.gguf", "GGUF");
    EXPECT_FALSE(only().can_open);
    EXPECT_NE(only().why_not, "");
    write(own() / "text.gguf", gguf().substr(0, 40));
    EXPECT_NE(only().why_not, "");
}

TEST_F(Discover, OwnFoldersHoweverNested) {
    write_model(own() / "a/b/c");
    write_model(own() / "a/b/c/onnx");  // a part of the model
    write_model(own() / "a/1/2/3/4/5/6/too-deep");
    write_model(own() / ".hidden");
    write_model(own() / "models--owner--name/snapshots/1");
    fs::create_directory_symlink("..", own() / "a/circle");
    fs::create_directory_symlink("b", own() / "a/again");
    EXPECT_EQ(names(), (Names{"a/again/c", "owner/name"}));

    // The place itself may be the model.
    places_.own = {own() / "a/b/c"};
    EXPECT_EQ(only().name, "c");
    places_.own.push_back(own() / "a/again/c");
    EXPECT_EQ(only().name, "c");
}

TEST_F(Discover, AVastFolderHasAnEnd) {
    fs::create_directories(own());
    for (int i = 0; i < 20'100; ++i)
        ::close(::open((own() / std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600));
    write_model(home_.path() / "second/m");
    places_.own.push_back(home_.path() / "second");
    const Discovery discovery = discover_models(places_);
    ASSERT_EQ(discovery.remarks.size(), 1u);
    EXPECT_NE(discovery.remarks[0].find("holds more than 20000 entries"), std::string::npos);
    ASSERT_EQ(discovery.models.size(), 1u);  // the next place has its own budget
}

TEST_F(Discover, CancelledItReturnsWhatItHas) {
    write_model(own() / "m");
    const CancelToken cancel;
    cancel.cancel();
    EXPECT_TRUE(discover_models(places_, cancel).models.empty());
}

TEST_F(Discover, FoldersAreRemembered) {
    EXPECT_TRUE(remembered_folders().empty());
    EXPECT_FALSE(remember_folder(home_.path() / "absent"));
    fs::create_directories(own() / "x");
    ASSERT_TRUE(remember_folder(own() / "x/../x/"));
    ASSERT_TRUE(remember_folder(own() / "x"));
    ASSERT_TRUE(remember_folder(own()));
    EXPECT_EQ(remembered_folders(), (std::vector<fs::path>{own() / "x", own()}));
    ::setenv("FOVEA_MODELS", (own().string() + ":relative::/elsewhere").c_str(), 1);
    const auto places = ModelPlaces::of_this_machine();
    ::unsetenv("FOVEA_MODELS");
    EXPECT_EQ(places.own, (std::vector<fs::path>{own(), "/elsewhere", own() / "x"}));
    ASSERT_TRUE(forget_folder(own() / "x/"));
    EXPECT_FALSE(forget_folder(own() / "x"));
    EXPECT_EQ(remembered_folders(), std::vector<fs::path>{own()});
    write(home_.path() / "fovea/folders.json", R"(["relative", 5, "/a"])");
    EXPECT_EQ(remembered_folders(), std::vector<fs::path>{"/a"});
    write(home_.path() / "fovea/folders.json", "nonsense");
    EXPECT_TRUE(remembered_folders().empty());
}

TEST_F(Discover, TheEnvironmentSaysWhere) {
    const std::pair<const char*, const char*> variables[] = {{"HF_HUB_CACHE", "/hub"},
                                                             {"HF_HOME", "/hf"},
                                                             {"OLLAMA_MODELS", "/ollama"},
                                                             {"XDG_CACHE_HOME", "/cache"}};
    for (const auto& [name, value] : variables)
        ::setenv(name, value, 1);
    const auto places = ModelPlaces::of_this_machine();
    for (const auto& [name, value] : variables)
        ::unsetenv(name);
    EXPECT_EQ(places.installed, home_.models());
    EXPECT_EQ(places.hugging_face,
              (std::vector<fs::path>{"/hub", "/hf/hub", "/cache/huggingface/hub"}));
    EXPECT_EQ(places.ollama[0], "/ollama");
    EXPECT_EQ(places.lm_studio[1], "/cache/lm-studio/models");
}

TEST_F(Discover, ModelsAreFoundByName) {
    ::setenv("HF_HUB_CACHE", (home_.path() / "hub").c_str(), 1);
    ::setenv("FOVEA_MODELS", own().c_str(), 1);
    const fs::path snapshot = hub("models--openai-community--gpt2") / "snapshots/1";
    write_model(snapshot);
    write_model(own() / "other/gpt2");
    fs::remove(own() / "other/gpt2/model.safetensors");
    write(own() / "one.gguf", gguf());
    for (const std::string& asked :
         {std::string("openai-community/gpt2"), std::string("gpt2"), snapshot.string(),
          hub("models--openai-community--gpt2").string()}) {
        const auto found = find_model(asked);
        ASSERT_TRUE(found) << asked << ": " << found.message();
        EXPECT_EQ(found->path, snapshot) << asked;
        EXPECT_EQ(found->name, "openai-community/gpt2") << asked;
    }
    // One that cannot be opened has its own error to show.
    EXPECT_EQ(*resolve_model("other/gpt2"), own() / "other/gpt2");
    const auto file = find_model((own() / "one.gguf").string());
    ASSERT_TRUE(file) << file.message();
    EXPECT_EQ(file->path, own() / "one.gguf");
    EXPECT_EQ(file->name, "one");
    fs::create_directories(own() / "two");
    fs::copy(own() / "one.gguf", own() / "two/a.gguf");
    EXPECT_EQ(*resolve_model((own() / "two").string()), own() / "two/a.gguf");
    fs::copy(own() / "one.gguf", own() / "two/b.gguf");
    EXPECT_NE(find_model((own() / "two").string()).message().find("holds 2 GGUF files"),
              std::string::npos);
    ::unsetenv("HF_HUB_CACHE");
    ::unsetenv("FOVEA_MODELS");
}

}  // namespace
}  // namespace fovea
