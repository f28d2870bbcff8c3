#include <algorithm>
#include <array>

#include "engine/io/files.h"
#include "engine/text/models/subword_models.h"
#include "engine/text/readers/class_steps.h"
#include "engine/text/readers/folder_tokenizer.h"
#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

/// One token a line, the first has the id 0. A spelling that comes twice has the later id.
Result<std::shared_ptr<Vocabulary>> read_lines(std::string_view text) {
    if (const auto invalid = first_invalid_byte(text)) {
        return fail("not valid UTF-8 at byte {}", *invalid);
    }
    auto vocabulary = std::make_shared<Vocabulary>();
    vocabulary->expect(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1,
                       text.size());
    for (std::int64_t id = 0; !text.empty(); ++id) {
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        FOVEA_CHECK(vocabulary->add_again(line, id));
    }
    if (vocabulary->size() == 0) return fail("is empty");
    return vocabulary;
}

/// Where no file says whether the vocabulary tells capitals from small letters.
bool has_capitals(const Vocabulary& vocabulary) {
    for (std::int32_t id = 0; id < vocabulary.size(); ++id) {
        const std::string_view word = vocabulary.spelling(id);
        if (word.starts_with('[') || word.starts_with('<')) continue;
        if (std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
            return true;
        }
    }
    return false;
}

/// The token of a role, as the files or else the vocabulary have it: "[CLS]", MPNet's "<s>".
std::string special_or(const FolderSettings& settings, const Vocabulary& vocabulary,
                       std::string_view role, std::array<const char*, 2> usual) {
    if (auto named = settings.special(role)) return *named;
    const bool first = vocabulary.find(usual[0]) != Vocabulary::none;
    return first || vocabulary.find(usual[1]) == Vocabulary::none ? usual[0] : usual[1];
}

}  // namespace

Result<TokenizerPointer> make_word_piece_folder(const FolderSettings& settings) {
    const std::string class_name = settings.class_name();
    const Family family = settings.family();
    if (!class_name.empty() && family != Family::bert && family != Family::mpnet)
        return unknown_class(settings, "vocab.txt");
    const std::filesystem::path file = settings.folder() / "vocab.txt";
    FOVEA_TRY(const std::string text, read_text_file(file));
    const auto vocabulary = read_lines(text);
    if (!vocabulary) return fail("{}: {}", file.string(), vocabulary.message());
    const Vocabulary& words = **vocabulary;

    WordPieceSettings word_piece;
    const std::string unknown = special_or(settings, words, "unk_token", {"[UNK]", "<unk>"});
    word_piece.unknown = words.find(unknown);
    if (word_piece.unknown == Vocabulary::none) {
        return fail("{}: has no \"{}\"", file.string(), unknown);
    }
    const std::string begin = special_or(settings, words, "cls_token", {"[CLS]", "<s>"});
    const std::string end = special_or(settings, words, "sep_token", {"[SEP]", "</s>"});
    // A class lower-cases unless it is told; bare files show what they were made for.
    const bool usually = !class_name.empty() || !has_capitals(words);
    const bool lowercase = settings.flag("do_lower_case").value_or(usually);
    const auto strip_accents = settings.flag("strip_accents");

    FolderParts parts;
    if (lowercase && !settings.flag("do_lower_case") && has_capitals(words))
        parts.warnings.push_back(
            "text is lower-cased, as a " + class_name +
            " does unless tokenizer_config.json says \"do_lower_case\"; its vocabulary has "
            "capitals");
    const Json added =
        settings.added_tokens(words, {unknown, begin, end, "[PAD]", "<pad>", "[MASK]", "<mask>"});
    parts.description = {
        {"added_tokens", added},
        {"normalizer",
         {{"type", "BertNormalizer"},
          {"clean_text", true},
          {"handle_chinese_chars", settings.flag("tokenize_chinese_chars").value_or(true)},
          {"strip_accents", strip_accents ? Json(*strip_accents) : Json()},
          {"lowercase", lowercase}}},
        {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
        {"post_processor", class_template(family, begin, end, words, added)},
        {"decoder", {{"type", "WordPiece"}, {"prefix", word_piece.prefix}}}};
    parts.model = make_word_piece(words, word_piece);
    parts.vocabulary = *vocabulary;
    auto made = assemble(settings, std::move(parts));
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

}  // namespace fovea::text
