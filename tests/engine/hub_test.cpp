#include "engine/catalogue/hub.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/io/files.h"
#include "expect_says.h"
#include "fake_hub.h"
#include "temporary_home.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::expect_says;
using Request = LoopbackServer::Request;

class Hub : public testing::Test {
  protected:
    static CatalogueEntry entry(std::string_view name = "owner/name") {
        auto entry = entry_to_fetch(name);
        EXPECT_TRUE(entry) << entry.message();
        return *entry;
    }
    Result<fs::path> run(std::string_view name = "owner/name") {
        return fetch(entry(name), {}, cancel_);
    }
    fs::path folder() const { return home_.models() / "owner--name"; }

    TemporaryHome home_;
    CancelToken cancel_;
};

TEST(HubAddress, IsOwnerAndName) {
    const auto plain = parse_hub_address("openai-community/gpt2");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->id, "openai-community/gpt2");
    EXPECT_EQ(plain->revision, "main");
    EXPECT_EQ(plain->file, "");
    EXPECT_EQ(parse_hub_address("https://huggingface.co/a/b")->id, "a/b");
    EXPECT_EQ(parse_hub_address("a/b@refs/pr/4")->revision, "refs/pr/4");
    EXPECT_EQ(parse_hub_address("a/b/c.Q4_K_M.gguf")->file, "c.Q4_K_M.gguf");
    for (const char* wrong :
         {"", "gpt2", "a/", "/b", "a/b/c", "../b", "a/..", "a/b/../c.gguf", "a/b@", "a/b@../x",
          "a b/c", "a/b?x", "a/b#c", "a%2f/b", "-a/b", "a--b/c",
          "https://huggingface.co.example/a/b", "https://huggingface.co", "a/b/.gguf"})
        EXPECT_FALSE(parse_hub_address(wrong)) << wrong;
}

