#include <array>

#include "engine/text/normalizer.h"

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

Result<NormalizerPointer> make_sequence(const JsonSection& section) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("normalizers"));
    std::vector<NormalizerPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(NormalizerPointer made, make_normalizer(step));
        steps.push_back(std::move(made));
    }
    return normalizer_sequence(std::move(steps));
}

struct Kind {
    std::string_view type;
    Result<NormalizerPointer> (*make)(const JsonSection&);
};

constexpr std::array kinds = {
    Kind{"BertNormalizer", make_bert_normalizer},
    Kind{"ByteLevel", make_byte_normalizer},
    Kind{"Lowercase", make_lowercase},
    Kind{"NFC", make_unicode_form},
    Kind{"NFD", make_unicode_form},
    Kind{"NFKC", make_unicode_form},
    Kind{"NFKD", make_unicode_form},
    Kind{"Nmt", make_nmt},
    Kind{"Precompiled", make_precompiled},
    Kind{"Prepend", make_prepend},
    Kind{"Replace", make_replace},
    Kind{"Sequence", make_sequence},
    Kind{"Strip", make_strip},
    Kind{"StripAccents", make_strip_accents},
};

}  // namespace

NormalizerPointer normalizer_sequence(std::vector<NormalizerPointer> steps) {
    return std::make_unique<NormalizerSequence>(std::move(steps));
}

Result<NormalizerPointer> make_normalizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    for (const Kind& kind : kinds) {
        if (kind.type == type) return kind.make(section);
    }
    return fail("{}: the normalizer \"{}\" is not known", section.where(), type);
}

}  // namespace fovea::text
