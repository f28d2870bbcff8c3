#include "engine/text/post_processor.h"

#include <algorithm>
#include <array>

#include "engine/text/byte_alphabet.h"
#include "engine/text/utf8.h"

namespace fovea::text {
namespace {

// Tokens around the sentence: BERT's [CLS] and [SEP], a template's <s>.
class Frame final : public PostProcessor {
  public:
    Frame(std::vector<Token> before, std::vector<Token> after)
        : before_(std::move(before)), after_(std::move(after)) {}

    void apply(Sentence& sentence) const override {
        if (!sentence.add_special) return;
        std::vector<Token>& tokens = sentence.tokens;
        tokens.insert(tokens.begin(), before_.begin(), before_.end());
        tokens.insert(tokens.end(), after_.begin(), after_.end());
    }

  private:
    std::vector<Token> before_;
    std::vector<Token> after_;
};

// A byte-level token "Ġthe" has the space before the word in it, and an added token may have
// swallowed its neighbours; this takes the white space out of the span.
class TrimSpans final : public PostProcessor {
  public:
    explicit TrimSpans(bool add_prefix_space) : add_prefix_space_(add_prefix_space) {}

    void apply(Sentence& sentence) const override {
        for (size_t i = 0; i < sentence.tokens.size(); ++i) {
            Token& token = sentence.tokens[i];
            const std::string_view surface =
                sentence.added.holds(token.id)
                    ? sentence.typed.substr(token.begin, token.end - token.begin)
                    : std::string_view(token.text);
            // One space in front of everything was not typed, so there is nothing to trim for it.
            const bool first = i == 0 || token.begin == 0;
            size_t before = spaces_before(surface);
            if (first && add_prefix_space_ && before > 0) --before;
            for (; before > 0 && token.begin < token.end; --before)
                token.begin += character_at(sentence.typed, token.begin).bytes;
            for (size_t after = spaces_after(surface); after > 0 && token.begin < token.end;
                 --after)
                token.end -= character_before(sentence.typed, token.end).bytes;
        }
    }

  private:
    static bool is_space(char32_t code) {
        static const char32_t written_space = character_at(byte_letter(' '), 0).code;
        return code == written_space || is_whitespace(code);
    }

    // Characters, each of which stands for one that was typed.
    static size_t spaces_before(std::string_view surface) {
        size_t count = 0;
        for (size_t at = 0; at < surface.size(); ++count) {
            const Character character = character_at(surface, at);
            if (!is_space(character.code)) break;
            at += character.bytes;
        }
        return count;
    }

    static size_t spaces_after(std::string_view surface) {
        size_t count = 0;
        for (size_t at = surface.size(); at > 0; ++count) {
            const Character character = character_before(surface, at);
            if (!is_space(character.code)) break;
            at -= character.bytes;
        }
        return count;
    }

    bool add_prefix_space_;
};

class PostProcessorSequence final : public PostProcessor {
  public:
    explicit PostProcessorSequence(std::vector<PostProcessorPointer> steps)
        : steps_(std::move(steps)) {}
    void apply(Sentence& sentence) const override {
        for (const PostProcessorPointer& step : steps_)
            step->apply(sentence);
    }

