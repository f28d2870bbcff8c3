#include "engine/text/steps/piece_style.h"

#include <array>
#include <charconv>

#include "engine/text/steps/byte_alphabet.h"
#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

// The byte that "<0xE4>" names, or -1.
int named_byte(std::string_view spelling) {
    if (spelling.size() != 6 || !spelling.starts_with("<0x") || spelling[5] != '>') return -1;
    int byte = -1;
    const char* end = spelling.data() + 5;
    const auto [read, error] = std::from_chars(spelling.data() + 3, end, byte, 16);
    return error == std::errc() && read == end ? byte : -1;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

std::string text_or_empty(const JsonSection& section, std::string_view key) {
    const Result<std::string_view> found = section.text_or(key, "");
    return found ? std::string(*found) : std::string();
}

}  // namespace

std::string visible_bytes(std::string_view bytes) {
    std::string result;
    for (size_t i = 0; i < bytes.size();) {
        const std::uint32_t length = well_formed_bytes(bytes, i);
        if (length == 0) {
            result += fmt::format("\\x{:02X}", static_cast<unsigned char>(bytes[i]));
        } else {
            result += bytes.substr(i, length);
        }
        i += std::max(length, 1u);
    }
    return result;
}

PieceStyle PieceStyle::read(const JsonSection& root) {
    PieceStyle style;
    // What a decoder says is only how tokens look; one that is odd or unknown changes nothing.
    constexpr std::array places = {"decoder", "pre_tokenizer", "normalizer"};
    for (const char* place : places) {
        const Result<std::optional<JsonSection>> section = root.section_or_none(place);
        if (!section || !*section) continue;
        style.add(**section);
        if (std::string_view(place) == "decoder") break;
    }
    return style;
}

void PieceStyle::add(const JsonSection& part) {
    const std::string type = text_or_empty(part, "type");
    if (type == "ByteLevel") byte_level_ = true;
    if (type == "ByteFallback") byte_fallback_ = true;
    if (type == "WordPiece") continuing_prefix_ = text_or_empty(part, "prefix");
    if (type == "BPEDecoder") ending_suffix_ = text_or_empty(part, "suffix");
    if (type == "CTC") {
        const std::string delimiter = text_or_empty(part, "word_delimiter_token");
        if (!delimiter.empty()) replacements_.emplace_back(delimiter, " ");
    }
    if (type == "Metaspace") {
        const std::string sign = text_or_empty(part, "replacement");
        replacements_.emplace_back(sign.empty() ? "▁" : sign, " ");
    }
    if (type == "Replace") {
        const Result<JsonSection> pattern = part.section("pattern");
        const std::string from = pattern ? text_or_empty(*pattern, "String") : "";
        const std::string to = text_or_empty(part, "content");
        // A normaliser writes the sign that a decoder takes back.
        if (from == " " && !to.empty()) replacements_.emplace_back(to, from);
        if (!from.empty() && from != " ") replacements_.emplace_back(from, to);
    }
    for (const char* key : {"decoders", "pretokenizers", "normalizers"}) {
        if (!part.find(key)) continue;
        const Result<std::vector<JsonSection>> steps = part.sections(key);
        if (!steps) continue;
        for (const JsonSection& step : *steps)
            add(step);
    }
}

std::string PieceStyle::piece(std::string_view spelling) const {
    return visible_bytes(bytes(spelling));
}

std::string PieceStyle::bytes(std::string_view spelling) const {
    if (!continuing_prefix_.empty() && spelling.starts_with(continuing_prefix_)) {
        spelling.remove_prefix(continuing_prefix_.size());
    }
    const bool ends_word = !ending_suffix_.empty() && spelling.ends_with(ending_suffix_);
    if (ends_word) spelling.remove_suffix(ending_suffix_.size());
    std::string text(spelling);
    if (const int byte = byte_fallback_ ? named_byte(spelling) : -1; byte >= 0) {
        text.assign(1, static_cast<char>(byte));
    } else if (byte_level_) {
        if (auto bytes = bytes_of_letters(spelling)) text = std::move(*bytes);
    }
    for (const auto& [from, to] : replacements_)
        replace_all(text, from, to);
    return text;
}

}  // namespace fovea::text
