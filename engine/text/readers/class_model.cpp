#include "engine/text/readers/class_model.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

Json of_byte_pairs(bool sentence_piece) {
    return {
        {"unk_token", nullptr},     {"dropout", nullptr},         {"continuing_subword_prefix", ""},
        {"end_of_word_suffix", ""}, {"fuse_unk", sentence_piece}, {"byte_fallback", sentence_piece},
        {"ignore_merges", false}};
}

Json of_unigram(std::int64_t unknown) {
    return {{"unk_id", unknown}, {"byte_fallback", false}};
}

/// The place of a token in `[["token", score], ...]`; the first where it is not there.
std::int64_t place_of(std::string_view token, const JsonSection& model) {
    const auto vocabulary = model.array("vocab");
    if (!vocabulary) return 0;
    std::int64_t place = 0;
    for (const simdjson::dom::element entry : *vocabulary) {
        std::string_view spelling;
        if (!entry.at(0).get(spelling) && spelling == token) return place;
        ++place;
    }
    return 0;
}

}  // namespace

Json settings_of_class(Family family, std::string_view unknown, const JsonSection& model) {
    switch (family) {
        case Family::bert:
        case Family::mpnet:
            return {{"unk_token", unknown},
                    {"continuing_subword_prefix", "##"},
                    {"max_input_chars_per_word", 100}};
        case Family::gpt2:
        case Family::gpt_neox:
        case Family::qwen2:
        case Family::roberta:
            return of_byte_pairs(/*sentence_piece=*/false);
        case Family::llama:
            return of_byte_pairs(/*sentence_piece=*/true);
        case Family::gemma: {
            Json settings = of_byte_pairs(/*sentence_piece=*/true);
            settings["unk_token"] = unknown;
            return settings;
        }
        case Family::t5:
            return of_unigram(2);
        case Family::xlm_roberta:
            return of_unigram(3);
        case Family::albert:
            return of_unigram(1);
        case Family::camembert:
            return of_unigram(place_of(unknown, model));
        case Family::marian:
        case Family::file:
            break;
    }
    return Json::object();
}

}  // namespace fovea::text
