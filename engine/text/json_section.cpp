#include "engine/text/json_section.h"

namespace fovea::text {
namespace {

std::string_view type_name(simdjson::dom::element element) {
    using simdjson::dom::element_type;
    switch (element.type()) {
        case element_type::ARRAY:
            return "an array";
        case element_type::OBJECT:
            return "an object";
        case element_type::INT64:
        case element_type::UINT64:
        case element_type::DOUBLE:
            return "a number";
        case element_type::STRING:
            return "a string";
        case element_type::BOOL:
            return "true or false";
        case element_type::NULL_VALUE:
            return "null";
    }
    return "something else";
}

}  // namespace

std::string JsonSection::path(std::string_view key) const {
    return where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key);
}

std::optional<simdjson::dom::element> JsonSection::find(std::string_view key) const {
    simdjson::dom::element element;
    if (object_.at_key(key).get(element) != simdjson::SUCCESS || element.is_null()) return {};
    return element;
}

Error JsonSection::wrong_type(std::string_view key, std::string_view wanted) const {
    return fail("{} is {}, not {}", path(key), type_name(*find(key)), wanted);
}

Error JsonSection::missing(std::string_view key) const {
    return fail("{} is missing", path(key));
}

Result<std::string_view> JsonSection::text(std::string_view key) const {
    const auto element = find(key);
    if (!element) return missing(key);
    std::string_view value;
    if (element->get(value) != simdjson::SUCCESS) return wrong_type(key, "a string");
    return value;
}

Result<std::string_view> JsonSection::text_or(std::string_view key,
                                              std::string_view fallback) const {
    if (!find(key)) return fallback;
    return text(key);
}

Result<bool> JsonSection::flag_or(std::string_view key, bool fallback) const {
    const auto element = find(key);
    if (!element) return fallback;
    bool value = false;
    if (element->get(value) != simdjson::SUCCESS) return wrong_type(key, "true or false");
    return value;
}

Result<std::int64_t> JsonSection::integer(std::string_view key) const {
    const auto element = find(key);
    if (!element) return missing(key);
    std::int64_t value = 0;
    if (element->get(value) != simdjson::SUCCESS) return wrong_type(key, "a whole number");
    return value;
}

Result<std::int64_t> JsonSection::integer_or(std::string_view key, std::int64_t fallback) const {
    if (!find(key)) return fallback;
    return integer(key);
}

Result<simdjson::dom::array> JsonSection::array(std::string_view key) const {
    const auto element = find(key);
    if (!element) return missing(key);
    simdjson::dom::array value;
    if (element->get(value) != simdjson::SUCCESS) return wrong_type(key, "an array");
    return value;
}

Result<JsonSection> JsonSection::section(std::string_view key) const {
    const auto element = find(key);
    if (!element) return missing(key);
    simdjson::dom::object value;
    if (element->get(value) != simdjson::SUCCESS) return wrong_type(key, "an object");
    return JsonSection(value, path(key));
}

Result<std::optional<JsonSection>> JsonSection::section_or_none(std::string_view key) const {
    if (!find(key)) return std::optional<JsonSection>();
    FOVEA_TRY(JsonSection found, section(key));
    return std::optional<JsonSection>(std::move(found));
}

Result<std::vector<JsonSection>> JsonSection::sections(std::string_view key) const {
    FOVEA_TRY(const simdjson::dom::array elements, array(key));
    std::vector<JsonSection> found;
    for (const simdjson::dom::element element : elements) {
        std::string where = fmt::format("{}[{}]", path(key), found.size());
        simdjson::dom::object object;
        if (element.get(object) != simdjson::SUCCESS) {
            return fail("{} is {}, not an object", where, type_name(element));
        }
        found.emplace_back(object, std::move(where));
    }
    return found;
}

Result<std::vector<std::pair<std::string_view, JsonSection>>> JsonSection::members() const {
    std::vector<std::pair<std::string_view, JsonSection>> found;
    for (const simdjson::dom::key_value_pair member : object_) {
        simdjson::dom::object object;
        if (member.value.get(object) != simdjson::SUCCESS) {
            return wrong_type(member.key, "an object");
        }
        found.emplace_back(member.key, JsonSection(object, path(member.key)));
    }
    return found;
}

Result<simdjson::padded_string> load_json(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        return fail("{}: no such file", file.string());
    simdjson::padded_string json;
    if (simdjson::padded_string::load(file.string()).get(json) != simdjson::SUCCESS)
        return fail("{}: cannot be read", file.string());
    return json;
}

Result<JsonSection> parse_object(simdjson::dom::parser& parser, const simdjson::padded_string& json,
                                 std::string_view name) {
    simdjson::dom::element document;
    if (const auto error = parser.parse(json).get(document))
        return fail("{}: not readable as JSON: {}", name, simdjson::error_message(error));
    simdjson::dom::object object;
    if (document.get(object) != simdjson::SUCCESS) return fail("{}: not a JSON object", name);
    return JsonSection(object, "");
}

}  // namespace fovea::text
