#include "engine/export/metadata_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace fovea {

namespace {

// Their values are JSON already; the others are texts.
constexpr std::array<std::string_view, 7> structured_keys = {
    "tokens", "token_types", "special_tokens", "target_tokens", "layers", "heads", "edits"};

}  // namespace

std::string metadata_json(const ExportJob& job, int indent, bool ascii) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const auto& [key, value] : export_metadata(job)) {
        const bool structured = std::ranges::find(structured_keys, key) != structured_keys.end();
        object[key] = structured ? nlohmann::ordered_json::parse(value, nullptr, false)
                                 : nlohmann::ordered_json(value);
    }
    return object.dump(indent, ' ', ascii, nlohmann::json::error_handler_t::replace);
}

}  // namespace fovea
