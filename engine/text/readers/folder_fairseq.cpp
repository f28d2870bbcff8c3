// CamemBERT and XLM-RoBERTa by their SentencePiece file: fairseq gave its own special tokens the
// first ids, and a mask the last one.
#include "engine/core/base64.h"
#include "engine/io/files.h"
#include "engine/text/models/subword_models.h"
#include "engine/text/readers/class_steps.h"
#include "engine/text/readers/folder_tokenizer.h"
#include "engine/text/readers/sentence_piece_file.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;
using PieceType = SentencePieceFile::PieceType;

/// Pieces with their scores, in the order of their ids.
struct NumberedPieces {
    std::vector<std::pair<std::string, double>> list;
    void add(std::string spelling, double score) { list.emplace_back(std::move(spelling), score); }
};

NumberedPieces numbered_pieces(const FolderSettings& settings, const SentencePieceFile& file,
                               Family family) {
    const auto named = [&](const char* role) { return settings.special(role, family); };
    const bool camembert = family == Family::camembert;
    NumberedPieces pieces;
    pieces.add(camembert ? "<s>NOTUSED" : named("bos_token"), 0);
    pieces.add(named("pad_token"), 0);
    pieces.add(camembert ? "</s>NOTUSED" : named("eos_token"), 0);
    pieces.add(named("unk_token"), 0);
    if (camembert) pieces.add("<unk>NOTUSED", -100);
    // In front of the file's own pieces stand <unk>, <s> and </s>.
    for (size_t i = camembert ? 1 : 3; i < file.pieces.size(); ++i)
        pieces.add(std::string(file.pieces[i].spelling), double{file.pieces[i].score});
    pieces.add(named("mask_token"), 0);
    return pieces;
}

Json normalizer(const SentencePieceFile& file, Family family) {
    if (family == Family::camembert) return camembert_normalizer();
    if (file.character_map.empty()) return {};
    const auto bytes = std::as_bytes(std::span(file.character_map));
    return {{"type", "Precompiled"}, {"precompiled_charsmap", base64(bytes)}};
}

Result<TokenizerPointer> make(const FolderSettings& settings, std::string_view bytes,
                              Family family) {
    FOVEA_TRY(const SentencePieceFile file, SentencePieceFile::read(bytes));
    if (file.model != SentencePieceFile::Model::unigram)
        return fail("is no unigram model, as a \"{}\" has one", settings.class_name());
    if (file.pieces.size() < 3) return fail("has too few pieces");
    const NumberedPieces pieces = numbered_pieces(settings, file, family);
    FolderParts parts;
    parts.vocabulary = std::make_shared<Vocabulary>();
    size_t characters = 0;
    for (const auto& [spelling, score] : pieces.list)
        characters += spelling.size();
    parts.vocabulary->expect(pieces.list.size(), characters);
    UnigramSettings unigram;
    std::int64_t id = 0;
    for (const auto& [spelling, score] : pieces.list) {
        FOVEA_CHECK(parts.vocabulary->add_again(spelling, id++));
        unigram.scores.push_back(score);
    }
    unigram.unknown = 3;
    parts.model = make_unigram(*parts.vocabulary, std::move(unigram));

    AddedTokenList tokens(settings.tokens_beside(Json::array(), family));
    for (const SentencePieceFile::Piece& piece : file.pieces)
        if (piece.type == PieceType::control || piece.type == PieceType::user_defined)
            tokens.add({{"content", std::string(piece.spelling)},
                        {"special", piece.type == PieceType::control},
                        {"normalized", false}});
    const Json added = numbered(tokens.take(), *parts.vocabulary);
    const std::string begin = settings.special("bos_token", family);
    const std::string end = settings.special("eos_token", family);
    const bool space_in_front = settings.flag("add_prefix_space").value_or(true);
    parts.description = {
        {"added_tokens", added},
        {"normalizer", normalizer(file, family)},
        {"pre_tokenizer", unigram_words(family, space_in_front)},
        {"post_processor", class_template(family, begin, end, *parts.vocabulary, added)},
        {"decoder", {{"type", "Metaspace"}, {"replacement", "▁"}}}};
    return assemble(settings, std::move(parts));
}

}  // namespace

Result<TokenizerPointer> make_fairseq_folder(const FolderSettings& settings,
                                             const std::filesystem::path& file) {
    FOVEA_TRY(const std::string bytes, read_text_file(file));
    auto made = make(settings, bytes, settings.family());
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

}  // namespace fovea::text
