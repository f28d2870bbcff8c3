#include "engine/text/aligned_text.h"

#include <algorithm>

namespace fovea::text {

AlignedText::AlignedText(std::string_view typed, size_t offset)
    : text_(typed), limit_(typed.size() * 64 + 4096) {
    sources_.reserve(typed.size());
    for (size_t i = 0; i < typed.size();) {
        const Character character = character_at(typed, i);
        const auto begin = static_cast<std::uint32_t>(offset + i);
        sources_.insert(sources_.end(), character.bytes, {begin, begin + character.bytes});
        i += character.bytes;
    }
}

AlignedText AlignedText::emptied(const AlignedText& other) {
    AlignedText result;
    result.limit_ = other.limit_;
    result.overflowed_ = other.overflowed_;
    return result;
}

void AlignedText::transform(const std::vector<Change>& changes, size_t vanished) {
    AlignedText result = emptied(*this);
    result.reserve(size());
    size_t position = 0;
    const auto skip = [&](size_t characters) {
        for (; characters > 0 && position < size(); --characters) {
            position += character_at(text_, position).bytes;
        }
    };
    skip(vanished);
    for (const Change& change : changes) {
        if (change.change > 0 || position >= size()) {
            result.append(change.code, position > 0 ? source(position - 1) : SourceRange{});
        } else {
            result.append(change.code, source(position));
            skip(1 + static_cast<size_t>(-change.change));
        }
    }
    *this = std::move(result);
}

void AlignedText::reserve(size_t bytes) {
    text_.reserve(bytes);
    sources_.reserve(bytes);
}

bool AlignedText::fits(size_t bytes) {
    overflowed_ = overflowed_ || bytes > limit_ - std::min(limit_, size());
    return !overflowed_;
}

void AlignedText::append(char32_t code, SourceRange source) {
    if (!fits(4)) return;
    if (code < 0x80) {  // nearly all, and one byte is sooner written
        text_.push_back(static_cast<char>(code));
        sources_.push_back(source);
        return;
    }
    append_utf8(text_, code);
    sources_.resize(text_.size(), source);
}

void AlignedText::append(std::string_view characters, SourceRange source) {
    if (!fits(characters.size())) return;
    text_.append(characters);
    sources_.resize(text_.size(), source);
}

void AlignedText::append(const AlignedText& other, size_t begin, size_t end) {
    if (!fits(end - begin)) return;
    text_.append(other.text_, begin, end - begin);
    sources_.insert(sources_.end(), other.sources_.begin() + static_cast<std::ptrdiff_t>(begin),
                    other.sources_.begin() + static_cast<std::ptrdiff_t>(end));
}

void AlignedText::append_prefixed(std::string_view prefix, const AlignedText& other, size_t begin,
                                  size_t end) {
    if (begin < end) append(prefix, other.source(begin));
    append(other, begin, end);
}

}  // namespace fovea::text
