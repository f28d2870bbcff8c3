#include <nlohmann/json.hpp>

#include "engine/export/file_content.h"

namespace fovea {

std::string metadata_json(const Metadata& metadata, int indent, bool ascii) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const MetadataEntry& entry : metadata)
        object[entry.key] = entry.is_json
                                ? nlohmann::ordered_json::parse(entry.value, nullptr, false)
                                : nlohmann::ordered_json(entry.value);
    return object.dump(indent, ' ', ascii, nlohmann::json::error_handler_t::replace);
}

}  // namespace fovea
