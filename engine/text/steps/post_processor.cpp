#include "engine/text/steps/post_processor.h"

#include <algorithm>

#include "engine/text/makers.h"
#include "engine/text/steps/byte_alphabet.h"
#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

/// A place in a template: the special tokens of a name, or one of the sentences.
struct TemplateItem {
    enum class Kind { special, first, second } kind = Kind::special;
    std::vector<Token> tokens;  // of a special
    std::int32_t type = 0;
};
using Template = std::vector<TemplateItem>;

bool has_second(const Template& items) {
    return std::any_of(items.begin(), items.end(), [](const TemplateItem& item) {
        return item.kind == TemplateItem::Kind::second;
    });
}

// Tokens around the sentence: BERT's [CLS] and [SEP], a template's <s>.
class Frame final : public PostProcessor {
  public:
    Frame(Template single, Template pair) : single_(std::move(single)), pair_(std::move(pair)) {}

    void frame(std::vector<Token>& tokens) const override {
        tokens = fill(single_, std::move(tokens), {}, /*add_special=*/true);
    }
    bool has_pairs() const override { return has_second(pair_); }
    std::vector<Token> join(std::vector<Token> first, std::vector<Token> second,
                            bool add_special) const override {
        return fill(pair_, std::move(first), std::move(second), add_special);
    }

  private:
    static std::vector<Token> fill(const Template& items, std::vector<Token> first,
                                   std::vector<Token> second, bool add_special) {
        std::vector<Token> filled;
        filled.reserve(first.size() + second.size() + items.size());
        const auto put = [&](Token token, std::int32_t type) {
            token.type = type;
            filled.push_back(std::move(token));
        };
        for (const TemplateItem& item : items) {
            if (item.kind == TemplateItem::Kind::special) {
                for (const Token& token : item.tokens)
                    if (add_special) put(token, item.type);
                continue;
            }
            for (Token& token : item.kind == TemplateItem::Kind::first ? first : second)
                put(std::move(token), item.type);
        }
        return filled;
    }

    Template single_;
    Template pair_;  // empty: there is none
};

// A byte-level token "Ġthe" has the space before the word in it, and an added token may have
// swallowed its neighbours; this takes the white space out of the span.
class TrimSpans final : public PostProcessor {
  public:
    explicit TrimSpans(bool add_prefix_space) : add_prefix_space_(add_prefix_space) {}

