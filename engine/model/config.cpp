#include "engine/model/config.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/model/config_json.h"
#include "engine/model/config_keys.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

/// No size of a real model comes near this; products of two of them cannot overflow.
constexpr Index largest_size = Index{1} << 28;

Status read_sizes(const Json& root, std::string_view file, const ArchSpec& arch,
                  ModelConfig& config) {
    for (const IndexKey& key : arch.sizes) {
        const Json* value = first_of(root, key.names);
        if (!value) {
            if (!key.fallback) return fail("{}: \"{}\" is missing", file, key.names.front());
            config.*key.field = key.fallback(config);
        } else if (!value->is_number_integer() || value->get<double>() < 0 ||
                   value->get<double>() > static_cast<double>(largest_size)) {
            return fail("{}: \"{}\" must be a whole number up to {}, not {}", file,
                        key.names.front(), largest_size, value->dump());
        } else {
            config.*key.field = value->get<Index>();
        }
    }
    // Every architecture may leave these out: one key head a query head, the width shared out.
    if (config.key_heads == 0) config.key_heads = config.heads;
    if (config.head_dim == 0 && config.heads > 0) config.head_dim = config.width / config.heads;
    if (config.embedding_width == 0) config.embedding_width = config.width;
    if (config.positions == 0) config.positions = config.context;

    const std::pair<const char*, Index> positive[] = {
        {"width", config.width},           {"number of layers", config.layers},
        {"number of heads", config.heads}, {"head size", config.head_dim},
        {"vocabulary", config.vocabulary}, {"embedding width", config.embedding_width},
        {"context", config.context},       {"feed-forward width", config.feed_forward}};
    for (const auto& [what, size] : positive)
        if (size < 1) return fail("{}: the {} must be at least 1", file, what);
    if (config.heads % config.key_heads != 0)
        return fail("{}: {} heads cannot share {} key heads evenly", file, config.heads,
                    config.key_heads);
    if (config.layers > 10000) return fail("{}: {} layers are too many", file, config.layers);
    return {};
}

Status read_numbers(const Json& root, std::string_view file, const ArchSpec& arch,
                    ModelConfig& config) {
    for (const NumberKey& key : arch.numbers) {
        const Json* value = first_of(root, key.names);
        if (!value) {
            if (!key.fallback) return fail("{}: \"{}\" is missing", file, key.names.front());
            config.*key.field = *key.fallback;
        } else if (!value->is_number() || !std::isfinite(value->get<float>()) ||
                   value->get<float>() < 0 || (value->get<float>() == 0 && !key.may_be_zero)) {
            return fail("{}: \"{}\" must be a number greater than 0, not {}", file,
                        key.names.front(), value->dump());
        } else {
            config.*key.field = value->get<float>();
        }
    }
    return {};
}

Status read_flags(const Json& root, std::string_view file, const ArchSpec& arch,
                  ModelConfig& config) {
    for (const FlagKey& key : arch.flags) {
        const Json* value = first_of(root, key.names);
        if (value && !value->is_boolean())
            return fail("{}: \"{}\" must be true or false, not {}", file, key.names.front(),
                        value->dump());
        config.*key.field = value ? value->get<bool>() : key.fallback;
    }
    return {};
}

Status read_activation(const Json& root, std::string_view file, const ArchSpec& arch,
                       ModelConfig& config) {
    config.activation = arch.default_activation;
    const Json* value = first_of(root, arch.activation_keys);
    if (!value) return {};
    std::string name = value->is_string() ? value->get<std::string>() : "";
    // T5's `feed_forward_proj` says both in one word, and its "gelu" there is the tanh form.
    if (constexpr std::string_view gated = "gated-"; name.starts_with(gated)) {
        config.gated = true;
        name.erase(0, gated.size());
        if (name == "gelu") name = "gelu_new";
    }
    const auto known = activation_by_name(name);
    if (!known)
        return fail("{}: unknown activation {} in \"{}\"", file, value->dump(),
                    arch.activation_keys.front());
    config.activation = *known;
    return {};
}

Status check_required(const Json& root, std::string_view file, const ArchSpec& arch) {
    for (const RequiredValue& required : arch.required_values) {
        const Json* value = look_up(root, required.name);
        if (!value) continue;
        const auto same = [&](std::string_view text) {
            return *value == Json::parse(text, nullptr, false);
        };
        if (std::none_of(required.accepted.begin(), required.accepted.end(), same))
            return fail("{}: Fovea cannot run \"{}\": {} (only {})", file, required.name,
                        value->dump(), required.accepted.front());
    }
    return {};
}

/// One stack of layers: the whole model, or the encoder or the decoder of one.
Result<ModelConfig> parse_stack(const Json& root, std::string_view name, const ArchSpec& arch) {
    ModelConfig config;
    FOVEA_CHECK(read_sizes(root, name, arch, config));
    FOVEA_CHECK(read_numbers(root, name, arch, config));
    FOVEA_CHECK(read_flags(root, name, arch, config));
    FOVEA_CHECK(read_activation(root, name, arch, config));
    const ConfigJson json{root, name};
    FOVEA_CHECK(read_layer_kinds(json, arch, config));
    FOVEA_CHECK(read_rotary(json, arch, config));
    FOVEA_CHECK(check_required(root, name, arch));
    const Json* tied = look_up(root, "tie_word_embeddings");
    config.tied_output = tied && tied->is_boolean() ? tied->get<bool>() : arch.tied_by_default;
    return config;
}

}  // namespace

Result<ParsedConfig> parse_config(std::string_view json, std::string_view name) {
    const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (root.is_discarded() || !root.is_object()) return fail("{}: not a JSON object", name);
    const Json* type = look_up(root, "model_type");
    if (!type || !type->is_string()) return fail("{}: \"model_type\" is missing", name);

    ParsedConfig parsed;
    parsed.arch = find_architecture(type->get<std::string>());
    if (!parsed.arch) {
        std::string known;
        for (const ArchSpec& spec : architectures())
            for (const auto model_type : spec.model_types)
                known += (known.empty() ? "" : ", ") + std::string(model_type);
        return fail("{}: unknown model_type \"{}\" (known: {})", name, type->get<std::string>(),
                    known);
    }
    // Such weights have scales beside them that nothing here multiplies by.
    if (const Json* quantised = look_up(root, "quantization_config")) {
        const Json* method = look_up(*quantised, "quant_method");
        return fail(
            "{}: Fovea cannot run weights quantised by {} (\"quantization_config\"); a GGUF "
            "file of the model opens",
            name, method ? method->dump() : "a method it does not name");
    }
    SortedKeys keys = sort_keys(root, *parsed.arch);
    parsed.unread = std::move(keys.unread);
    FOVEA_TRY(parsed.config, parse_stack(keys.read, name, *parsed.arch));
    if (parsed.arch->encoder) {
        FOVEA_TRY(parsed.encoder, parse_stack(keys.read, name, *parsed.arch->encoder));
    }
    return parsed;
}

}  // namespace fovea
