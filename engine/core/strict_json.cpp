#include "engine/core/strict_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fovea {

Result<nlohmann::ordered_json> parse_strict_json(std::string_view json, std::string_view name) {
    using Json = nlohmann::ordered_json;
    using Event = Json::parse_event_t;
    std::vector<std::set<std::string>> keys_of_open_objects;
    std::optional<std::string> repeated;
    const auto watch = [&](int, Event event, Json& parsed) {
        if (event == Event::object_start) keys_of_open_objects.emplace_back();
        if (event == Event::object_end) keys_of_open_objects.pop_back();
        if (event == Event::key && !repeated) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!keys_of_open_objects.back().insert(key).second) repeated = key;
        }
        return true;
    };
    Json root = Json::parse(json, watch, /*allow_exceptions=*/false);
    if (root.is_discarded()) return fail("{}: not valid JSON", name);
    if (repeated) return fail("{}: the key \"{}\" stands in an object twice", name, *repeated);
    return root;
}

}  // namespace fovea
