#include "engine/text/makers.h"
#include "engine/text/steps/normalizer.h"

namespace fovea::text {
namespace {

class NormalizerSequence final : public Normalizer {
  public:
    explicit NormalizerSequence(std::vector<NormalizerPointer> steps) : steps_(std::move(steps)) {}
    Status apply(AlignedText& text) const override {
        for (const NormalizerPointer& step : steps_)
            FOVEA_CHECK(step->apply(text));
        return {};
    }

  private:
    std::vector<NormalizerPointer> steps_;
};

Result<NormalizerPointer> make_normalizer_sequence(const JsonSection& section) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("normalizers"));
    std::vector<NormalizerPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(NormalizerPointer made, make_normalizer(step));
        steps.push_back(std::move(made));
    }
    return normalizer_sequence(std::move(steps));
}

constexpr Maker<Result<NormalizerPointer>(const JsonSection&)> normalizers[] = {
    {"BertNormalizer", make_bert_normalizer},
    {"ByteLevel", make_byte_normalizer},
    {"Lowercase", make_lowercase},
    {"NFC", make_unicode_form},
    {"NFD", make_unicode_form},
    {"NFKC", make_unicode_form},
    {"NFKD", make_unicode_form},
    {"Nmt", make_nmt},
    {"Precompiled", make_precompiled},
    {"Prepend", make_prepend},
    {"Replace", make_replace},
    {"Sequence", make_normalizer_sequence},
    {"Strip", make_strip},
    {"StripAccents", make_strip_accents},
};

}  // namespace

NormalizerPointer normalizer_sequence(std::vector<NormalizerPointer> steps) {
    return std::make_unique<NormalizerSequence>(std::move(steps));
}

Result<NormalizerPointer> make_normalizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    FOVEA_TRY(const auto make, find_maker(normalizers, type, "normalizer", section.where()));
    return make(section);
}

}  // namespace fovea::text