    void trim(Sentence sentence) const override {
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
    void trim(Sentence sentence) const override {
        for (const PostProcessorPointer& step : steps_)
            step->trim(sentence);
    }
    void frame(std::vector<Token>& tokens) const override {
        for (const PostProcessorPointer& step : steps_)
            step->frame(tokens);
    }
    bool has_pairs() const override { return joiner() != nullptr; }
    std::vector<Token> join(std::vector<Token> first, std::vector<Token> second,
                            bool add_special) const override {
        return joiner()->join(std::move(first), std::move(second), add_special);
    }

  private:
    const PostProcessor* joiner() const {
        for (const PostProcessorPointer& step : steps_)
            if (step->has_pairs()) return step.get();
        return nullptr;
    }

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

TemplateItem special_item(Token token, std::int32_t type = 0) {
    return {TemplateItem::Kind::special, {std::move(token)}, type};
}

// [CLS] A [SEP] B [SEP], the second of its own type.
Result<PostProcessorPointer> make_bert(const JsonSection& section, const Vocabulary& vocabulary) {
    using Kind = TemplateItem::Kind;
    FOVEA_TRY(const Token begin, read_special(section, "cls", vocabulary));
    FOVEA_TRY(const Token end, read_special(section, "sep", vocabulary));
    const Template single = {special_item(begin), {Kind::first, {}, 0}, special_item(end)};
    Template pair = single;
    pair.push_back({Kind::second, {}, 1});
    pair.push_back(special_item(end, 1));
    return PostProcessorPointer(std::make_unique<Frame>(single, std::move(pair)));
}

// <s> A </s></s> B </s>, all of one type.
Result<PostProcessorPointer> make_roberta(const JsonSection& section,
                                          const Vocabulary& vocabulary) {
    using Kind = TemplateItem::Kind;
    std::vector<PostProcessorPointer> steps;
    FOVEA_TRY(const bool trims, section.flag_or("trim_offsets", true));
    FOVEA_TRY(const bool add_prefix_space, section.flag_or("add_prefix_space", true));
    if (trims) steps.push_back(std::make_unique<TrimSpans>(add_prefix_space));
    FOVEA_TRY(const Token begin, read_special(section, "cls", vocabulary));
    FOVEA_TRY(const Token end, read_special(section, "sep", vocabulary));
    const Template single = {special_item(begin), {Kind::first, {}, 0}, special_item(end)};
    Template pair = single;
    pair.push_back(special_item(end));
    pair.push_back({Kind::second, {}, 0});
    pair.push_back(special_item(end));
    steps.push_back(std::make_unique<Frame>(single, std::move(pair)));
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

Result<TemplateItem> template_item(const JsonSection& section, const JsonSection& item,
                                   const Vocabulary& vocabulary) {
    TemplateItem made;
    const bool sentence = item.find("Sequence").has_value();
    FOVEA_TRY(const JsonSection what, item.section(sentence ? "Sequence" : "SpecialToken"));
    FOVEA_TRY(const std::string_view name, what.text("id"));
    FOVEA_TRY(const std::int64_t type, what.integer_or("type_id", 0));
    if (type < 0 || type > 255) return fail("{} is out of range", what.path("type_id"));
    made.type = static_cast<std::int32_t>(type);
    if (!sentence) {
        FOVEA_TRY(made.tokens, template_tokens(section, name, vocabulary));
        return made;
    }
    if (name != "A" && name != "B") return fail("{} is neither A nor B", what.path("id"));
    made.kind = name == "A" ? TemplateItem::Kind::first : TemplateItem::Kind::second;
    return made;
}

Result<Template> read_template(const JsonSection& section, std::string_view key,
                               const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections(key));
    Template items;
    for (const JsonSection& item : sections) {
        FOVEA_TRY(TemplateItem made, template_item(section, item, vocabulary));
        items.push_back(std::move(made));
    }
    return items;
}

Result<PostProcessorPointer> make_template(const JsonSection& section,
                                           const Vocabulary& vocabulary) {
    FOVEA_TRY(Template single, read_template(section, "single", vocabulary));
    const auto sequences = std::count_if(
        single.begin(), single.end(),
        [](const TemplateItem& item) { return item.kind != TemplateItem::Kind::special; });
    if (sequences != 1 || has_second(single)) {
        return fail("{} has the sentence {} times, not once", section.path("single"), sequences);
    }
    Template pair;
    if (section.find("pair")) {
        FOVEA_TRY(pair, read_template(section, "pair", vocabulary));
    }
    return PostProcessorPointer(std::make_unique<Frame>(std::move(single), std::move(pair)));
}

Result<PostProcessorPointer> make_post_processor_sequence(const JsonSection& section,
                                                          const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("processors"));
    std::vector<PostProcessorPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(PostProcessorPointer made, make_post_processor(step, vocabulary));
        steps.push_back(std::move(made));
    }
    return PostProcessorPointer(std::make_unique<PostProcessorSequence>(std::move(steps)));
}

using MakePostProcessor = Result<PostProcessorPointer>(const JsonSection&, const Vocabulary&);
constexpr Maker<MakePostProcessor> post_processors[] = {
    {"BertProcessing", make_bert},         {"ByteLevel", make_byte_level_trim},
    {"RobertaProcessing", make_roberta},   {"Sequence", make_post_processor_sequence},
    {"TemplateProcessing", make_template},
};

}  // namespace

std::vector<Token> PostProcessor::join(std::vector<Token> first, std::vector<Token>, bool) const {
    return first;
}

Result<PostProcessorPointer> make_post_processor(const JsonSection& section,
                                                 const Vocabulary& vocabulary) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    FOVEA_TRY(const auto make,
              find_maker(post_processors, type, "post-processor", section.where()));
    return make(section, vocabulary);
}

}  // namespace fovea::text
