#include "engine/text/readers/folder_tokenizer.h"

#include <simdjson.h>

#include "engine/io/files.h"
#include "engine/text/added_tokens.h"
#include "engine/text/make_tokenizer.h"

namespace fovea {
namespace text {

namespace fs = std::filesystem;

Result<TokenizerPointer> assemble(const FolderSettings& settings, FolderParts parts) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    // What stands in it has been read from UTF-8.
    const simdjson::padded_string json(parts.description.dump());
    if (parser.parse(json).get(object) != simdjson::SUCCESS) {
        return fail("the special tokens cannot be read");
    }
    return make_tokenizer(
        JsonSection(object, ""), std::move(parts.model), std::move(parts.vocabulary),
        {std::move(parts.before), std::move(parts.warnings),
         parts.mask.empty() ? settings.special("mask_token").value_or("") : std::move(parts.mask)});
}

nlohmann::json numbered(nlohmann::json tokens, const Vocabulary& vocabulary) {
    AddedIds ids(vocabulary);
    for (nlohmann::json& token : tokens)
        token["id"] = ids.of(token["content"].get<std::string>());
    return tokens;
}

Result<std::shared_ptr<Vocabulary>> read_vocabulary_file(const fs::path& file) {
    FOVEA_TRY(const std::string text, read_text_file(file));
    simdjson::dom::parser parser;
    FOVEA_TRY(const JsonSection words,
              parse_object(parser, simdjson::padded_string(text), file.string()));
    auto vocabulary = std::make_shared<Vocabulary>();
    if (Status status = read_words(words, *vocabulary); !status) {
        return fail("{}: {}", file.string(), status.message());
    }
    return vocabulary;
}

Error unknown_class(const FolderSettings& settings, std::string_view files) {
    return fail("{}: has no tokenizer.json, and how a \"{}\" uses {} is not known",
                settings.folder().string(), settings.class_name(), files);
}

}  // namespace text

namespace {

bool is_marian(const std::filesystem::path& folder) {
    return is_there(folder / "source.spm") && is_there(folder / "vocab.json");
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load_folder(
    const std::filesystem::path& folder) {
    FOVEA_TRY(const text::FolderSettings settings, text::FolderSettings::read(folder));
    if (is_there(folder / "tokenizer.json"))
        return text::make_beside(settings, folder / "tokenizer.json");
    if (is_marian(folder)) return text::make_marian_folder(settings, text::MarianSide::source);
    if (is_there(folder / "vocab.json") && is_there(folder / "merges.txt")) {
        return text::make_byte_level_folder(settings);
    }
    if (is_there(folder / "vocab.txt")) return text::make_word_piece_folder(settings);
    const text::Family family = settings.family();
    const auto fairseq = folder / "sentencepiece.bpe.model";
    if (is_there(fairseq) &&
        (family == text::Family::camembert || family == text::Family::xlm_roberta))
        return text::make_fairseq_folder(settings, fairseq);
    for (const char* name : {"spiece.model", "tokenizer.model", "sentencepiece.bpe.model"}) {
        if (is_there(folder / name))
            return text::make_sentence_piece_folder(settings, folder / name);
    }
    return std::shared_ptr<const Tokenizer>();
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load_target(
    const std::filesystem::path& folder) {
    if (is_there(folder / "tokenizer.json") || !is_marian(folder) ||
        !is_there(folder / "target.spm")) {
        return std::shared_ptr<const Tokenizer>();
    }
    FOVEA_TRY(const text::FolderSettings settings, text::FolderSettings::read(folder));
    return text::make_marian_folder(settings, text::MarianSide::target);
}

}  // namespace fovea
