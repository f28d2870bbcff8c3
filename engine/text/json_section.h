#pragma once

#include <simdjson.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace fovea::text {

/// An object of a JSON document and where it stands ("normalizer.normalizers[1]"), so that every
/// complaint names its place. A key that is null counts as absent.
class JsonSection {
  public:
    JsonSection(simdjson::dom::object object, std::string where)
        : object_(object), where_(std::move(where)) {}

    const std::string& where() const { return where_; }
    std::string path(std::string_view key) const;

    std::optional<simdjson::dom::element> find(std::string_view key) const;

    Result<std::string_view> text(std::string_view key) const;
    Result<std::string_view> text_or(std::string_view key, std::string_view fallback) const;
    Result<bool> flag_or(std::string_view key, bool fallback) const;
    Result<std::int64_t> integer(std::string_view key) const;
    Result<std::int64_t> integer_or(std::string_view key, std::int64_t fallback) const;

    Result<simdjson::dom::array> array(std::string_view key) const;
    Result<JsonSection> section(std::string_view key) const;
    Result<std::optional<JsonSection>> section_or_none(std::string_view key) const;
    /// An array whose elements all are objects.
    Result<std::vector<JsonSection>> sections(std::string_view key) const;
    /// Every key of this object with the object under it.
    Result<std::vector<std::pair<std::string_view, JsonSection>>> members() const;

    simdjson::dom::object object() const { return object_; }

  private:
    Error wrong_type(std::string_view key, std::string_view wanted) const;
    Error missing(std::string_view key) const;

    simdjson::dom::object object_;
    std::string where_;
};

/// A file's text, for parse_object.
Result<simdjson::padded_string> load_json(const std::filesystem::path& file);
/// The object that a JSON document is: `parser` holds it until its next document. `name` stands in
/// errors.
Result<JsonSection> parse_object(simdjson::dom::parser& parser, const simdjson::padded_string& json,
                                 std::string_view name);

}  // namespace fovea::text
