#include "engine/text/steps/byte_alphabet.h"

#include <array>
#include <limits>

namespace fovea::text {
namespace {

constexpr int no_byte = std::numeric_limits<int>::max();

struct Alphabet {
    std::array<std::string, 256> letters;
    std::array<int, 324> bytes;  // by the letter's code

    Alphabet() {
        bytes.fill(no_byte);
        char32_t next = 256;
        for (int byte = 0; byte < 256; ++byte) {
            const bool printable =
                (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            const char32_t letter = printable ? static_cast<char32_t>(byte) : next++;
            append_utf8(letters[static_cast<size_t>(byte)], letter);
            bytes[letter] = byte;
        }
    }
};

const Alphabet& alphabet() {
    static const Alphabet instance;
    return instance;
}

}  // namespace

std::string_view byte_letter(unsigned char byte) {
    return alphabet().letters[byte];
}

std::optional<std::string> bytes_of_letters(std::string_view letters) {
    std::string result;
    const auto& bytes = alphabet().bytes;
    for (size_t i = 0; i < letters.size();) {
        const Character letter = character_at(letters, i);
        i += letter.bytes;
        if (letter.code >= bytes.size() || bytes[letter.code] == no_byte) return {};
        result.push_back(static_cast<char>(bytes[letter.code]));
    }
    return result;
}

void append_as_byte_alphabet(AlignedText& result, const AlignedText& text, size_t begin,
                             size_t end) {
    const auto& letters = alphabet().letters;
    for (size_t i = begin; i < end; ++i) {
        result.append(letters[static_cast<unsigned char>(text.text()[i])], text.source(i));
    }
}

}  // namespace fovea::text
