#include <algorithm>
#include <vector>

#include "engine/model/config_json.h"
#include "engine/model/config_keys.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

constexpr Index largest_window = Index{1} << 28;

Result<LayerKind> kind_by_name(const ConfigJson& json, std::string_view key, const Json& name) {
    if (name == "full_attention" || name == "global") return LayerKind::full;
    if (name == "sliding_attention" || name == "local") return LayerKind::sliding;
    return fail("{}: Fovea cannot run a layer of the kind {} (\"{}\")", json.file, name.dump(),
                key);
}

/// [names] or [[names, times], ...] as one name a layer.
Status read_names(const ConfigJson& json, std::string_view key, const Json& names,
                  ModelConfig& config) {
    if (!names.is_array() || names.size() < static_cast<size_t>(config.layers))
        return fail("{}: \"{}\" must name a kind for each of the {} layers", json.file, key,
                    config.layers);
    config.layer_kinds.clear();
    for (size_t l = 0; l < static_cast<size_t>(config.layers); ++l) {
        FOVEA_TRY(const LayerKind kind, kind_by_name(json, key, names[l]));
        config.layer_kinds.push_back(kind);
    }
    return {};
}

Result<Json> expand_blocks(const ConfigJson& json, std::string_view key, const Json& blocks,
                           Index layers) {
    Json names = Json::array();
    const auto wrong = [&] {
        return fail("{}: \"{}\" must be a list of [kinds, times], not {}", json.file, key,
                    blocks.dump());
    };
    if (!blocks.is_array()) return wrong();
    for (const Json& block : blocks) {
        if (!block.is_array() || block.size() != 2 || !block[0].is_array() ||
            !block[1].is_number_unsigned())
            return wrong();
        for (std::uint64_t i = 0; i < block[1].get<std::uint64_t>(); ++i) {
            if (block[0].empty() || names.size() >= static_cast<size_t>(layers)) break;
            for (const Json& name : block[0])
                names.push_back(name);
        }
    }
    return names;
}

Result<Index> whole_number(const ConfigJson& json, std::string_view name, const Json& value,
                           std::uint64_t least = 0) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() >= least &&
        value.get<std::uint64_t>() <= static_cast<std::uint64_t>(largest_window))
        return value.get<Index>();
    return fail("{}: \"{}\" must be a whole number{}, not {}", json.file, name,
                least > 0 ? " above 0" : "", value.dump());
}

Result<Index> read_period(const ConfigJson& json, const LayerKindKeys& keys) {
    const Json* period = look_up(json.root, keys.period);
    if (!period) period = look_up(json.root, "_" + std::string(keys.period));
    if (!period) return keys.period_fallback;
    return whole_number(json, keys.period, *period, 1);
}

/// Of the sliding layers; 0 where the file has none.
Result<Index> read_window(const ConfigJson& json, const LayerKindKeys& keys) {
    if (keys.window.empty()) return Index{0};
    const std::string_view name = keys.window.front();
    const auto found = json.root.find(std::string(name));
    if (found == json.root.end()) return keys.window_fallback;
    if (found->is_null()) return Index{0};
    return whole_number(json, name, *found, 1);
}

}  // namespace

void name_layer_kind_keys(const ArchSpec& arch, KeyNames& keys) {
    const LayerKindKeys& kinds = arch.layer_kinds;
    keys.add(kinds.window);
    for (const auto name : {kinds.list, kinds.blocks, kinds.first_sliding, kinds.enabled})
        keys.add(name);
    if (kinds.period.empty()) return;
    keys.add(kinds.period);
    keys.add("_" + std::string(kinds.period));
}

Status read_layer_kinds(const ConfigJson& json, const ArchSpec& arch, ModelConfig& config) {
    const LayerKindKeys& keys = arch.layer_kinds;
    const Json& root = json.root;
    const Json* flag = look_up(root, keys.enabled);
    const bool enabled = keys.enabled.empty() || (flag && *flag == true);
    Index window = 0;
    if (enabled) {
        FOVEA_TRY(window, read_window(json, keys));
    }
    const auto layers = static_cast<size_t>(config.layers);
    config.layer_kinds.assign(layers, LayerKind::full);

    if (const Json* list = look_up(root, keys.list)) {
        FOVEA_CHECK(read_names(json, keys.list, *list, config));
    } else if (!keys.blocks.empty()) {
        const Json* blocks = look_up(root, keys.blocks);
        if (!blocks) return fail("{}: \"{}\" is missing", json.file, keys.blocks);
        FOVEA_TRY(const Json names, expand_blocks(json, keys.blocks, *blocks, config.layers));
        FOVEA_CHECK(read_names(json, keys.blocks, names, config));
    } else if (!keys.period.empty()) {
        FOVEA_TRY(const Index period, read_period(json, keys));
        for (size_t l = 0; l < layers; ++l) {
            const auto place = static_cast<Index>(l) % period;
            const bool full = place == (keys.full_first ? 0 : period - 1);
            config.layer_kinds[l] = full ? LayerKind::full : LayerKind::sliding;
        }
    } else if (window > 0) {
        Index first = keys.first_sliding_fallback;
        if (const Json* from = look_up(root, keys.first_sliding)) {
            FOVEA_TRY(first, whole_number(json, keys.first_sliding, *from));
        }
        for (Index l = first; l < config.layers; ++l)
            config.layer_kinds[static_cast<size_t>(l)] = LayerKind::sliding;
    }

    const auto sliding =
        std::find(config.layer_kinds.begin(), config.layer_kinds.end(), LayerKind::sliding);
    if (sliding == config.layer_kinds.end()) return {};
    if (window == 0)
        return fail("{}: layer {} attends to a window, but {}", json.file,
                    sliding - config.layer_kinds.begin(),
                    enabled ? fmt::format("\"{}\" is null", keys.window.front())
                            : fmt::format("\"{}\" is not true", keys.enabled));
    config.window = window;
    if (keys.window_is_both_sides) {
        config.window = window / 2 + 1;
    } else if (arch.causal && !config.causal) {
        // A window that reaches forwards too counts one token more on each side.
        config.window = window + 1;
    }
    return {};
}

}  // namespace fovea
