#include "engine/export/metadata_json.h"

#include <nlohmann/json.hpp>

namespace fovea {

std::string metadata_json(const ExportJob& job, int indent, bool ascii) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const auto& [key, value] : export_metadata(job)) {
        const bool structured = key == "tokens" || key == "target_tokens" || key == "layers" ||
                                key == "heads" || key == "edits";
        object[key] = structured ? nlohmann::ordered_json::parse(value, nullptr, false)
                                 : nlohmann::ordered_json(value);
    }
    return object.dump(indent, ' ', ascii, nlohmann::json::error_handler_t::replace);
}

}  // namespace fovea
