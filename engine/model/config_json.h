#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/arch/arch_spec.h"
#include "engine/core/result.h"

namespace fovea {

/// A parsed config.json, and what errors call it. It holds only keys that keys_read()
/// (config_keys.h) names: a reader that looks for another must name it there.
struct ConfigJson {
    const nlohmann::json& root;
    std::string_view file;
};

/// JSON as Python writes it: NaN, Infinity and -Infinity, which are no JSON, become strings of that
/// name, so that they harm only whoever asks for them. Discarded where it cannot be parsed.
nlohmann::json parse_python_json(std::string_view text);

/// A key, where a dot steps into an object; nullptr where it is absent or null, and where `path` is
/// empty, as for a key that an architecture does not have.
inline const nlohmann::json* look_up(const nlohmann::json& root, std::string_view path) {
    const nlohmann::json* at = &root;
    while (!path.empty()) {
        const size_t dot = path.find('.');
        if (!at->is_object()) return nullptr;
        const auto found = at->find(std::string(path.substr(0, dot)));
        if (found == at->end() || found->is_null()) return nullptr;
        if (dot == std::string_view::npos) return &*found;
        at = &*found;
        path.remove_prefix(dot + 1);
    }
    return nullptr;
}

template <class Names>
const nlohmann::json* first_of(const nlohmann::json& root, const Names& names) {
    for (const auto name : names)
        if (const nlohmann::json* found = look_up(root, name)) return found;
    return nullptr;
}

/// Sets config.layer_kinds and config.window from `layer_types` or the older keys.
Status read_layer_kinds(const ConfigJson& json, const ArchSpec& arch, ModelConfig& config);

/// Sets config.rotary: from `rope_parameters`, one for all layers or one a kind of layer, or from
/// the flat keys of older files. A kind of scaling that the engine does not know is an error.
Status read_rotary(const ConfigJson& json, const ArchSpec& arch, ModelConfig& config);

}  // namespace fovea
