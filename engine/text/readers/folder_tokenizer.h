#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/result.h"
#include "engine/text/models/subword_model.h"
#include "engine/text/readers/folder_settings.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

using TokenizerPointer = std::shared_ptr<const Tokenizer>;

// One maker for each older form; folder_tokenizer.cpp says which files each answers to.

/// vocab.txt
Result<TokenizerPointer> make_word_piece_folder(const FolderSettings& settings);
/// vocab.json and merges.txt
Result<TokenizerPointer> make_byte_level_folder(const FolderSettings& settings);
/// A SentencePiece model file whose places are the ids.
Result<TokenizerPointer> make_sentence_piece_folder(const FolderSettings& settings,
                                                    const std::filesystem::path& file);
/// The same from the file's bytes, which are never trusted (they are fuzzed).
Result<TokenizerPointer> make_sentence_piece(const FolderSettings& settings,
                                             std::string_view bytes);
/// CamemBERT's and XLM-RoBERTa's sentencepiece.bpe.model.
Result<TokenizerPointer> make_fairseq_folder(const FolderSettings& settings,
                                             const std::filesystem::path& file);
/// A tokenizer.json with what the files beside it change.
Result<TokenizerPointer> make_beside(const FolderSettings& settings,
                                     const std::filesystem::path& file);
enum class MarianSide { source, target };
/// Opus-MT: a SentencePiece model file for each language, and ids of both in a vocab.json.
Result<TokenizerPointer> make_marian_folder(const FolderSettings& settings, MarianSide side);

/// What these forms leave to the code that reads them: small parts are described as a
/// tokenizer.json would describe them.
struct FolderParts {
    std::vector<std::string> warnings = {};
    nlohmann::json description;
    SubwordModelPointer model;
    std::shared_ptr<Vocabulary> vocabulary;
    NormalizerPointer before;  ///< may be null
    std::string mask = {};     ///< how the mask is spelt; empty: as the settings or most have it
};
Result<TokenizerPointer> assemble(const FolderSettings& settings, FolderParts parts);

/// The same tokens with the ids that they have ("added_tokens" of a tokenizer.json).
nlohmann::json numbered(nlohmann::json tokens, const Vocabulary& vocabulary);

/// The words of a vocab.json.
Result<std::shared_ptr<Vocabulary>> read_vocabulary_file(const std::filesystem::path& file);

/// An error that says which class of tokenizer cannot be read from these files.
Error unknown_class(const FolderSettings& settings, std::string_view files);

}  // namespace fovea::text