  private:
    std::vector<PostProcessorPointer> steps_;
};

Result<Token> special_token(const Vocabulary& vocabulary, std::int64_t id, std::string where) {
    if (!vocabulary.holds(id)) {
        return fail("{}: the token {} is not in the vocabulary", where, id);
    }
    Token token;
    token.id = static_cast<std::int32_t>(id);
    token.text = vocabulary.spelling(token.id);
    token.special = true;
    return token;
}

// ["[SEP]", 102]
Result<Token> read_special(const JsonSection& section, std::string_view key,
                           const Vocabulary& vocabulary) {
    FOVEA_TRY(const simdjson::dom::array parts, section.array(key));
    std::int64_t id = 0;
    if (parts.size() != 2 || parts.at(1).get(id) != simdjson::SUCCESS) {
        return fail("{} is not a token with its id", section.path(key));
    }
    return special_token(vocabulary, id, section.path(key));
}

Result<PostProcessorPointer> make_bert(const JsonSection& section, const Vocabulary& vocabulary) {
    FOVEA_TRY(Token begin, read_special(section, "cls", vocabulary));
    FOVEA_TRY(Token end, read_special(section, "sep", vocabulary));
    return PostProcessorPointer(
        std::make_unique<Frame>(std::vector{std::move(begin)}, std::vector{std::move(end)}));
}

Result<PostProcessorPointer> make_roberta(const JsonSection& section,
                                          const Vocabulary& vocabulary) {
    std::vector<PostProcessorPointer> steps;
    FOVEA_TRY(const bool trims, section.flag_or("trim_offsets", true));
    FOVEA_TRY(const bool add_prefix_space, section.flag_or("add_prefix_space", true));
    if (trims) steps.push_back(std::make_unique<TrimSpans>(add_prefix_space));
    FOVEA_TRY(PostProcessorPointer frame, make_bert(section, vocabulary));
    steps.push_back(std::move(frame));
    return PostProcessorPointer(std::make_unique<PostProcessorSequence>(std::move(steps)));
}

Result<PostProcessorPointer> make_byte_level_trim(const JsonSection& section, const Vocabulary&) {
    FOVEA_TRY(const bool trims, section.flag_or("trim_offsets", true));
    FOVEA_TRY(const bool add_prefix_space, section.flag_or("add_prefix_space", true));
    std::vector<PostProcessorPointer> steps;
    if (trims) steps.push_back(std::make_unique<TrimSpans>(add_prefix_space));
    return PostProcessorPointer(std::make_unique<PostProcessorSequence>(std::move(steps)));
}

// The tokens that a template's "special_tokens" has under a name.
Result<std::vector<Token>> template_tokens(const JsonSection& section, std::string_view name,
                                           const Vocabulary& vocabulary) {
    FOVEA_TRY(const JsonSection names, section.section("special_tokens"));
    FOVEA_TRY(const JsonSection entry, names.section(name));
    FOVEA_TRY(const simdjson::dom::array ids, entry.array("ids"));
    std::vector<Token> tokens;
    for (const simdjson::dom::element element : ids) {
        std::int64_t id = 0;
        if (element.get(id) != simdjson::SUCCESS) {
            return fail("{} has an id that is not a whole number", entry.path("ids"));
        }
        FOVEA_TRY(Token token, special_token(vocabulary, id, entry.path("ids")));
        tokens.push_back(std::move(token));
    }
    return tokens;
}

Result<PostProcessorPointer> make_template(const JsonSection& section,
                                           const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::vector<JsonSection> items, section.sections("single"));
    std::vector<Token> before;
    std::vector<Token> after;
    int sequences = 0;
    for (const JsonSection& item : items) {
        if (item.find("Sequence")) {
            ++sequences;
            continue;
        }
        FOVEA_TRY(const JsonSection special, item.section("SpecialToken"));
        FOVEA_TRY(const std::string_view name, special.text("id"));
        FOVEA_TRY(std::vector<Token> tokens, template_tokens(section, name, vocabulary));
        std::vector<Token>& side = sequences == 0 ? before : after;
        side.insert(side.end(), tokens.begin(), tokens.end());
    }
    if (sequences != 1) {
        return fail("{} has the sentence {} times, not once", section.path("single"), sequences);
    }
    return PostProcessorPointer(std::make_unique<Frame>(std::move(before), std::move(after)));
}

Result<PostProcessorPointer> make_sequence(const JsonSection& section,
                                           const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("processors"));
    std::vector<PostProcessorPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(PostProcessorPointer made, make_post_processor(step, vocabulary));
        steps.push_back(std::move(made));
    }
    return PostProcessorPointer(std::make_unique<PostProcessorSequence>(std::move(steps)));
}

struct Kind {
    std::string_view type;
    Result<PostProcessorPointer> (*make)(const JsonSection&, const Vocabulary&);
};

constexpr std::array kinds = {
    Kind{"BertProcessing", make_bert},         Kind{"ByteLevel", make_byte_level_trim},
    Kind{"RobertaProcessing", make_roberta},   Kind{"Sequence", make_sequence},
    Kind{"TemplateProcessing", make_template},
};

}  // namespace

Result<PostProcessorPointer> make_post_processor(const JsonSection& section,
                                                 const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    for (const Kind& kind : kinds) {
        if (kind.type == type) return kind.make(section, vocabulary);
    }
    return fail("{}: the post-processor \"{}\" is not known", section.where(), type);
}

}  // namespace fovea::text
