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

Result<NormalizerPointer> make_normalizer_sequence(const JsonSection& section) {
    FOVEA_TRY(const std::vector<JsonSection> sections, section.sections("normalizers"));
    std::vector<NormalizerPointer> steps;
    for (const JsonSection& step : sections) {
        FOVEA_TRY(NormalizerPointer made, make_normalizer(step));
        steps.push_back(std::move(made));
    }
    return normalizer_sequence(std::move(steps));
}

struct NormalizerKind {
    std::string_view type;
    Result<NormalizerPointer> (*make)(const JsonSection&);
};

constexpr std::array normalizer_kinds = {
    NormalizerKind{"BertNormalizer", make_bert_normalizer},
    NormalizerKind{"ByteLevel", make_byte_normalizer},
    NormalizerKind{"Lowercase", make_lowercase},
    NormalizerKind{"NFC", make_unicode_form},
    NormalizerKind{"NFD", make_unicode_form},
    NormalizerKind{"NFKC", make_unicode_form},
    NormalizerKind{"NFKD", make_unicode_form},
    NormalizerKind{"Nmt", make_nmt},
    NormalizerKind{"Precompiled", make_precompiled},
    NormalizerKind{"Prepend", make_prepend},
    NormalizerKind{"Replace", make_replace},
    NormalizerKind{"Sequence", make_normalizer_sequence},
    NormalizerKind{"Strip", make_strip},
    NormalizerKind{"StripAccents", make_strip_accents},
};

}  // namespace

NormalizerPointer normalizer_sequence(std::vector<NormalizerPointer> steps) {
    return std::make_unique<NormalizerSequence>(std::move(steps));
}

Result<NormalizerPointer> make_normalizer(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    for (const NormalizerKind& kind : normalizer_kinds) {
        if (kind.type == type) return kind.make(section);
    }
    return fail("{}: the normalizer \"{}\" is not known", section.where(), type);
}

}  // namespace fovea::text
