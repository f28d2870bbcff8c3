// CamemBERT and XLM-RoBERTa by their SentencePiece file: fairseq gave its own special tokens the
// first ids, and a mask the last one.
#include "engine/io/files.h"
#include "engine/text/base64.h"
#include "engine/text/folder_tokenizer.h"
#include "engine/text/sentence_piece_file.h"
#include "engine/text/subword_models.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;
using PieceType = SentencePieceFile::PieceType;

/// NumberedPieces with their scores, in the order of their ids.
struct NumberedPieces {
    std::vector<std::pair<std::string, double>> list;
    void add(std::string spelling, double score) { list.emplace_back(std::move(spelling), score); }
};

NumberedPieces numbered_pieces(const FolderSettings& settings, const SentencePieceFile& file,
                               Family family) {
    const auto named = [&](const char* role, const char* usual) {
        return settings.special(role).value_or(usual);
    };
    const bool camembert = family == Family::camembert;
    NumberedPieces pieces;
    pieces.add(camembert ? "<s>NOTUSED" : named("bos_token", "<s>"), 0);
    pieces.add(named("pad_token", "<pad>"), 0);
    pieces.add(camembert ? "</s>NOTUSED" : named("eos_token", "</s>"), 0);
    pieces.add(named("unk_token", "<unk>"), 0);
    if (camembert) pieces.add("<unk>NOTUSED", -100);
    // In front of the file's own pieces stand <unk>, <s> and </s>.
    for (size_t i = camembert ? 1 : 3; i < file.pieces.size(); ++i)
        pieces.add(std::string(file.pieces[i].spelling), double{file.pieces[i].score});
    pieces.add(named("mask_token", "<mask>"), 0);
    return pieces;
}

Json normalizer(const SentencePieceFile& file, Family family) {
    if (family == Family::camembert) return camembert_normalizer();
    if (file.character_map.empty()) return {};
    const auto bytes = std::as_bytes(std::span(file.character_map));
    return {{"type", "Precompiled"}, {"precompiled_charsmap", base64(bytes)}};
}

Json pre_tokenizer(const FolderSettings& settings, Family family) {
    const bool space_in_front = settings.flag("add_prefix_space").value_or(true);
    const Json words = {{"type", "Metaspace"},
                        {"replacement", "▁"},
                        {"prepend_scheme", space_in_front ? "always" : "never"},
                        {"split", true}};
    if (family == Family::camembert) return words;
    return {{"type", "Sequence"}, {"pretokenizers", {{{"type", "WhitespaceSplit"}}, words}}};
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

    Json tokens = settings.tokens_beside(Json::array(), family);
    for (const SentencePieceFile::Piece& piece : file.pieces)
        if (piece.type == PieceType::control || piece.type == PieceType::user_defined)
            add_unless_listed(tokens, {{"content", std::string(piece.spelling)},
                                       {"special", piece.type == PieceType::control},
                                       {"normalized", false}});
    const std::string begin = settings.special("bos_token").value_or("<s>");
    const std::string end = settings.special("eos_token").value_or("</s>");
    parts.description = {{"added_tokens", numbered(tokens, *parts.vocabulary)},
                         {"normalizer", normalizer(file, family)},
                         {"pre_tokenizer", pre_tokenizer(settings, family)},
                         {"decoder", {{"type", "Metaspace"}, {"replacement", "▁"}}}};
    parts.description["post_processor"] =
        template_of(*parts.vocabulary, parts.description["added_tokens"], {{begin}, {"$A"}, {end}},
                    {{begin}, {"$A"}, {end}, {end}, {"$B"}, {end}});
    return assemble(settings, std::move(parts));
}

}  // namespace

Result<TokenizerPointer> make_fairseq_folder(const FolderSettings& settings,
                                             const std::filesystem::path& file) {
    const Family family = tokenizer_class(settings.class_name()).family;
    FOVEA_TRY(const std::string bytes, read_text_file(file));
    auto made = make(settings, bytes, family);
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

}  // namespace fovea::text
