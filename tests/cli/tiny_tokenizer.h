#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fovea::test {

/// A WordPiece tokenizer.json small enough to work out by hand: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3,
/// [MASK] 4, the 5, cat 6, sat 7, s 8, ##s 9, "." 10, ##at 11; lower-cases; [CLS] … [SEP].
inline std::string tiny_tokenizer() {
    using Json = nlohmann::ordered_json;
    Json vocabulary;
    Json added = Json::array();
    const char* words[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the",
                           "cat",   "sat",   "s",     "##s",   ".",      "##at"};
    for (const char* word : words) {
        const auto id = vocabulary.size();
        vocabulary[word] = id;
        if (id < 5)
            added.push_back({{"id", id},
                             {"content", word},
                             {"single_word", false},
                             {"lstrip", false},
                             {"rstrip", false},
                             {"normalized", false},
                             {"special", true}});
    }
    const auto special = [](const char* word, int type) {
        return Json{{"SpecialToken", {{"id", word}, {"type_id", type}}}};
    };
    const auto sentence = [](const char* name, int type) {
        return Json{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    const auto special_id = [](const char* word, int id) {
        return Json{{"id", word}, {"ids", {id}}, {"tokens", {word}}};
    };
    Json json;
    json["version"] = "1.0";
    json["truncation"] = nullptr;
    json["padding"] = nullptr;
    json["added_tokens"] = added;
    json["normalizer"] = {{"type", "BertNormalizer"},
                          {"clean_text", true},
                          {"handle_chinese_chars", true},
                          {"strip_accents", nullptr},
                          {"lowercase", true}};
    json["pre_tokenizer"] = {{"type", "BertPreTokenizer"}};
    json["post_processor"] = {
        {"type", "TemplateProcessing"},
        {"single", {special("[CLS]", 0), sentence("A", 0), special("[SEP]", 0)}},
        {"pair",
         {special("[CLS]", 0), sentence("A", 0), special("[SEP]", 0), sentence("B", 1),
          special("[SEP]", 1)}},
        {"special_tokens", {{"[CLS]", special_id("[CLS]", 2)}, {"[SEP]", special_id("[SEP]", 3)}}}};
    json["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
    json["model"] = {{"type", "WordPiece"},
                     {"unk_token", "[UNK]"},
                     {"continuing_subword_prefix", "##"},
                     {"max_input_chars_per_word", 100},
                     {"vocab", vocabulary}};
    return json.dump();
}

}  // namespace fovea::test
