#include "engine/text/steps/pattern.h"

namespace fovea::text {

void find_literal(std::string_view text, std::string_view literal, std::vector<Match>& found) {
    for (size_t at = text.find(literal); at != std::string_view::npos;
         at = text.find(literal, at + literal.size())) {
        found.push_back(
            {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + literal.size())});
    }
}

Result<Pattern> Pattern::regular(std::string_view expression) {
    Pattern pattern;
    FOVEA_TRY(pattern.expression_, RegularExpression::compile(expression));
    return pattern;
}

Result<Pattern> Pattern::read(const JsonSection& section, std::string_view key) {
    FOVEA_TRY(const JsonSection found, section.section(key));
    if (found.find("Regex")) {
        FOVEA_TRY(const std::string_view expression, found.text("Regex"));
        Result<Pattern> pattern = regular(expression);
        if (!pattern) return fail("{}: {}", found.where(), pattern.message());
        return pattern;
    }
    if (!found.find("String")) {
        return fail("{} has neither \"String\" nor \"Regex\"", found.where());
    }
    FOVEA_TRY(const std::string_view literal, found.text("String"));
    if (literal.empty()) return fail("{} is an empty string", found.path("String"));
    Pattern pattern;
    pattern.literal_ = literal;
    return pattern;
}

Pattern::Searcher::Searcher(const Pattern& pattern) : pattern_(pattern) {
    if (pattern.expression_) expression_.emplace(*pattern.expression_);
}

Status Pattern::Searcher::find_all(std::string_view text, std::vector<Match>& found) {
    if (expression_) return expression_->find_all(text, found);
    find_literal(text, pattern_.literal_, found);
    return {};
}

}  // namespace fovea::text
