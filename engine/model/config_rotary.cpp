#include <cmath>
#include <utility>

#include "engine/model/config_json.h"
#include "engine/model/config_keys.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

/// The settings of one kind of layer, wherever config.json keeps them.
class RotaryReader {
  public:
    RotaryReader(const ConfigJson& json, const RotaryKeys& keys, const ModelConfig& config,
                 LayerKind kind)
        : json_(json), keys_(keys), config_(config), kind_(kind) {
        const char* name = kind == LayerKind::full ? "full_attention" : "sliding_attention";
        if (const Json* nested = look_up(json.root, "rope_parameters")) {
            const Json* of_kind = look_up(*nested, name);
            parameters_ = of_kind ? of_kind : nested;
            scaling_ = parameters_;
        }
        // Sliding layers with a theta of their own are never stretched by a flat key.
        const Json* flat = local() ? nullptr : look_up(json.root, "rope_scaling");
        if (flat) scaling_ = flat;
    }

    Result<RotarySettings> read() {
        RotarySettings settings;
        FOVEA_TRY(settings.theta, theta());
        FOVEA_TRY(const float share,
                  number(share_value(), keys_.share.front(), keys_.share_fallback));
        if (share > 1)
            return fail("{}: \"{}\" must be at most 1, not {}", json_.file, keys_.share.front(),
                        share);
        settings.dimensions =
            static_cast<Index>(static_cast<float>(config_.head_dim) * share) / 2 * 2;
        FOVEA_CHECK(read_scaling(settings));
        return settings;
    }

  private:
    bool local() const { return kind_ == LayerKind::sliding && !keys_.local_theta.empty(); }

    const Json* share_value() const {
        const Json* nested = parameters_ ? look_up(*parameters_, "partial_rotary_factor") : nullptr;
        return nested ? nested : first_of(json_.root, keys_.share);
    }

    Result<float> number(const Json* value, std::string_view name, std::optional<float> fallback) {
        if (!value && fallback) return *fallback;
        if (!value) return fail("{}: \"{}\" is missing", json_.file, name);
        if (!value->is_number() || !std::isfinite(value->get<float>()) || value->get<float>() <= 0)
            return fail("{}: \"{}\" must be a number greater than 0, not {}", json_.file, name,
                        value->dump());
        return value->get<float>();
    }

    Result<float> theta() {
        const Json* nested = parameters_ ? look_up(*parameters_, "rope_theta") : nullptr;
        if (nested) return number(nested, "rope_theta", {});
        if (local())
            return number(first_of(json_.root, keys_.local_theta), keys_.local_theta.front(),
                          keys_.local_theta_fallback);
        return number(first_of(json_.root, keys_.theta), keys_.theta.front(), keys_.theta_fallback);
    }

    Result<float> scaling_number(const char* name, std::optional<float> fallback = {}) {
        return number(look_up(*scaling_, name), name, fallback);
    }

    Status read_scaling(RotarySettings& settings) {
        if (!scaling_) return {};
        const Json* type = look_up(*scaling_, "rope_type");
        if (!type) type = look_up(*scaling_, "type");
        const std::string name = !type               ? "default"
                                 : type->is_string() ? type->get<std::string>()
                                                     : type->dump();
        if (name == "default") return {};
        static constexpr std::pair<std::string_view, RotaryScaling> known[] = {
            {"linear", RotaryScaling::linear},
            {"dynamic", RotaryScaling::dynamic},
            {"yarn", RotaryScaling::yarn},
            {"llama3", RotaryScaling::llama3}};
        for (const auto& [spelling, scaling] : known)
            if (spelling == name) settings.scaling = scaling;
        if (settings.scaling == RotaryScaling::none)
            return fail(
                "{}: Fovea cannot run rotary positions of the kind \"{}\" (known: default, "
                "linear, dynamic, yarn, llama3)",
                json_.file, name);
        FOVEA_TRY(settings.factor, scaling_number("factor"));
        const auto context = static_cast<float>(config_.context);
        settings.trained_positions = context;
        if (settings.scaling == RotaryScaling::llama3) {
            FOVEA_TRY(settings.trained_positions,
                      scaling_number("original_max_position_embeddings"));
            FOVEA_TRY(settings.low_frequency_factor, scaling_number("low_freq_factor"));
            FOVEA_TRY(settings.high_frequency_factor, scaling_number("high_freq_factor"));
            if (settings.high_frequency_factor <= settings.low_frequency_factor)
                return fail("{}: \"high_freq_factor\" must be above \"low_freq_factor\"",
                            json_.file);
        }
        if (settings.scaling == RotaryScaling::yarn) FOVEA_CHECK(read_yarn(settings));
        if (settings.scaling == RotaryScaling::dynamic && settings.dimensions <= 2)
            return fail("{}: dynamic rotary positions need more than one pair", json_.file);
        return {};
    }

