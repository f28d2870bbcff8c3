#include "engine/model/config_json.h"

namespace fovea {
namespace {

constexpr std::string_view words[] = {"-Infinity", "Infinity", "NaN"};

/// Those words between quotes, where they stand outside of strings.
std::string with_words_quoted(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 64);
    bool in_string = false;
    for (size_t i = 0; i < text.size();) {
        if (in_string && text[i] == '\\' && i + 1 < text.size()) {
            result += text.substr(i, 2);
            i += 2;
            continue;
        }
        if (text[i] == '"') in_string = !in_string;
        size_t taken = 0;
        for (const std::string_view word : words)
            if (!in_string && text.substr(i).starts_with(word)) taken = word.size();
        if (taken > 0) {
            result += '"';
            result += text.substr(i, taken);
            result += '"';
            i += taken;
        } else {
            result += text[i++];
        }
    }
    return result;
}

}  // namespace

nlohmann::json parse_python_json(std::string_view text) {
    nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_discarded()) return json;
    return nlohmann::json::parse(with_words_quoted(text), nullptr, /*allow_exceptions=*/false);
}

}  // namespace fovea
