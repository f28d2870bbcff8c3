#include "engine/text/steps/regular_expression.h"

#include <unicode/uregex.h>
#include <unicode/utf16.h>

#include <algorithm>

#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

// The reference's engine speaks Ruby's dialect, where ^ and $ mean lines.
constexpr std::uint32_t dialect = UREGEX_MULTILINE;
// In steps of the engine, roughly milliseconds; ordinary patterns take a few a megabyte.
constexpr std::int32_t time_limit = 2000;
constexpr std::int32_t stack_limit = 64 << 20;

/// The reference's engine takes more for white space (the vertical tab, the next-line control) and
/// for letters of words (½, ²) than ICU's does.
std::string in_icus_words(std::string_view pattern) {
    std::string result;
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '\\' || i + 1 == pattern.size()) {
            result += pattern[i];
            continue;
        }
        switch (pattern[++i]) {
            case 's':
                result += R"(\p{White_Space})";
                break;
            case 'S':
                result += R"(\P{White_Space})";
                break;
            case 'w':
                result += R"([\p{Alphabetic}\p{M}\p{N}\p{Pc}])";
                break;
            case 'W':
                result += R"([^\p{Alphabetic}\p{M}\p{N}\p{Pc}])";
                break;
            default:
                result += {'\\', pattern[i]};
        }
    }
    return result;
}

std::u16string to_utf16(std::string_view text) {
    std::u16string units;
    for (size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        i += character.bytes;
        if (character.code < 0x10000) {
            units.push_back(static_cast<char16_t>(character.code));
        } else {
            units.push_back(U16_LEAD(static_cast<UChar32>(character.code)));
            units.push_back(U16_TRAIL(static_cast<UChar32>(character.code)));
        }
    }
    return units;
}

}  // namespace

Result<RegularExpression> RegularExpression::compile(std::string_view pattern) {
    const std::u16string units = to_utf16(in_icus_words(pattern));
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    URegularExpression* compiled = uregex_open(
        units.data(), static_cast<std::int32_t>(units.size()), dialect, &where, &status);
    if (U_FAILURE(status)) {
        return fail("the regular expression \"{}\" cannot be read: {} at character {}", pattern,
                    u_errorName(status), where.offset);
    }
    RegularExpression expression;
    expression.compiled_.reset(compiled, uregex_close);
    return expression;
}

RegularExpression::Searcher::Searcher(const RegularExpression& expression) {
    UErrorCode status = U_ZERO_ERROR;
    expression_.reset(uregex_clone(expression.compiled_.get(), &status), uregex_close);
    uregex_setTimeLimit(expression_.get(), time_limit, &status);
    uregex_setStackLimit(expression_.get(), stack_limit, &status);
}

void RegularExpression::Searcher::convert(std::string_view text) {
    units_.clear();
    byte_of_unit_.clear();
    for (size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        byte_of_unit_.push_back(static_cast<std::uint32_t>(i));
        i += character.bytes;
        if (character.code < 0x10000) {
            units_.push_back(static_cast<char16_t>(character.code));
        } else {
            units_.push_back(U16_LEAD(static_cast<UChar32>(character.code)));
            units_.push_back(U16_TRAIL(static_cast<UChar32>(character.code)));
            byte_of_unit_.push_back(static_cast<std::uint32_t>(i));
        }
    }
    byte_of_unit_.push_back(static_cast<std::uint32_t>(text.size()));
}

Status RegularExpression::Searcher::find_all(std::string_view text, std::vector<Match>& found) {
    convert(text);
    UErrorCode status = U_ZERO_ERROR;
    URegularExpression* expression = expression_.get();
    uregex_setText(expression, units_.data(), static_cast<std::int32_t>(units_.size()), &status);
    while (U_SUCCESS(status) && uregex_findNext(expression, &status)) {
        const std::int32_t begin = uregex_start(expression, 0, &status);
        const std::int32_t end = uregex_end(expression, 0, &status);
        if (U_FAILURE(status)) break;
        found.push_back(
            {byte_of_unit_[static_cast<size_t>(begin)], byte_of_unit_[static_cast<size_t>(end)]});
    }
    if (U_FAILURE(status)) {
        return fail("the tokenizer's regular expression gave up on this text ({})",
                    u_errorName(status));
    }
    return {};
}

}  // namespace fovea::text
