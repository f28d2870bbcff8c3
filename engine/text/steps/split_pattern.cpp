#include "engine/text/steps/delimiter.h"
#include "engine/text/steps/pre_tokenizer.h"

namespace fovea::text {
namespace {

class Split final : public PreTokenizer {
  public:
    Split(Pattern pattern, Cut cut) : pattern_(std::move(pattern)), cut_(cut) {}
    Status apply(Pieces& pieces) const override { return cut_.apply(pieces, pattern_); }

  private:
    Pattern pattern_;
    Cut cut_;
};

}  // namespace

Result<PreTokenizerPointer> make_split(const JsonSection& section) {
    FOVEA_TRY(Pattern pattern, Pattern::read(section, "pattern"));
    Cut cut;
    FOVEA_TRY(cut.delimiter, read_delimiter(section, Delimiter::isolated));
    FOVEA_TRY(cut.inverted, section.flag_or("invert", false));
    return PreTokenizerPointer(std::make_unique<Split>(std::move(pattern), cut));
}

}  // namespace fovea::text
