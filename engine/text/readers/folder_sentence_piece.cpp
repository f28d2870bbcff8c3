// SentencePiece's model files without a tokenizer.json. The library that wrote them could read
// them too, but it knows neither added tokens nor the spans that everything here is shown by, and
// both of its models are needed for tokenizer.json anyway.
#include <cmath>
#include <limits>

#include "engine/io/files.h"
#include "engine/text/models/gguf_scored_pairs.h"
#include "engine/text/models/subword_models.h"
#include "engine/text/readers/class_steps.h"
#include "engine/text/readers/folder_tokenizer.h"
#include "engine/text/readers/sentence_piece_file.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;
using PieceType = SentencePieceFile::PieceType;

constexpr std::string_view space_sign = "▁";

/// What follows the replacements of the file's own table.
Json spaces(const SentencePieceFile& file) {
    Json steps = Json::array();
    if (file.remove_extra_spaces) {
        steps.push_back(replace_step({{"Regex", R"(\A +| +\z)"}}, ""));
        steps.push_back(replace_step({{"Regex", " {2,}"}}, " "));
    }
    if (file.add_space_in_front) steps.push_back({{"type", "Prepend"}, {"prepend", " "}});
    if (file.escape_spaces) steps.push_back(replace_step({{"String", " "}}, space_sign));
    return {{"type", "Sequence"}, {"normalizers", steps}};
}

Json spaces_back() {
    return {
        {"type", "Sequence"},
        {"decoders", {replace_step({{"String", space_sign}}, " "), {{"type", "ByteFallback"}}}}};
}

Status check(const SentencePieceFile& file) {
    if (file.model != SentencePieceFile::Model::unigram &&
        file.model != SentencePieceFile::Model::byte_pairs) {
        return fail("models of whole words or single characters are not supported");
    }
    if (file.spaces_end_words) return fail("spaces that end words are not supported");
    for (const SentencePieceFile::Piece& piece : file.pieces) {
        if (piece.type == PieceType::user_defined &&
            piece.spelling.find(space_sign) != std::string_view::npos) {
            return fail("the user-defined token \"{}\" with a space is not supported",
                        piece.spelling);
        }
    }
    return {};
}

struct PieceModel {
    std::shared_ptr<Vocabulary> vocabulary = std::make_shared<Vocabulary>();
    SubwordModelPointer model;
};

Result<PieceModel> make_model(const SentencePieceFile& file) {
    FOVEA_CHECK(check(file));
    PieceModel made;
    size_t bytes = 0;
    for (const SentencePieceFile::Piece& piece : file.pieces)
        bytes += piece.spelling.size();
    made.vocabulary->expect(file.pieces.size(), bytes);
    std::int64_t id = 0;
    for (const SentencePieceFile::Piece& piece : file.pieces)
        FOVEA_CHECK(made.vocabulary->add_again(piece.spelling, id++));
    if (file.model == SentencePieceFile::Model::unigram) {
        UnigramSettings settings;
        settings.unknown = file.unknown;
        settings.byte_fallback = file.byte_fallback;
        for (const SentencePieceFile::Piece& piece : file.pieces) {
            const bool in_text =
                piece.type == PieceType::normal || piece.type == PieceType::user_defined;
            settings.scores.push_back(in_text ? double{piece.score}
                                              : -std::numeric_limits<double>::infinity());
        }
        made.model = make_unigram(*made.vocabulary, std::move(settings));
        return made;
    }
    ScoredPairs pairs;
    pairs.vocabulary = made.vocabulary;
    pairs.unknown = file.unknown;
    for (const SentencePieceFile::Piece& piece : file.pieces)
        pairs.tokens.push_back({piece.score, piece.type == PieceType::normal ||
                                                 piece.type == PieceType::user_defined});
    made.model = make_scored_pairs(std::move(pairs));
    return made;
}

/// They are looked for in what is typed: the normaliser here puts in the spaces that elsewhere a
/// pre-tokeniser does.
Json as_typed(Json tokens) {
    for (Json& token : tokens)
        token["normalized"] = false;
    return tokens;
}

/// Tokens of the file that are not cut out of words.
Json added_tokens(const FolderSettings& settings, const SentencePieceFile& file,
                  const Vocabulary& vocabulary) {
    AddedTokenList tokens;
    const Family family = settings.family();
    // T5's gaps count downwards from the end.
    for (std::int64_t i = family == Family::t5 ? settings.gaps() : 0; i-- > 0;)
        tokens.add({{"content", fmt::format("<extra_id_{}>", i)}, {"special", true}});
    for (Json& token : settings.tokens_beside(Json::array(), family))
        tokens.add(std::move(token));
    for (const SentencePieceFile::Piece& piece : file.pieces)
        if (piece.type == PieceType::control || piece.type == PieceType::user_defined ||
            piece.type == PieceType::unknown)
            tokens.add({{"content", std::string(piece.spelling)}, {"special", true}});
    return numbered(as_typed(tokens.take()), vocabulary);
}

Json post_processor(const FolderSettings& settings, const Vocabulary& vocabulary,
                    const Json& added) {
    const Family family = settings.family();
    if (family == Family::t5)
        return class_template(family, "", settings.special("eos_token", family), vocabulary, added);
    return framed(settings, vocabulary, added,
                  settings.flag("add_bos_token").value_or(family == Family::llama),
                  settings.flag("add_eos_token").value_or(false));
}

