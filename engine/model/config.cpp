#include "engine/model/config.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "engine/model/config_json.h"
#include "engine/model/config_keys.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

/// No size of a real model comes near this; products of two of them cannot overflow.
constexpr Index largest_size = Index{1} << 28;

/// One of the keys is there and says null.
template <class Names>
bool is_null(const Json& root, const Names& names) {
    return std::ranges::any_of(names, [&](std::string_view name) {
        const auto found = root.find(std::string(name));
        return found != root.end() && found->is_null();
    });
}

/// What Python takes for false: null is.
bool is_false(const Json& root, const char* name) {
    const auto found = root.find(name);
    return found != root.end() && (found->is_null() || *found == false || *found == 0);
}

Status read_sizes(const Json& root, std::string_view file, const ArchSpec& arch,
                  ModelConfig& config) {
    for (const IndexKey& key : arch.sizes) {
        const Json* value = first_of(root, key.names);
        if (!value) {
            if (!key.fallback) return fail("{}: \"{}\" is missing", file, key.names.front());
            const bool null = key.null && is_null(root, key.names);
            config.*key.field = null ? key.null(config) : key.fallback(config);
        } else if (!value->is_number_integer() || value->get<double>() < 0 ||
                   value->get<double>() > static_cast<double>(largest_size)) {
            const auto holds = [&](std::string_view name) { return look_up(root, name) == value; };
            return fail("{}: \"{}\" must be a whole number up to {}, not {}", file,
                        *std::ranges::find_if(key.names, holds), largest_size, value->dump());
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

Result<bool> flag_of(const Json& value, std::string_view file, std::string_view key) {
    if (value.is_boolean()) return value.get<bool>();
    return fail("{}: \"{}\" must be true or false, not {}", file, key, value.dump());
}

Status read_flags(const Json& root, std::string_view file, const ArchSpec& arch,
                  ModelConfig& config) {
    for (const FlagKey& key : arch.flags) {
        // As the reference takes it: nothing is no.
        if (!key.names.empty() && is_null(root, std::span(key.names).first(1))) {
            config.*key.field = key.inverted;
            continue;
        }
        config.*key.field = key.fallback;
        if (const Json* value = first_of(root, key.names)) {
            FOVEA_TRY(const bool flag, flag_of(*value, file, key.names.front()));
            config.*key.field = flag != key.inverted;
        }
    }
    return {};
}

Status read_tensor_flags(const Json& root, std::string_view file, const ArchSpec& arch,
                         ModelConfig& config) {
    for (const TensorFlag& flag : arch.tensor_flags) {
        bool there = flag.fallback;
        if (const Json* value = look_up(root, flag.name)) {
            FOVEA_TRY(there, flag_of(*value, file, flag.name));
        }
        for (const Role role : flag.roles)
            config.left_out[static_cast<size_t>(role)] = !there;
    }
    return {};
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// `value` is what the file says, `name` what that is called here.
Result<Activation> activation_of(const Json& value, std::string_view name, std::string_view file,
                                 std::string_view key) {
    if (const auto known = activation_by_name(name)) return *known;
    return fail("{}: Fovea cannot run the activation {} (\"{}\"; known: {})", file, value.dump(),
                key, activation_names());
}

Status read_activation(const Json& root, std::string_view file, const ArchSpec& arch,
                       ModelConfig& config) {
    config.activation = arch.default_activation;
    const Json* value = first_of(root, arch.activation_keys);
    if (!value) return {};
    std::string name = text_of(*value);
    // T5's `feed_forward_proj` says both in one word, and its "gelu" there is the tanh form.
    if (arch.activation_tells_gate) {
        constexpr std::string_view gated = "gated-";
        config.gated = name.starts_with(gated);
        if (config.gated) name.erase(0, gated.size());
        if (config.gated && name == "gelu") name = "gelu_new";
    }
    FOVEA_TRY(config.activation, activation_of(*value, name, file, arch.activation_keys.front()));
    return {};
}

Status read_halves_of_activation(const Json& root, std::string_view file, const ArchSpec& arch,
                                 ModelConfig& config) {
    if (const Json* name = look_up(root, arch.plain_activation_key)) {
        FOVEA_TRY(config.activation,
                  activation_of(*name, text_of(*name), file, arch.plain_activation_key));
    }
    if (const Json* gate = look_up(root, arch.gate_key)) {
        FOVEA_TRY(config.gated, flag_of(*gate, file, arch.gate_key));
    }
    return {};
}

Status read_head(const Json& root, std::string_view file, const ArchSpec& arch,
                 ModelConfig& config) {
    // A stack that fills masks, run as a decoder, predicts what comes next.
    const bool decoder = arch.head == HeadKind::masked_token && config.causal;
    config.head = decoder ? HeadKind::next_token : arch.head;
    config.head_activation = arch.head_activation;
    const Json* value = first_of(root, arch.head_activation_keys);
    if (!value) return {};
    FOVEA_TRY(config.head_activation,
              activation_of(*value, text_of(*value), file, arch.head_activation_keys.front()));
    return {};
}

Status read_relative_keys(const Json& root, std::string_view file, const ArchSpec& arch,
                          ModelConfig& config) {
    const Json* value = look_up(root, arch.position_type_key);
    if (!value || *value == "absolute") return {};
    if (*value == "relative_key") {
        config.relative_keys = RelativeKeys::of_queries;
    } else if (*value == "relative_key_query") {
        config.relative_keys = RelativeKeys::of_queries_and_keys;
    } else {
        return fail(
            "{}: Fovea cannot run \"{}\": {} (known: absolute, relative_key, "
            "relative_key_query)",
            file, arch.position_type_key, value->dump());
    }
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
    config.causal = arch.causal;
    FOVEA_CHECK(read_sizes(root, name, arch, config));
    FOVEA_CHECK(read_numbers(root, name, arch, config));
    FOVEA_CHECK(read_flags(root, name, arch, config));
    FOVEA_CHECK(read_tensor_flags(root, name, arch, config));
    FOVEA_CHECK(read_activation(root, name, arch, config));
    FOVEA_CHECK(read_halves_of_activation(root, name, arch, config));
    FOVEA_CHECK(read_head(root, name, arch, config));
    FOVEA_CHECK(read_relative_keys(root, name, arch, config));
    if (arch.reads_is_causal && is_false(root, "is_causal")) config.causal = false;
    const ConfigJson json{root, name};
    FOVEA_CHECK(read_layer_kinds(json, arch, config));
    FOVEA_CHECK(read_rotary(json, arch, config));
    FOVEA_CHECK(check_required(root, name, arch));
    config.tied_output = arch.tied_by_default;
    constexpr std::string_view tie_key = "tie_word_embeddings";
    if (const Json* tied = look_up(root, tie_key)) {
        FOVEA_TRY(config.tied_output, flag_of(*tied, name, tie_key));
    }
    if (arch.always_tied) config.tied_output = true;
    return config;
}

std::vector<std::string> class_names(const Json& root) {
    std::vector<std::string> names;
    const Json* classes = look_up(root, "architectures");
    if (!classes || !classes->is_array()) return names;
    for (const Json& name : *classes)
        if (name.is_string()) names.push_back(name.get<std::string>());
    return names;
}

/// T5EncoderModel and its like: the first half of an encoder-decoder.
bool encoder_alone(const Json& root) {
    return std::ranges::any_of(class_names(root), [](const std::string& name) {
        return name.find("EncoderModel") != std::string::npos;
    });
}

/// By `model_type`; where a file has none, by the classes that it was saved from.
Result<const ArchSpec*> architecture_of(const Json& root, std::string_view name) {
    if (const Json* type = look_up(root, "model_type"); type && type->is_string()) {
        if (const ArchSpec* arch = find_architecture(type->get<std::string>())) return arch;
        std::string known;
        for (const ArchSpec& spec : architectures())
            for (const auto model_type : spec.model_types)
                known += (known.empty() ? "" : ", ") + std::string(model_type);
        return fail("{}: unknown model_type \"{}\" (known: {})", name, type->get<std::string>(),
                    known);
    }
    if (const Json* type = look_up(root, "model_type"); type && !type->is_null())
        return fail("{}: \"model_type\" must be a name, not {}", name, type->dump());
    for (const std::string& architecture : class_names(root))
        if (const ArchSpec* arch = find_architecture_of_class(architecture)) return arch;
    const Json* classes = look_up(root, "architectures");
    return fail(
        "{}: \"model_type\" is missing, and {}; add a line such as \"model_type\": \"bert\"", name,
        classes ? fmt::format("\"architectures\" names none that is known ({})", classes->dump())
                : "so is \"architectures\"");
}

/// Such weights have scales beside them that nothing here multiplies by.
Status refuse_quantised(const Json& root, std::string_view name) {
    const Json* quantised = look_up(root, "quantization_config");
    const Json* method = quantised ? look_up(*quantised, "quant_method") : nullptr;
    // MLX has a key of its own.
    const Json* mlx = quantised ? nullptr : look_up(root, "quantization");
    if (!quantised && !mlx) return {};
    return fail(
        "{}: Fovea cannot run weights quantised by {} (\"{}\"); a GGUF file of the model opens",
        name,
        method ? method->dump()
        : mlx  ? "MLX"
               : "a method it does not name",
        mlx ? "quantization" : "quantization_config");
}

}  // namespace

Result<ParsedConfig> parse_config(std::string_view json, std::string_view name) {
    const Json root = parse_python_json(json);
    if (root.is_discarded() || !root.is_object()) return fail("{}: not a JSON object", name);
    FOVEA_CHECK(refuse_quantised(root, name));
    ParsedConfig parsed;
    FOVEA_TRY(parsed.arch, architecture_of(root, name));
    if (parsed.arch->encoder && encoder_alone(root)) {
        parsed.arch = parsed.arch->encoder.get();
        parsed.encoder_alone = true;
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
