#include "engine/figure/text_measure.h"

#include "engine/core/utf8.h"

namespace fovea {
namespace {

bool is_start(std::string_view text, size_t i) {
    return i >= text.size() || !text::is_continuation(text[i]);
}

// Chinese, Japanese and Korean letters: a line may end behind each.
bool ends_a_word(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    return character == " " || (lead >= 0xE3 && lead <= 0xED);
}

}  // namespace

std::string TextMeasure::shortened(std::string_view text, const TextStyle& style, double limit) {
    if (width(text, style) <= limit) return std::string(text);
    // Bisection over the length; the ends always lie between characters.
    size_t fits = 0, too_long = text.size();
    while (fits + 1 < too_long) {
        size_t middle = (fits + too_long) / 2;
        while (!is_start(text, middle))
            --middle;
        if (middle <= fits) {
            middle = (fits + too_long) / 2 + 1;
            while (!is_start(text, middle))
                ++middle;
            if (middle >= too_long) break;
        }
        if (width(std::string(text.substr(0, middle)) + "…", style) <= limit)
            fits = middle;
        else
            too_long = middle;
    }
    return std::string(text.substr(0, fits)) + "…";
}

std::vector<std::string> TextMeasure::wrapped(std::string_view text, const TextStyle& style,
                                              double limit) {
    std::vector<std::string> lines;
    size_t begin = 0, may_end = 0;
    const auto end_line = [&](size_t end) {
        std::string_view line = text.substr(begin, end - begin);
        while (line.ends_with(' '))
            line.remove_suffix(1);
        lines.emplace_back(line);
        begin = may_end = end;
    };
    for (size_t at = 0; at < text.size();) {
        size_t next = at + 1;
        while (!is_start(text, next))
            ++next;
        const std::string_view character = text.substr(at, next - at);
        if (character == "\n") {
            end_line(at);
            begin = may_end = next;
        } else if (character != " " && at > begin &&
                   width(text.substr(begin, next - begin), style) > limit) {
            end_line(may_end > begin ? may_end : at);
        }
        if (ends_a_word(character)) may_end = next;
        at = next;
    }
    if (begin < text.size() || lines.empty()) end_line(text.size());
    return lines;
}

}  // namespace fovea