TEST_F(Hub, FetchesWhatTheCommitListsAndFoveaNeeds) {
    const FakeHub hub;
    const auto result = run();
    ASSERT_TRUE(result) << result.message();
    EXPECT_EQ(*result, folder());
    for (const char* name : {"config.json", "tokenizer.json", "model.safetensors"})
        EXPECT_EQ(*read_text_file(folder() / name), hub.files.at(name).text) << name;
    EXPECT_FALSE(fs::exists(folder() / "README.md"));
    EXPECT_EQ(hub.count("/resolve/" + FakeHub::commit + "/"), 3u);
    EXPECT_EQ(hub.count("/resolve/"), 3u);
    EXPECT_EQ(installed(entry()), folder());
    EXPECT_EQ(installed_name(folder()), "owner/name");

    // What is installed is not asked for again.
    const size_t before = hub.server().requests().size();
    EXPECT_TRUE(run());
    EXPECT_EQ(hub.server().requests().size(), before);

    const auto manifest = nlohmann::json::parse(*read_text_file(folder() / manifest_name));
    EXPECT_EQ(manifest["from"], "https://huggingface.co/owner/name/resolve/" + FakeHub::commit);
    EXPECT_EQ(manifest["licence"], "mit");
    EXPECT_EQ(manifest["files"].size(), 3u);

    // One that has shrunk is no longer whole.
    fs::resize_file(folder() / "model.safetensors", 5);
    EXPECT_FALSE(installed(entry()));
    ASSERT_TRUE(run());
    EXPECT_EQ(fs::file_size(folder() / "model.safetensors"), 300'000u);
}

TEST_F(Hub, ACatalogueEntryHasItsOwnName) {
    const auto gpt2 = entry("openai-community/gpt2");
    EXPECT_EQ(gpt2.name, "gpt2");
    EXPECT_TRUE(gpt2.asks_the_hub());
    EXPECT_EQ(gpt2.total_size(), 0u);
    EXPECT_FALSE(entry_to_fetch("gpt-7"));
    EXPECT_NE(entry_to_fetch("gpt-7").message().find("owner/name"), std::string::npos);
}

TEST_F(Hub, RefusesBytesOfAnotherChecksum) {
    for (const char* name : {"config.json", "model.safetensors"}) {
        FakeHub hub([&](const Request& request) -> std::optional<std::string> {
            if (!request.path.ends_with(name)) return std::nullopt;
            std::string wrong = FakeHub::usual_files().at(name).text;
            wrong.back() ^= 1;
            return FakeHub::bytes(request, wrong);
        });
        expect_says(run(), std::string(name) + " from 127.0.0.1");
        expect_says(run(), "has the wrong checksum");
        EXPECT_FALSE(fs::exists(folder()));
    }
}

TEST_F(Hub, TheListGoesOnOnAnotherPage) {
    std::string base;
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        const FakeHub::File config = {R"({"model_type": "gpt2"})"};
        const FakeHub::File weights = {std::string(300'000, 'w'), true};
        if (request.path.ends_with("?cursor=2"))
            return FakeHub::json(
                nlohmann::json::array({FakeHub::listed("model.safetensors", weights)}));
        if (request.path.find("/tree/") == std::string::npos) return std::nullopt;
        const std::string body =
            nlohmann::json::array({FakeHub::listed("config.json", config)}).dump();
        return LoopbackServer::answer(
            "200 OK", body,
            fmt::format("Link: <{}{}?cursor=2>; rel=\"next\"\r\n", base, request.path));
    });
    // The Hub gives its own address, whatever HF_ENDPOINT says.
    base = "https://huggingface.co";
    const auto result = run();
    ASSERT_TRUE(result) << result.message();
    EXPECT_TRUE(fs::exists(folder() / "model.safetensors"));
    EXPECT_EQ(hub.count("cursor=2"), 1u);

    fs::remove_all(folder());
    base = "http://other.example";
    expect_says(run(), "goes on elsewhere");
    base = hub.server().base() + ".example";
    expect_says(run(), "goes on elsewhere");
}

TEST_F(Hub, AnEndlessListEnds) {
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (request.path.find("/tree/") == std::string::npos) return std::nullopt;
        return LoopbackServer::answer(
            "200 OK", "[]",
            fmt::format("Link: <https://huggingface.co{}>; rel=\"next\"\r\n", request.path));
    });
    expect_says(run(), "holds too many files");
}

TEST_F(Hub, DoesNotTrustTheList) {
    nlohmann::json entry;
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (request.path.find("/tree/") == std::string::npos) return std::nullopt;
        return FakeHub::json(nlohmann::json::array({entry}));
    });
    const auto good = FakeHub::listed("config.json", {"{}", true});
    entry = good;
    entry["path"] = "../../.bashrc";
    expect_says(run(), "a file without a proper name");
    entry["path"] = "/etc/passwd";
    expect_says(run(), "a file without a proper name");
    entry = good;
    entry["lfs"]["oid"] = "abc";
    expect_says(run(), "config.json without its checksum");
    entry = good;
    entry.erase("lfs");
    entry["oid"] = 5;
    expect_says(run(), "config.json without its checksum");
    entry = good;
    entry["lfs"]["size"] = -4;
    expect_says(run(), "config.json without its size");
    entry = good;
    entry["lfs"]["size"] = ~0ull;
    entry["path"] = "model.safetensors";
    expect_says(run(), "holds no model that Fovea can read");
    EXPECT_FALSE(fs::exists(folder()));
}

TEST_F(Hub, AnswersThatAreNoJsonAreErrors) {
    std::string body = "<html>a page of a hotel</html>";
    std::string where = "/revision/";
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (request.path.find(where) == std::string::npos) return std::nullopt;
        return LoopbackServer::answer("200 OK", body);
    });
    expect_says(run(), "does not say which commit main is");
    body = R"({"sha": "../../x"})";
    expect_says(run(), "does not say which commit main is");
    where = "/tree/";
    expect_says(run(), "is no list");
    body = std::string(17 << 20, ' ');
    expect_says(run(), "is too long");
}

