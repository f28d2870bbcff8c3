#include <array>

#include "engine/text/pre_tokenizer.h"

namespace fovea::text {
namespace {

class PreTokenizerSequence final : public PreTokenizer {
  public:
    explicit PreTokenizerSequence(std::vector<PreTokenizerPointer> steps)
        : steps_(std::move(steps)) {}
    Status apply(Pieces& pieces) const override {
        for (const PreTokenizerPointer& step : steps_)
            FOVEA_CHECK(step->apply(pieces));
        return {};
    }

  private:
    std::vector<PreTokenizerPointer> steps_;
};

Result<PreTokenizerPointer> make_pre_tokenizer_sequence(const JsonSection& section) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("pretokenizers"));
    std::vector<PreTokenizerPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(PreTokenizerPointer made, make_pre_tokenizer(step));
        steps.push_back(std::move(made));
    }
    return PreTokenizerPointer(std::make_unique<PreTokenizerSequence>(std::move(steps)));
}

struct PreTokenizerKind {
    std::string_view type;
    Result<PreTokenizerPointer> (*make)(const JsonSection&);
};

constexpr std::array pre_tokenizer_kinds = {
    PreTokenizerKind{"BertPreTokenizer", make_bert_splitter},
    PreTokenizerKind{"ByteLevel", make_byte_level},
    PreTokenizerKind{"CharDelimiterSplit", make_delimiter_splitter},
    PreTokenizerKind{"Digits", make_digit_splitter},
    PreTokenizerKind{"Metaspace", make_metaspace},
    PreTokenizerKind{"Punctuation", make_punctuation_splitter},
    PreTokenizerKind{"Sequence", make_pre_tokenizer_sequence},
    PreTokenizerKind{"Split", make_split},
    PreTokenizerKind{"UnicodeScripts", make_script_splitter},
    PreTokenizerKind{"Whitespace", make_word_splitter},
    PreTokenizerKind{"WhitespaceSplit", make_whitespace_splitter},
};

}  // namespace

Result<PreTokenizerPointer> make_pre_tokenizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    for (const PreTokenizerKind& kind : pre_tokenizer_kinds) {
        if (kind.type == type) return kind.make(section);
    }
    return fail("{}: the pre-tokenizer \"{}\" is not known", section.where(), type);
}

}  // namespace fovea::text
