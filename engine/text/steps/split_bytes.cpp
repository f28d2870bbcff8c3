#include "engine/text/steps/byte_alphabet.h"
#include "engine/text/steps/delimiter.h"
#include "engine/text/steps/pre_tokenizer.h"

namespace fovea::text {
namespace {

// GPT-2's own (Radford et al. 2019): contractions, words, numbers and signs, each with the space
// before it, and runs of white space.
constexpr std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

class ByteLevel final : public PreTokenizer {
  public:
    ByteLevel(bool add_prefix_space, std::optional<Pattern> pattern)
        : add_prefix_space_(add_prefix_space), pattern_(std::move(pattern)) {}

    Status apply(Pieces& pieces) const override {
        if (add_prefix_space_) {
            pieces.rewrite([&](AlignedText& result, PieceRange piece) {
                const bool spaced = pieces.view(piece).starts_with(' ');
                result.append_prefixed(spaced ? "" : " ", pieces.text, piece.begin, piece.end);
            });
        }
        if (pattern_) FOVEA_CHECK((Cut{Delimiter::isolated, false}.apply(pieces, *pattern_)));
        pieces.rewrite([&](AlignedText& result, PieceRange piece) {
            append_as_byte_alphabet(result, pieces.text, piece.begin, piece.end);
        });
        return {};
    }

  private:
    bool add_prefix_space_;
    std::optional<Pattern> pattern_;
};

}  // namespace

Result<PreTokenizerPointer> make_byte_level(const JsonSection& section) {
    FOVEA_TRY(const bool add_prefix_space, section.flag_or("add_prefix_space", true));
    FOVEA_TRY(const bool cuts, section.flag_or("use_regex", true));
    std::optional<Pattern> pattern;
    if (cuts) {
        FOVEA_TRY(pattern, Pattern::regular(gpt2_pattern));
    }
    return PreTokenizerPointer(std::make_unique<ByteLevel>(add_prefix_space, std::move(pattern)));
}

}  // namespace fovea::text