TEST_F(Hub, SaysWhatDoesNotExist) {
    const FakeHub hub;
    expect_says(run("owner/other"), "the Hub has no model owner/other");
    expect_says(run("owner/name@v9"), "owner/name has no revision v9");
}

TEST_F(Hub, SaysThatTermsWaitToBeAccepted) {
    std::string status = "401 Unauthorized", code = "GatedRepo";
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (request.path.find("/resolve/") == std::string::npos) return std::nullopt;
        return LoopbackServer::answer(status, "no", fmt::format("X-Error-Code: {}\r\n", code));
    });
    const std::string page = hub.server().base() + "/owner/name";
    expect_says(run(), "config.json: owner/name has terms to accept first: do so at " + page +
                           ", then set HF_TOKEN");
    ::setenv("HF_TOKEN", "hf_secret", 1);
    status = "403 Forbidden";
    expect_says(run(), "the account of HF_TOKEN has not accepted: do so at " + page);
    EXPECT_EQ(run().message().find("hf_secret"), std::string::npos);
}

TEST_F(Hub, AHiddenModelNeedsAnAccount) {
    FakeHub hub([](const Request&) -> std::optional<std::string> {
        return LoopbackServer::answer("401 Unauthorized", "no", "X-Error-Code: RepoNotFound\r\n");
    });
    expect_says(run(), "no model owner/name that may be read without an account");
    ::setenv("HF_TOKEN", "hf_secret", 1);
    expect_says(run(), "no model owner/name that the account of HF_TOKEN may read");
}

