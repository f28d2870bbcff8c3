#include "engine/text/tokenizer.h"

#include <limits>

#include "engine/text/added_tokens.h"
#include "engine/text/make_tokenizer.h"
#include "engine/text/models/subword_model.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/steps/piece_style.h"
#include "engine/text/steps/post_processor.h"
#include "engine/text/steps/pre_tokenizer.h"

namespace fovea {
namespace text {
namespace {

struct Parts {
    std::shared_ptr<const Vocabulary> vocabulary;
    NormalizerPointer normalizer;       // null: the text stays as it is
    PreTokenizerPointer pre_tokenizer;  // null: one piece
    SubwordModelPointer model;
    PostProcessorPointer post_processor;  // null: nothing is added
    AddedTokens added;
    PieceStyle style;
    std::vector<std::string> warnings;
    std::string mask;  // empty: as most spell it
};

class FileTokenizer final : public Tokenizer {
  public:
    explicit FileTokenizer(Parts parts) : parts_(std::move(parts)) {}

    Result<std::vector<Token>> encode(std::string_view text, bool add_special) const override {
        FOVEA_TRY(std::vector<Token> tokens, typed_tokens(text));
        if (!parts_.post_processor) return tokens;
        parts_.post_processor->trim({tokens, text, parts_.added});
        if (add_special) parts_.post_processor->frame(tokens);
        return tokens;
    }

    bool has_pairs() const override {
        return parts_.post_processor && parts_.post_processor->has_pairs();
    }

    Result<std::vector<Token>> encode_pair(std::string_view text, std::string_view pair,
                                           bool add_special) const override {
        if (!has_pairs()) return Tokenizer::encode_pair(text, pair, add_special);
        if (pair.empty()) return encode(text, add_special);
        FOVEA_TRY(std::vector<Token> tokens, typed_tokens(text));
        FOVEA_TRY(std::vector<Token> others, typed_tokens(pair));
        for (Token& token : others)
            token.of_pair = true;
        parts_.post_processor->trim({tokens, text, parts_.added});
        parts_.post_processor->trim({others, pair, parts_.added});
        return parts_.post_processor->join(std::move(tokens), std::move(others), add_special);
    }

    std::string token_text(std::int32_t id) const override {
        return std::string(parts_.vocabulary->spelling(id));
    }

    std::optional<std::int32_t> token_id(std::string_view text) const override {
        const std::int32_t id = parts_.vocabulary->find(text);
        if (id == Vocabulary::none) return {};
        return id;
    }

    std::string piece(std::int32_t id) const override {
        const std::string_view spelling = parts_.vocabulary->spelling(id);
        return parts_.added.holds(id) ? std::string(spelling) : parts_.style.piece(spelling);
    }

    std::string bytes(std::int32_t id) const override {
        const std::string_view spelling = parts_.vocabulary->spelling(id);
        if (is_special(id)) return {};
        return parts_.added.holds(id) ? std::string(spelling) : parts_.style.bytes(spelling);
    }

    bool is_special(std::int32_t id) const override { return parts_.added.is_special(id); }

    std::vector<std::string> warnings() const override { return parts_.warnings; }

    std::int32_t vocabulary_size() const override { return parts_.vocabulary->size(); }

    std::optional<std::int32_t> mask_id() const override {
        if (const auto mask = token_id(parts_.mask); mask && !parts_.mask.empty()) return mask;
        if (const auto mask = token_id("[MASK]")) return mask;
        return token_id("<mask>");
    }

  private:
    Token added_token(std::int32_t id, size_t begin, size_t end) const {
        Token token;
        token.id = id;
        token.text = token_text(id);
        token.begin = begin;
        token.end = end;
        return token;
    }

    /// Without what the post-processor does.
    Result<std::vector<Token>> typed_tokens(std::string_view text) const {
        if (text.size() > std::numeric_limits<std::int32_t>::max()) {
            return fail("the text is longer than two gigabytes");
        }
        if (const auto invalid = first_invalid_byte(text)) {
            return fail("the text is not valid UTF-8 at byte {}", *invalid);
        }
        std::vector<Token> tokens;
        for (const AddedTokens::Stretch& stretch : parts_.added.find_in_typed(text)) {
            if (stretch.id != Vocabulary::none) {
                tokens.push_back(added_token(stretch.id, stretch.begin, stretch.end));
                continue;
            }
            AlignedText aligned(text.substr(stretch.begin, stretch.end - stretch.begin),
                                stretch.begin);
            FOVEA_CHECK(encode_typed(std::move(aligned), tokens));
            if (tokens.size() > text.size() * most_growth + 65536) return too_long();
        }
        return tokens;
    }

