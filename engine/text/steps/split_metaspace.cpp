#include "engine/text/steps/delimiter.h"
#include "engine/text/steps/pre_tokenizer.h"

namespace fovea::text {
namespace {

// SentencePiece's way: a space becomes a visible sign, and pieces begin at each.
class Metaspace final : public PreTokenizer {
  public:
    enum class Prepend { always, first, never };

    Metaspace(std::string_view sign, Prepend prepend, bool cuts)
        : sign_(sign), prepend_(prepend), cuts_(cuts) {}

    Status apply(Pieces& pieces) const override {
        pieces.rewrite(
            [&](AlignedText& result, PieceRange piece) { rewrite(result, pieces, piece); });
        if (cuts_) cut(pieces);
        return {};
    }

  private:
    void rewrite(AlignedText& result, const Pieces& pieces, PieceRange piece) const {
        if (piece.begin == piece.end) return;
        const std::string_view view = pieces.view(piece);
        const SourceRange first = pieces.text.source(piece.begin);
        const bool marked = view.starts_with(' ') || view.starts_with(sign_);
        const bool wanted =
            prepend_ == Prepend::always || (prepend_ == Prepend::first && first.begin == 0);
        if (wanted && !marked) result.append(sign_, first);
        for (size_t i = 0; i < view.size(); ++i) {
            const size_t space = std::min(view.find(' ', i), view.size());
            result.append(pieces.text, piece.begin + i, piece.begin + space);
            if (space < view.size()) result.append(sign_, pieces.text.source(piece.begin + space));
            i = space;
        }
    }

    void cut(Pieces& pieces) const {
        std::vector<PieceRange> ranges;
        std::vector<Match> matches;
        for (const PieceRange piece : pieces.ranges) {
            matches.clear();
            find_literal(pieces.view(piece), sign_, matches);
            Cut{Delimiter::merged_with_next, false}.apply(piece, matches, ranges);
        }
        pieces.ranges = std::move(ranges);
    }

    std::string sign_;
    Prepend prepend_;
    bool cuts_;
};

Result<Metaspace::Prepend> read_prepend(const JsonSection& section) {
    FOVEA_TRY(const bool older_form, section.flag_or("add_prefix_space", true));
    FOVEA_TRY(const std::string_view scheme,
              section.text_or("prepend_scheme", older_form ? "always" : "never"));
    if (scheme == "always") return Metaspace::Prepend::always;
    if (scheme == "first") return Metaspace::Prepend::first;
    if (scheme == "never") return Metaspace::Prepend::never;
    return fail("{} \"{}\" is not known", section.path("prepend_scheme"), scheme);
}

}  // namespace

Result<PreTokenizerPointer> make_metaspace(const JsonSection& section) {
    FOVEA_TRY(const std::string_view sign, section.text_or("replacement", "▁"));
    if (sign.empty() || sign == " " || character_at(sign, 0).bytes != sign.size()) {
        return fail("{} is not one visible character", section.path("replacement"));
    }
    FOVEA_TRY(const Metaspace::Prepend prepend, read_prepend(section));
    FOVEA_TRY(const bool cuts, section.flag_or("split", true));
    return PreTokenizerPointer(std::make_unique<Metaspace>(sign, prepend, cuts));
}

}  // namespace fovea::text
