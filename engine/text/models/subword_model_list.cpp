#include "engine/text/makers.h"
#include "engine/text/models/subword_model.h"

namespace fovea::text {
namespace {

constexpr Maker<Result<SubwordModelPointer>(const ModelSource&)> subword_models[] = {
    {"BPE", make_byte_pair_encoding},
    {"Unigram", make_unigram},
    {"WordLevel", make_word_level},
    {"WordPiece", make_word_piece},
};

std::string_view guessed_type(const JsonSection& section) {
    if (section.find("merges")) return "BPE";
    if (section.find("unk_id")) return "Unigram";
    if (section.find("continuing_subword_prefix")) return "WordPiece";
    return "WordLevel";
}

}  // namespace

Result<std::string_view> subword_model_type(const JsonSection& section) {
    return section.text_or("type", guessed_type(section));
}

Result<SubwordModelPointer> make_subword_model(const ModelSource& source) {
    FOVEA_TRY(const std::string_view type, subword_model_type(source.section));
    FOVEA_TRY(const auto make, find_maker(subword_models, type, "model", source.section.where()));
    return make(source);
}

Status read_vocabulary(const JsonSection& section, Vocabulary& vocabulary) {
    FOVEA_TRY(const JsonSection words, section.section("vocab"));
    return read_words(words, vocabulary);
}

Status read_words(const JsonSection& words, Vocabulary& vocabulary) {
    size_t count = 0;
    size_t bytes = 0;
    for (const simdjson::dom::key_value_pair word : words.object()) {
        ++count;
        bytes += word.key.size();
    }
    if (count == 0)
        return fail("{} is empty", words.where().empty() ? "the vocabulary" : words.where());
    vocabulary.expect(count, bytes);
    for (const simdjson::dom::key_value_pair word : words.object()) {
        std::int64_t id = 0;
        if (word.value.get(id) != simdjson::SUCCESS) {
            return fail("{}: the id of \"{}\" is not a whole number", words.where(), word.key);
        }
        if (Status added = vocabulary.add(word.key, id); !added) {
            return fail("{}: {}", words.where(), added.message());
        }
    }
    return {};
}

Result<std::int32_t> read_token(const ModelSource& source, std::string_view key) {
    const JsonSection& section = source.of(key);
    if (!section.find(key)) return Vocabulary::none;
    FOVEA_TRY(const std::string_view spelling, section.text(key));
    const std::int32_t id = source.vocabulary->find(spelling);
    if (id == Vocabulary::none) {
        return fail("{} \"{}\" is not in the vocabulary", section.path(key), spelling);
    }
    return id;
}

}  // namespace fovea::text
