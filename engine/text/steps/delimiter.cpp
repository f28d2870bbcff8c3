#include "engine/text/steps/delimiter.h"

#include <algorithm>
#include <array>

namespace fovea::text {
namespace {

struct Stretch {
    PieceRange range;
    bool delimiter = false;
};

std::vector<Stretch> stretches(PieceRange piece, const std::vector<Match>& matches, bool inverted) {
    std::vector<Stretch> result;
    result.reserve(matches.size() * 2 + 1);
    std::uint32_t done = piece.begin;
    for (const Match& match : matches) {
        const PieceRange found{piece.begin + match.begin, piece.begin + match.end};
        if (done < found.begin) result.push_back({{done, found.begin}, inverted});
        if (found.begin < found.end) result.push_back({found, !inverted});
        done = found.end;
    }
    if (done < piece.end) result.push_back({{done, piece.end}, inverted});
    return result;
}

}  // namespace

Result<Delimiter> read_delimiter(const JsonSection& section, Delimiter fallback) {
    struct Name {
        std::string_view name;
        Delimiter delimiter;
    };
    constexpr std::array names = {
        Name{"Removed", Delimiter::removed},
        Name{"Isolated", Delimiter::isolated},
        Name{"MergedWithPrevious", Delimiter::merged_with_previous},
        Name{"MergedWithNext", Delimiter::merged_with_next},
        Name{"Contiguous", Delimiter::contiguous},
    };
    FOVEA_TRY(const std::string_view wanted, section.text_or("behavior", ""));
    if (wanted.empty()) return fallback;
    for (const Name& name : names) {
        if (name.name == wanted) return name.delimiter;
    }
    return fail("{} \"{}\" is not known", section.path("behavior"), wanted);
}

void Cut::apply(PieceRange piece, const std::vector<Match>& matches,
                std::vector<PieceRange>& out) const {
    const std::vector<Stretch> found = stretches(piece, matches, inverted);
    const size_t first = out.size();
    switch (delimiter) {
        case Delimiter::removed:
            for (const Stretch& stretch : found) {
                if (!stretch.delimiter) out.push_back(stretch.range);
            }
            break;
        case Delimiter::isolated:
            for (const Stretch& stretch : found)
                out.push_back(stretch.range);
            break;
        case Delimiter::contiguous: {
            for (size_t i = 0; i < found.size(); ++i) {
                if (i > 0 && found[i].delimiter == found[i - 1].delimiter) {
                    out.back().end = found[i].range.end;
                } else {
                    out.push_back(found[i].range);
                }
            }
            break;
        }
        case Delimiter::merged_with_previous: {
            for (size_t i = 0; i < found.size(); ++i) {
                if (i > 0 && found[i].delimiter && !found[i - 1].delimiter) {
                    out.back().end = found[i].range.end;
                } else {
                    out.push_back(found[i].range);
                }
            }
            break;
        }
        case Delimiter::merged_with_next: {
            for (size_t i = found.size(); i-- > 0;) {
                if (i + 1 < found.size() && found[i].delimiter && !found[i + 1].delimiter) {
                    out.back().begin = found[i].range.begin;
                } else {
                    out.push_back(found[i].range);
                }
            }
            std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
            break;
        }
    }
}

Status Cut::apply(Pieces& pieces, const Pattern& pattern) const {
    Pattern::Searcher searcher(pattern);
    std::vector<PieceRange> ranges;
    std::vector<Match> matches;
    for (const PieceRange piece : pieces.ranges) {
        matches.clear();
        FOVEA_CHECK(searcher.find_all(pieces.view(piece), matches));
        apply(piece, matches, ranges);
    }
    pieces.ranges = std::move(ranges);
    return {};
}

}  // namespace fovea::text