/// A model whose tokens have their ids from another vocabulary, which may know some more: what the
/// model itself has not is looked up there as it stands.
class Renumbered final : public SubwordModel {
  public:
    struct Parts {
        SubwordModelPointer model;
        std::vector<std::int32_t> ids;  // [pieces]
        std::int32_t unknown_piece = Vocabulary::none;
        std::shared_ptr<const Vocabulary> vocabulary;
        std::int32_t unknown = Vocabulary::none;
    };
    explicit Renumbered(Parts parts) : parts_(std::move(parts)) {}

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        const size_t first = found.size();
        FOVEA_CHECK(parts_.model->tokenize(pieces, found));
        for (size_t i = first; i < found.size(); ++i) {
            Subword& subword = found[i];
            if (subword.id != parts_.unknown_piece) {
                subword.id = parts_.ids[static_cast<size_t>(subword.id)];
                continue;
            }
            const auto id = parts_.vocabulary->find(pieces.view({subword.begin, subword.end}));
            subword.id = id == Vocabulary::none ? parts_.unknown : id;
        }
        return {};
    }
    std::int32_t unknown_as_typed() const override { return parts_.unknown; }

  private:
    Parts parts_;
};

Result<TokenizerPointer> read_marian(const FolderSettings& settings, const std::string& bytes,
                                     std::shared_ptr<Vocabulary> vocabulary) {
    FOVEA_TRY(const SentencePieceFile file, SentencePieceFile::read(bytes));
    FOVEA_TRY(PieceModel made, make_model(file));
    const std::string unknown_text = settings.special("unk_token").value_or("<unk>");
    const std::int32_t unknown = vocabulary->find(unknown_text);
    if (unknown == Vocabulary::none) return fail("the vocabulary has no \"{}\"", unknown_text);
    std::vector<std::int32_t> ids;
    for (const SentencePieceFile::Piece& piece : file.pieces) {
        const std::int32_t id = vocabulary->find(piece.spelling);
        ids.push_back(id == Vocabulary::none ? unknown : id);
    }
    const std::string end = settings.special("eos_token").value_or("</s>");
    std::vector<std::string> usual = {unknown_text, end, "<pad>"};
    // ">>fra<<" in front says which language is wanted of a model that writes several.
    for (std::int32_t id = 0; id < vocabulary->size(); ++id) {
        const std::string_view word = vocabulary->spelling(id);
        if (word.starts_with(">>") && word.ends_with("<<")) usual.emplace_back(word);
    }
    FolderParts parts;
    parts.description = {{"added_tokens", as_typed(settings.added_tokens(*vocabulary, usual))},
                         {"normalizer", spaces(file)},
                         {"post_processor", template_of(*vocabulary, Json::array(), {{"$A"}, {end}},
                                                        {{"$A"}, {"$B"}, {end}})},
                         {"decoder", spaces_back()}};
    FOVEA_TRY(parts.before, make_sentence_piece_normalizer(file.character_map));
    parts.model = std::make_unique<Renumbered>(Renumbered::Parts{
        std::move(made.model), std::move(ids), file.unknown, vocabulary, unknown});
    parts.vocabulary = std::move(vocabulary);
    return assemble(settings, std::move(parts));
}

}  // namespace

Result<TokenizerPointer> make_sentence_piece(const FolderSettings& settings,
                                             std::string_view bytes) {
    FOVEA_TRY(const SentencePieceFile file, SentencePieceFile::read(bytes));
    FOVEA_TRY(PieceModel made, make_model(file));
    FolderParts parts;
    const Json added = added_tokens(settings, file, *made.vocabulary);
    parts.description = {{"added_tokens", added},
                         {"normalizer", spaces(file)},
                         {"post_processor", post_processor(settings, *made.vocabulary, added)},
                         {"decoder", spaces_back()}};
    FOVEA_TRY(parts.before, make_sentence_piece_normalizer(file.character_map));
    if (settings.family() == Family::llama && !settings.flag("add_bos_token"))
        parts.warnings.push_back(
            "tokenizer_config.json does not say \"add_bos_token\": a sentence begins with the "
            "model's own first token, as Llama was trained; transformers 5 leaves it out");
    parts.model = std::move(made.model);
    parts.vocabulary = std::move(made.vocabulary);
    return assemble(settings, std::move(parts));
}

Result<TokenizerPointer> make_sentence_piece_folder(const FolderSettings& settings,
                                                    const std::filesystem::path& file) {
    const Family family = settings.family();
    if (!settings.class_name().empty() && family != Family::t5 && family != Family::llama &&
        family != Family::gemma) {
        return unknown_class(settings, file.filename().string());
    }
    FOVEA_TRY(const std::string bytes, read_text_file(file));
    auto made = make_sentence_piece(settings, bytes);
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

Result<TokenizerPointer> make_marian_folder(const FolderSettings& settings, MarianSide side) {
    if (!settings.class_name().empty() && settings.family() != Family::marian) {
        return unknown_class(settings, "source.spm and vocab.json");
    }
    const bool is_target = side == MarianSide::target;
    const auto file = settings.folder() / (is_target ? "target.spm" : "source.spm");
    auto words = settings.folder() / "target_vocab.json";
    std::error_code error;
    if (!is_target || !std::filesystem::exists(words, error)) {
        words = settings.folder() / "vocab.json";
    }
    FOVEA_TRY(std::shared_ptr<Vocabulary> vocabulary, read_vocabulary_file(words));
    FOVEA_TRY(const std::string bytes, read_text_file(file));
    auto made = read_marian(settings, bytes, std::move(vocabulary));
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

}  // namespace fovea::text