TEST_F(Hub, TheTokenGoesToTheHubAlone) {
    const LoopbackServer elsewhere(
        [](const Request& request) { return FakeHub::bytes(request, std::string(300'000, 'w')); });
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (!request.path.ends_with("model.safetensors")) return std::nullopt;
        return LoopbackServer::answer(
            "302 Found", "", fmt::format("Location: {}/blob?signature=1\r\n", elsewhere.base()));
    });
    ::setenv("HF_TOKEN", "hf_secret", 1);
    const auto result = run();
    ASSERT_TRUE(result) << result.message();
    for (const Request& request : hub.server().requests())
        EXPECT_NE(request.head.find("Authorization: Bearer hf_secret\r\n"), std::string::npos)
            << request.head;
    ASSERT_EQ(elsewhere.requests().size(), 1u);
    EXPECT_EQ(elsewhere.requests()[0].head.find("uthorization"), std::string::npos);
    EXPECT_EQ(elsewhere.requests()[0].head.find("hf_secret"), std::string::npos);

    // Neither to another source nor where it could be read on the way.
    EXPECT_EQ(token_for(elsewhere.base() + "/x"), "");
    EXPECT_EQ(token_for(hub.server().base() + "9/x"), "");
    EXPECT_EQ(token_for(hub.server().base() + "/x"), "hf_secret");
    ::setenv("HF_ENDPOINT", "http://hub.example", 1);
    EXPECT_EQ(token_for("http://hub.example/x"), "");
    ::setenv("HF_ENDPOINT", "https://hub.example/", 1);
    EXPECT_EQ(token_for("https://hub.example/x"), "hf_secret");
    ::setenv("HF_TOKEN", "hf\r\nX-Evil: 1", 1);
    EXPECT_EQ(token_for("https://hub.example/x"), "");
}

TEST_F(Hub, GoesOnAcrossARedirect) {
    const LoopbackServer elsewhere([cut = false](const Request& request) mutable {
        const std::string answer = FakeHub::bytes(request, std::string(300'000, 'w'));
        if (std::exchange(cut, true)) return answer;
        return answer.substr(0, answer.find("\r\n\r\n") + 4 + 100'000);
    });
    FakeHub hub([&](const Request& request) -> std::optional<std::string> {
        if (!request.path.ends_with("model.safetensors")) return std::nullopt;
        return LoopbackServer::answer("307 Temporary Redirect", "",
                                      fmt::format("Location: {}/blob\r\n", elsewhere.base()));
    });
    const auto result = run();
    ASSERT_TRUE(result) << result.message();
    ASSERT_EQ(elsewhere.requests().size(), 2u);
    EXPECT_EQ(elsewhere.requests()[1].range, "100000-");
}

TEST_F(Hub, RefusesAPickleAndSaysHowToConvertIt) {
    FakeHub hub;
    hub.files.erase("model.safetensors");
    hub.files["pytorch_model.bin"] = {"pickle", true};
    expect_says(run(), "only pytorch_model.bin, a pickle that Fovea does not read");
    EXPECT_EQ(hub.count("/resolve/"), 0u);

    // Anybody may open a pull request.
    hub.pull_request = {{"config.json", {"{}"}}, {"model.safetensors", {"converted", true}}};
    hub.pull_request_author = "somebody";
    expect_says(run(), "only pytorch_model.bin");
    EXPECT_EQ(hub.count("/resolve/"), 0u);

    hub.pull_request_author = "SFconvertbot";
    const auto result = run();
    ASSERT_TRUE(result) << result.message();
    EXPECT_EQ(*read_text_file(folder() / "model.safetensors"), "converted");
    EXPECT_EQ(hub.count("/resolve/" + FakeHub::converted + "/"), 2u);
}

TEST_F(Hub, OneGgufFileAmongSeveral) {
    FakeHub hub;
    hub.files = {{"a.Q4_K_M.gguf", {"four", true}}, {"a.Q8_0.gguf", {"eight", true}}};
    expect_says(run(),
                "holds 2 GGUF files; 'fovea get owner/name/FILE' fetches one of "
                "a.Q4_K_M.gguf, a.Q8_0.gguf");
    const auto result = run("owner/name/a.Q8_0.gguf");
    ASSERT_TRUE(result) << result.message();
    EXPECT_EQ(*read_text_file(*result / "a.Q8_0.gguf"), "eight");
    EXPECT_FALSE(fs::exists(*result / "a.Q4_K_M.gguf"));
    EXPECT_EQ(installed_name(*result), "owner/name/a.Q8_0.gguf");
    expect_says(run("owner/name/b.gguf"), "holds no b.gguf");
}

std::vector<std::string> chosen(std::vector<std::string> names) {
    std::vector<CatalogueFile> listed;
    for (std::string& name : names)
        listed.push_back({std::move(name), 1});
    const auto files = choose_files(listed, *parse_hub_address("owner/name"));
    if (!files) return {files.message()};
    std::vector<std::string> paths;
    for (const CatalogueFile& file : *files)
        paths.push_back(file.path);
    return paths;
}

TEST(HubFiles, OnesThatSayTheSameAreLeftOut) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(chosen({"config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5",
                      "model.fp16.safetensors", "tokenizer.json", "vocab.json", "merges.txt",
                      "onnx/model.safetensors", "x.gguf"}),
              (Names{"config.json", "model.safetensors", "tokenizer.json"}));
    EXPECT_EQ(chosen({"config.json", "model.safetensors", "vocab.json", "merges.txt"}),
              (Names{"config.json", "model.safetensors", "vocab.json", "merges.txt"}));
    EXPECT_EQ(chosen({"config.json", "model-00001-of-00002.safetensors",
                      "model-00002-of-00002.safetensors", "model.safetensors.index.json",
                      "consolidated.safetensors"}),
              (Names{"config.json", "model-00001-of-00002.safetensors",
                     "model-00002-of-00002.safetensors", "model.safetensors.index.json"}));
    EXPECT_EQ(chosen({"model.gguf", "mmproj-model.gguf", "README.md"}), (Names{"model.gguf"}));
    EXPECT_EQ(chosen({"model.gguf", "model-mmproj-f16.gguf"}), (Names{"model.gguf"}));
    EXPECT_NE(chosen({"config.json", "tf_model.h5"})[0].find("holds only tf_model.h5"),
              std::string::npos);
    EXPECT_EQ(chosen({"README.md"}).size(), 1u);
    EXPECT_NE(chosen({"README.md"})[0].find("no model that Fovea can read"), std::string::npos);
}

}  // namespace
}  // namespace fovea
