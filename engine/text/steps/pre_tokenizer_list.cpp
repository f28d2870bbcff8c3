#include "engine/text/makers.h"
#include "engine/text/steps/pre_tokenizer.h"

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

constexpr Maker<Result<PreTokenizerPointer>(const JsonSection&)> pre_tokenizers[] = {
    {"BertPreTokenizer", make_bert_splitter},
    {"ByteLevel", make_byte_level},
    {"CharDelimiterSplit", make_delimiter_splitter},
    {"Digits", make_digit_splitter},
    {"Metaspace", make_metaspace},
    {"Punctuation", make_punctuation_splitter},
    {"Sequence", make_pre_tokenizer_sequence},
    {"Split", make_split},
    {"UnicodeScripts", make_script_splitter},
    {"Whitespace", make_word_splitter},
    {"WhitespaceSplit", make_whitespace_splitter},
};

}  // namespace

Result<PreTokenizerPointer> make_pre_tokenizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    FOVEA_TRY(const auto make, find_maker(pre_tokenizers, type, "pre-tokenizer", section.where()));
    return make(section);
}

}  // namespace fovea::text