    Status read_yarn(RotarySettings& settings) {
        FOVEA_TRY(settings.trained_positions,
                  scaling_number("original_max_position_embeddings", settings.trained_positions));
        FOVEA_TRY(settings.beta_fast, scaling_number("beta_fast", 32));
        FOVEA_TRY(settings.beta_slow, scaling_number("beta_slow", 1));
        const Json* truncate = look_up(*scaling_, "truncate");
        settings.truncate = !truncate || *truncate != false;
        if (look_up(*scaling_, "attention_factor")) {
            FOVEA_TRY(settings.amplitude, scaling_number("attention_factor"));
            return {};
        }
        const auto magnitude = [&](float weight) {
            return settings.factor <= 1 ? 1.0f : 0.1f * weight * std::log(settings.factor) + 1.0f;
        };
        settings.amplitude = magnitude(1);
        if (look_up(*scaling_, "mscale") && look_up(*scaling_, "mscale_all_dim")) {
            FOVEA_TRY(const float scale, scaling_number("mscale"));
            FOVEA_TRY(const float all, scaling_number("mscale_all_dim"));
            settings.amplitude = magnitude(scale) / magnitude(all);
        }
        return {};
    }

    const ConfigJson& json_;
    const RotaryKeys& keys_;
    const ModelConfig& config_;
    LayerKind kind_;
    const Json* parameters_ = nullptr;
    const Json* scaling_ = nullptr;
};

constexpr std::string_view setting_names[] = {"rope_type",       "type",
                                              "rope_theta",      "partial_rotary_factor",
                                              "factor",          "original_max_position_embeddings",
                                              "low_freq_factor", "high_freq_factor",
                                              "beta_fast",       "beta_slow",
                                              "truncate",        "attention_factor",
                                              "mscale",          "mscale_all_dim"};

}  // namespace

void name_rotary_keys(const ArchSpec& arch, KeyNames& keys) {
    if (arch.position != PositionKind::rotary) return;
    keys.add(arch.rotary.theta);
    keys.add(arch.rotary.local_theta);
    keys.add(arch.rotary.share);
    keys.add("fovea_rotary_share");
    keys.add("original_max_position_embeddings");
    for (const char* object : {"rope_scaling", "rope_parameters", "rope_parameters.full_attention",
                               "rope_parameters.sliding_attention"})
        for (const std::string_view setting : setting_names)
            keys.add(fmt::format("{}.{}", object, setting));
}

Status read_rotary(const ConfigJson& json, const ArchSpec& arch, ModelConfig& config) {
    if (arch.position != PositionKind::rotary) return {};
    for (const LayerKind kind : {LayerKind::full, LayerKind::sliding}) {
        FOVEA_TRY(config.rotary[static_cast<size_t>(kind)],
                  RotaryReader(json, arch.rotary, config, kind).read());
    }
    const RotarySettings& settings = config.rotary.front();
    if (settings.scaling == RotaryScaling::dynamic)
        config.context = static_cast<Index>(static_cast<float>(config.context) * settings.factor);
    return {};
}

}  // namespace fovea
