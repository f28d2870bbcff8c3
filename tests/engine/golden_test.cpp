// The forward pass against the reference implementation's own results (transformers, float32).
#include "golden.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/core/cancel.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

/// One text of a golden folder: its ids, its interventions, the prefix of its tensors' names.
void check_entry(const Model& model, const Checkpoint& golden, const nlohmann::json& ids_json,
                 const nlohmann::json& edits, const std::string& prefix) {
    const auto ids = ids_json.get<std::vector<std::int32_t>>();
    const auto plain = run(model, {ids, {}}, nullptr, {});
    ASSERT_TRUE(plain.ok()) << plain.message();
    compare_with_golden(model, **plain, golden, prefix);
    for (const auto& [name, json] : edits.items()) {
        const auto parsed = parse_edits(json.dump(), name);
        ASSERT_TRUE(parsed.ok()) << parsed.message();
        const auto edited = run(model, {ids, *parsed}, nullptr, {});
        ASSERT_TRUE(edited.ok()) << edited.message();
        compare_with_golden(model, **edited, golden, prefix + "edit." + name + ".");
        // The same again from the unedited trace: layers that it lends must change nothing.
        const auto reusing = run(model, {ids, *parsed}, plain->get(), {});
        ASSERT_TRUE(reusing.ok()) << reusing.message();
        compare_with_golden(model, **reusing, golden, prefix + "edit." + name + ".");
    }
}

void check_folder(const fs::path& folder, const fs::path& golden_folder) {
    const auto model = Model::load(folder);
    ASSERT_TRUE(model.ok()) << model.message();
    const auto golden = Checkpoint::open_safetensors(golden_folder / "golden.safetensors");
    ASSERT_TRUE(golden.ok()) << golden.message();
    const auto json = read_json(golden_folder / "golden.json");
    if (json.is_array()) {
        for (size_t i = 0; i < json.size(); ++i)
            check_entry(**model, **golden, json[i]["ids"],
                        json[i].value("edits", nlohmann::json::object()), std::to_string(i) + ".");
    } else {
        check_entry(**model, **golden, json["input_ids"], json["edits"], "");
    }
}

void check_folder(const fs::path& folder) {
    check_folder(folder, folder);
}

TEST(Golden, Bert) {
    check_folder(fs::path(TEST_DATA) / "models/bert");
}
TEST(Golden, Gpt2) {
    check_folder(fs::path(TEST_DATA) / "models/gpt2");
}
TEST(Golden, Llama) {
    check_folder(fs::path(TEST_DATA) / "models/llama");
}
TEST(Golden, Stories260k) {
    const fs::path folder = fs::path(GOLDENS) / "models/stories260k";
    if (!fs::exists(folder)) GTEST_SKIP() << "the reference data is not beside this clone";
    check_folder(folder);
}
TEST(Golden, AllMiniLM) {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base = data ? fs::path(data) : fs::path(home ? home : "/") / ".local/share";
    const fs::path folder = base / "fovea/models/all-MiniLM-L6-v2";
    if (!fs::exists(folder / "model.safetensors"))
        GTEST_SKIP() << "the default model is not installed (fovea get all-MiniLM-L6-v2)";
    check_folder(folder, fs::path(TEST_DATA) / "all-MiniLM-L6-v2");
}

}  // namespace
}  // namespace fovea::test
