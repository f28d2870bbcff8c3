// What holds an encoder-decoder back when it writes its target, against transformers' generate.
#include "engine/model/writing_rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "must_have.h"
#include "small_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path bart = fs::path(TEST_DATA) / "models/bart";

Json file(const fs::path& path) {
    return Json::parse(std::ifstream(path));
}

/// The random BART with these keys in generation_config.json, or in config.json where there is
/// none.
std::shared_ptr<const LoadedModel> bart_with(const fs::path& folder, const Json& keys,
                                             bool own_file) {
    fs::copy_file(bart / "model.safetensors", folder / "model.safetensors");
    Json config = file(bart / "config.json");
    if (keys.contains("eos_token_id")) config["eos_token_id"] = keys["eos_token_id"];
    if (own_file)
        std::ofstream(folder / "generation_config.json") << keys;
    else
        config.update(keys);
    std::ofstream(folder / "config.json") << config;
    return must_have(load_folder(folder));
}

TEST(WritingRules, AreFollowedAsGenerateDoes) {
    const Json golden = file(bart / "writing.json");
    for (const Json& wanted : golden["cases"])
        for (const bool own_file : {true, false}) {
            SCOPED_TRACE(wanted["keys"].dump());
            const TemporaryFolder folder;
            ReadingRequest request;
            request.model = bart_with(folder.path(), wanted["keys"], own_file);
            ASSERT_TRUE(request.model);
            EXPECT_TRUE(request.model->model->warnings().empty());
            const auto reading = read_ids(golden["ids"], request, nullptr, {});
            ASSERT_TRUE(reading.ok()) << reading.message();
            std::vector<std::int32_t> written;
            for (const Token& token : (*reading)->target_tokens)
                written.push_back(token.id);
            EXPECT_EQ(written, wanted["written"].get<std::vector<std::int32_t>>());
        }
}

TEST(WritingRules, WhatIsNotFollowedIsNamed) {
    const TemporaryFolder folder;
    const auto loaded = bart_with(folder.path(),
                                  {{"repetition_penalty", 1.2},
                                   {"bad_words_ids", {{3, 4}}},
                                   {"num_beams", 4},
                                   {"encoder_no_repeat_ngram_size", 0}},
                                  true);
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->model->warnings().size(), 1u);
    const std::string warning = loaded->model->warnings()[0];
    EXPECT_NE(warning.find("generation_config.json: Fovea does not follow \"bad_words_ids\" and "
                           "\"repetition_penalty\""),
              std::string::npos)
        << warning;
}

TEST(WritingRules, WhatCannotBeIsAnError) {
    for (const char* text :
         {"[]", R"({"no_repeat_ngram_size": -1})", R"({"forced_bos_token_id": "x"})",
          R"({"min_length": 0.5})", R"({"bad_words_ids": [1]})", R"({"bad_words_ids": [[]]})",
          R"({"bad_words_ids": [[-2]]})", R"({"bad_words_ids": [[99999999999]]})"})
        EXPECT_FALSE(parse_writing_rules(text, "generation_config.json").ok()) << text;
}

TEST(WritingRules, ByHand) {
    constexpr float no = -std::numeric_limits<float>::infinity();
    const auto after = [](const WritingRules& rules, const std::vector<std::int32_t>& written) {
        std::vector<float> logits = {0, 1, 2, 3};
        rules.apply(written, /*end_token=*/3, logits);
        return logits;
    };
    using Row = std::vector<float>;
    EXPECT_EQ(after({}, {2}), (Row{0, 1, 2, 3}));
    EXPECT_EQ(after({.shortest = 3}, {2, 1}), (Row{0, 1, 2, no}));
    EXPECT_EQ(after({.shortest = 3}, {2, 1, 1}), (Row{0, 1, 2, 3}));
    EXPECT_EQ(after({.unrepeated = 1}, {2, 1}), (Row{0, no, no, 3}));
    // 1 was followed by 0 and by 2.
    EXPECT_EQ(after({.unrepeated = 2}, {1, 0, 1, 2, 1}), (Row{no, 1, no, 3}));
    EXPECT_EQ(after({.unrepeated = 3}, {1, 0}), (Row{0, 1, 2, 3}));
    EXPECT_EQ(after({.never = {0, 9}}, {2}), (Row{no, 1, 2, 3}));
    EXPECT_EQ(after({.forced_first = 1}, {2}), (Row{no, 0, no, no}));
    EXPECT_EQ(after({.forced_first = 1}, {2, 1}), (Row{0, 1, 2, 3}));
    EXPECT_EQ(after({.forced_first = 7}, {2}), (Row{0, 1, 2, 3}));  // not in this vocabulary
}

}  // namespace
}  // namespace fovea::test