    Status encode_typed(AlignedText text, std::vector<Token>& tokens) const {
        if (parts_.normalizer) FOVEA_CHECK(parts_.normalizer->apply(text));
        FOVEA_CHECK(check_growth(text));
        Pieces pieces;
        const auto stretches = parts_.added.find_in_normalized(text.text());
        for (const AddedTokens::Stretch& stretch : stretches) {
            if (stretch.id != Vocabulary::none) {
                const SourceRange source = text.source(stretch.begin, stretch.end);
                tokens.push_back(added_token(stretch.id, source.begin, source.end));
                continue;
            }
            if (stretches.size() == 1) {
                pieces.text = std::move(text);
            } else {
                pieces.text = AlignedText::emptied(text);
                pieces.text.append(text, stretch.begin, stretch.end);
            }
            pieces.ranges = {{0, static_cast<std::uint32_t>(pieces.text.size())}};
            FOVEA_CHECK(encode_pieces(pieces, tokens));
        }
        return {};
    }

    Status encode_pieces(Pieces& pieces, std::vector<Token>& tokens) const {
        if (parts_.pre_tokenizer) FOVEA_CHECK(parts_.pre_tokenizer->apply(pieces));
        FOVEA_CHECK(check_growth(pieces.text));
        std::vector<Subword> subwords;
        FOVEA_CHECK(parts_.model->tokenize(pieces, subwords));
        for (const Subword& subword : subwords) {
            const SourceRange source = pieces.text.source(subword.begin, subword.end);
            Token& token = tokens.emplace_back();
            token.id = subword.id;
            token.text = subword.id == parts_.model->unknown_as_typed()
                             ? pieces.view({subword.begin, subword.end})
                             : parts_.vocabulary->spelling(subword.id);
            token.begin = source.begin;
            token.end = source.end;
        }
        return {};
    }

    static constexpr size_t most_growth = 64;

    static Error too_long() {
        return fail("the tokenizer makes the text more than {} times as long", most_growth);
    }

    static Status check_growth(const AlignedText& text) {
        if (text.overflowed()) return too_long();
        return {};
    }

    Parts parts_;
};

Result<std::shared_ptr<const Tokenizer>> read_tokenizer(const JsonSection& root) {
    const auto vocabulary = std::make_shared<Vocabulary>();
    FOVEA_TRY(const JsonSection section, root.section("model"));
    FOVEA_TRY(SubwordModelPointer model, make_subword_model({section, vocabulary}));
    return make_tokenizer(root, std::move(model), vocabulary);
}

Result<std::shared_ptr<const Tokenizer>> parse_padded(const simdjson::padded_string& json,
                                                      std::string_view name) {
    simdjson::dom::parser parser;
    FOVEA_TRY(const JsonSection root, parse_object(parser, json, name));
    Result<std::shared_ptr<const Tokenizer>> tokenizer = read_tokenizer(root);
    if (!tokenizer) return fail("{}: {}", name, tokenizer.message());
    return tokenizer;
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> make_tokenizer(const JsonSection& description,
                                                        SubwordModelPointer model,
                                                        std::shared_ptr<Vocabulary> vocabulary,
                                                        TokenizerExtras extras) {
    Parts parts;
    parts.warnings = std::move(extras.warnings);
    parts.mask = std::move(extras.mask);
    parts.model = std::move(model);
    FOVEA_TRY(const auto normalizer, description.section_or_none("normalizer"));
    FOVEA_TRY(const auto pre_tokenizer, description.section_or_none("pre_tokenizer"));
    FOVEA_TRY(const auto post_processor, description.section_or_none("post_processor"));
    if (normalizer) {
        FOVEA_TRY(parts.normalizer, make_normalizer(*normalizer));
    }
    if (extras.before) {
        std::vector<NormalizerPointer> steps;
        steps.push_back(std::move(extras.before));
        if (parts.normalizer) steps.push_back(std::move(parts.normalizer));
        parts.normalizer = normalizer_sequence(std::move(steps));
    }
    if (pre_tokenizer) {
        FOVEA_TRY(parts.pre_tokenizer, make_pre_tokenizer(*pre_tokenizer));
    }
    FOVEA_TRY(parts.added, AddedTokens::read(description, parts.normalizer.get(), *vocabulary));
    if (post_processor) {
        FOVEA_TRY(parts.post_processor, make_post_processor(*post_processor, *vocabulary));
    }
    parts.style = PieceStyle::read(description);
    if (const auto prefix = parts.model->continuing_prefix(); !prefix.empty()) {
        parts.style.set_continuing_prefix(prefix);
    }
    if (const auto suffix = parts.model->ending_suffix(); !suffix.empty()) {
        parts.style.set_ending_suffix(suffix);
    }
    parts.vocabulary = std::move(vocabulary);
    return std::shared_ptr<const Tokenizer>(std::make_shared<FileTokenizer>(std::move(parts)));
}

}  // namespace text

Result<std::vector<Token>> Tokenizer::encode_pair(std::string_view, std::string_view, bool) const {
    return fail("its tokenizer has no template for two sentences");
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load(const std::filesystem::path& file) {
    FOVEA_TRY(const simdjson::padded_string json, text::load_json(file));
    return text::parse_padded(json, file.string());
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::parse(std::string_view json,
                                                          std::string_view name) {
    return text::parse_padded(simdjson::padded_string(json), name);
}

}  // namespace fovea
