#include <cmath>
#include <utility>
#include <vector>

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
        const Json* older = object("rope_scaling");
        const Json* newer = object("rope_parameters");
        const bool own_theta = !keys.local_theta.empty();
        if (own_theta) {
            // A flat scaling is laid over the kind's own parameters, of sliding layers seldom.
            if (!local() || keys.flat_stretches_local) objects_.push_back(of_kind(older));
            objects_.push_back(of_kind(newer));
        } else {
            // Where both are there the older one counts alone.
            objects_.push_back(of_kind(older ? older : newer));
        }
        std::erase(objects_, nullptr);
    }

    Result<RotarySettings> read() {
        RotarySettings settings;
        FOVEA_TRY(settings.theta, theta());
        FOVEA_CHECK(read_dimensions(settings));
        FOVEA_CHECK(read_scaling(settings));
        return settings;
    }

  private:
    bool local() const { return kind_ == LayerKind::sliding && !keys_.local_theta.empty(); }

    const Json* object(const char* name) const {
        const Json* found = look_up(json_.root, name);
        return found && found->is_object() && !found->empty() ? found : nullptr;
    }
    const Json* of_kind(const Json* object) const {
        if (!object) return nullptr;
        const Json* found =
            look_up(*object, kind_ == LayerKind::full ? "full_attention" : "sliding_attention");
        return found ? found : object;
    }

    /// A key of the parameters' object.
    const Json* parameter(std::string_view name) const {
        for (const Json* object : objects_)
            if (const Json* found = look_up(*object, name)) return found;
        return nullptr;
    }

    Status read_dimensions(RotarySettings& settings) {
        // The one key that no config.json has: the share as a GGUF file tells it.
        const Json* value = look_up(json_.root, "fovea_rotary_share");
        std::string_view name = "fovea_rotary_share";
        if (!value && !keys_.share.empty()) {
            name = keys_.share.front();
            value = parameter("partial_rotary_factor");
            if (!value) value = first_of(json_.root, keys_.share);
        }
        FOVEA_TRY(const float share, number(value, name, keys_.share_fallback));
        if (share > 1) return fail("{}: \"{}\" must be at most 1, not {}", json_.file, name, share);
        // In double, as the reference rounds it: 0.7 of ten dimensions are seven.
        const double exact = value ? value->get<double>() : double{share};
        const auto turning = static_cast<Index>(static_cast<double>(config_.head_dim) * exact);
        settings.dimensions = turning;
        if (turning % 2 == 0) return {};
        settings.dimensions = turning + 1;
        settings.exponents = turning;
        if (!keys_.odd_share_rounds_up || settings.dimensions > config_.head_dim)
            return fail(
                "{}: Fovea cannot turn {} dimensions of a head by position: the number is odd",
                json_.file, turning);
        return {};
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
        if (const Json* nested = parameter("rope_theta")) return number(nested, "rope_theta", {});
        if (local())
            return number(first_of(json_.root, keys_.local_theta), keys_.local_theta.front(),
                          keys_.local_theta_fallback);
        return number(first_of(json_.root, keys_.theta), keys_.theta.front(), keys_.theta_fallback);
    }

    Result<float> scaling_number(const char* name, std::optional<float> fallback = {}) {
        return number(parameter(name), name, fallback);
    }

    /// Zero stands for an absent key there.
    const Json* unless_zero(std::string_view name) const {
        const Json* found = parameter(name);
        return found && *found == 0 ? nullptr : found;
    }
    bool is_null(const char* name) const {
        for (const Json* object : objects_)
            if (object->contains(name)) return (*object)[name].is_null();
        return false;
    }

    Status read_scaling(RotarySettings& settings) {
        const Json* type = parameter("rope_type");
        if (!type) type = parameter("type");
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
        const auto context = static_cast<float>(config_.context);
        settings.trained_positions = context;
        if (settings.scaling == RotaryScaling::llama3 || settings.scaling == RotaryScaling::yarn) {
            // Beside the object it counts before the one inside.
            constexpr const char* trained = "original_max_position_embeddings";
            const Json* beside = look_up(json_.root, trained);
            FOVEA_TRY(settings.trained_positions,
                      number(beside ? beside : parameter(trained), trained, context));
        }
        if (settings.scaling == RotaryScaling::yarn && is_null("factor")) {
            settings.factor = context / settings.trained_positions;
        } else {
            FOVEA_TRY(settings.factor, scaling_number("factor"));
        }
        if (settings.scaling == RotaryScaling::llama3) {
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
        if (settings.exponents != 0)
            return fail("{}: Fovea cannot stretch an odd number of dimensions by YaRN", json_.file);
        FOVEA_TRY(settings.beta_fast, number(unless_zero("beta_fast"), "beta_fast", 32));
        FOVEA_TRY(settings.beta_slow, number(unless_zero("beta_slow"), "beta_slow", 1));
        const Json* truncate = parameter("truncate");
        settings.truncate = truncate ? *truncate != false : !is_null("truncate");
        if (parameter("attention_factor")) {
            FOVEA_TRY(settings.amplitude, scaling_number("attention_factor"));
            return {};
        }
        const auto magnitude = [&](float weight) {
            return settings.factor <= 1 ? 1.0f : 0.1f * weight * std::log(settings.factor) + 1.0f;
        };
        settings.amplitude = magnitude(1);
        if (unless_zero("mscale") && unless_zero("mscale_all_dim")) {
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
    std::vector<const Json*> objects_;  ///< that may hold a key; the first that does counts
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
    for (const char* object :
         {"rope_scaling", "rope_scaling.full_attention", "rope_scaling.sliding_attention",
          "rope_parameters", "rope_parameters.full_attention", "rope_parameters.sliding_attention"})
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
