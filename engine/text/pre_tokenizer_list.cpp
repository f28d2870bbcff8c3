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

Result<PreTokenizerPointer> make_sequence(const JsonSection& section) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("pretokenizers"));
    std::vector<PreTokenizerPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(PreTokenizerPointer made, make_pre_tokenizer(step));
        steps.push_back(std::move(made));
    }
    return PreTokenizerPointer(std::make_unique<PreTokenizerSequence>(std::move(steps)));
}

struct Kind {
    std::string_view type;
    Result<PreTokenizerPointer> (*make)(const JsonSection&);
};

constexpr std::array kinds = {
    Kind{"BertPreTokenizer", make_bert_splitter},
    Kind{"ByteLevel", make_byte_level},
    Kind{"CharDelimiterSplit", make_delimiter_splitter},
    Kind{"Digits", make_digit_splitter},
    Kind{"Metaspace", make_metaspace},
    Kind{"Punctuation", make_punctuation_splitter},
    Kind{"Sequence", make_sequence},
    Kind{"Split", make_split},
    Kind{"UnicodeScripts", make_script_splitter},
    Kind{"Whitespace", make_word_splitter},
    Kind{"WhitespaceSplit", make_whitespace_splitter},
};

}  // namespace

Result<PreTokenizerPointer> make_pre_tokenizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    for (const Kind& kind : kinds) {
        if (kind.type == type) return kind.make(section);
    }
    return fail("{}: the pre-tokenizer \"{}\" is not known", section.where(), type);
}

}  // namespace fovea::text
