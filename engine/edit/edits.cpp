#include "engine/edit/edits.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/strict_json.h"
#include "engine/edit/temperatures.h"

namespace fovea {
namespace {

using Json = nlohmann::ordered_json;

/// Where in the file we are, for errors: "edits.json: block[2]".
struct JsonPlace {
    std::string text;
    JsonPlace child(std::string_view key) const { return {fmt::format("{}: {}", text, key)}; }
    JsonPlace element(std::string_view key, size_t i) const {
        return {fmt::format("{}: {}[{}]", text, key, i)};
    }
};

Status only_keys(const Json& object, const JsonPlace& place,
                 std::initializer_list<std::string_view> known) {
    if (!object.is_object()) return fail("{}: must be an object", place.text);
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end())
            return fail("{}: unknown key \"{}\"", place.text, key);
    }
    return {};
}

Result<std::optional<Index>> optional_index(const Json& object, const char* key,
                                            const JsonPlace& place) {
    const auto found = object.find(key);
    if (found == object.end()) return std::optional<Index>{};
    const bool fits =
        found->is_number_integer() && found->get<double>() >= 0 && found->get<double>() < 9e15;
    if (!fits) return fail("{}: \"{}\" must be a whole number from 0", place.text, key);
    return std::optional<Index>{found->get<Index>()};
}

Result<Scope> parse_scope(const Json& object, const JsonPlace& place) {
    Scope scope;
    FOVEA_TRY(scope.layer, optional_index(object, "layer", place));
    FOVEA_TRY(scope.head, optional_index(object, "head", place));
    if (const auto part = object.find("part"); part != object.end()) {
        scope.part = part->is_string() ? part_by_name(part->get<std::string>()) : std::nullopt;
        if (!scope.part)
            return fail("{}: \"part\" must be \"encoder\", \"decoder\" or \"cross\"", place.text);
    }
    return scope;
}

Result<TemperatureEdit> parse_temperature(const Json& object, const JsonPlace& place) {
    FOVEA_CHECK(only_keys(object, place, {"value", "layer", "head", "part"}));
    TemperatureEdit edit;
    FOVEA_TRY(edit.scope, parse_scope(object, place));
    const auto value = object.find("value");
    if (value == object.end() || !value->is_number())
        return fail("{}: \"value\" must be a number", place.text);
    edit.value = value->get<float>();
    if (!std::isfinite(edit.value) || edit.value <= 0)
        return fail("{}: \"value\" must be greater than 0, and finite", place.text);
    if (edit.value < least_temperature)
        return fail("{}: \"value\" must be at least {}: below it a float holds no weights",
                    place.text, least_temperature);
    return edit;
}

Result<BlockEdit> parse_block(const Json& object, const JsonPlace& place) {
    FOVEA_CHECK(only_keys(object, place, {"query", "key", "layer", "head", "part"}));
    BlockEdit edit;
    FOVEA_TRY(edit.scope, parse_scope(object, place));
    FOVEA_TRY(edit.query, optional_index(object, "query", place));
    FOVEA_TRY(edit.key, optional_index(object, "key", place));
    if (!edit.query && !edit.key)
        return fail("{}: needs a \"query\", a \"key\" or both", place.text);
    return edit;
}

Result<AblationEdit> parse_ablation(const Json& object, const JsonPlace& place) {
    FOVEA_CHECK(only_keys(object, place, {"layer", "head", "part", "to"}));
    AblationEdit edit;
    FOVEA_TRY(edit.scope, parse_scope(object, place));
    if (const auto to = object.find("to"); to != object.end()) {
        if (*to == "mean") {
            edit.to = AblationTarget::mean;
        } else if (*to != "zero") {
            return fail("{}: \"to\" must be \"zero\" or \"mean\"", place.text);
        }
    }
    return edit;
}

Result<MaskEdit> parse_mask(const Json& value, const JsonPlace& place) {
    if (value == "model") return MaskEdit{};
    if (value == "none") return MaskEdit{MaskKind::none, 0};
    if (value == "causal") return MaskEdit{MaskKind::causal, 0};
    if (!value.is_object())
        return fail("{}: must be \"model\", \"none\", \"causal\" or {{\"window\": w}}", place.text);
    FOVEA_CHECK(only_keys(value, place, {"window"}));
    FOVEA_TRY(const auto window, optional_index(value, "window", place));
    if (!window || *window < 1)
        return fail("{}: \"window\" must be a whole number from 1", place.text);
    return MaskEdit{MaskKind::window, *window};
}

template <class T>
Status parse_list(const Json& root, const char* key, const JsonPlace& place, std::vector<T>& into,
                  Result<T> (*parse)(const Json&, const JsonPlace&)) {
    const auto found = root.find(key);
    if (found == root.end()) return {};
    if (!found->is_array()) return fail("{}: \"{}\" must be a list", place.text, key);
    for (size_t i = 0; i < found->size(); ++i) {
        FOVEA_TRY(T edit, parse((*found)[i], place.element(key, i)));
        into.push_back(edit);
    }
    return {};
}

Json with_scope(Json object, const Scope& scope) {
    if (scope.layer) object["layer"] = *scope.layer;
    if (scope.head) object["head"] = *scope.head;
    if (scope.part) object["part"] = part_name(*scope.part);
    return object;
}

/// The shortest decimal that reads back as the same float: 0.1, not 0.10000000149011612.
double shortest(float value) {
    return std::stod(fmt::format("{}", value));
}

/// The limits of all parts that an edit acts on, the widest of each.
Result<EditLimits> limits_of(const Scope& scope, std::span<const EditLimits> parts) {
    EditLimits widest;
    bool found = false;
    for (const EditLimits& limits : parts) {
        if (scope.part && *scope.part != limits.part) continue;
        found = true;
        widest.layers = std::max(widest.layers, limits.layers);
        widest.heads = std::max(widest.heads, limits.heads);
        widest.queries = std::max(widest.queries, limits.queries);
        widest.keys = std::max(widest.keys, limits.keys);
    }
    if (!found) return fail("part \"{}\": the model is no encoder-decoder", part_name(*scope.part));
    return widest;
}

Status check_below(const char* name, const std::optional<Index>& value, Index limit,
                   const char* what) {
    if (!value || *value < limit) return {};
    return fail("{} {} is out of range: there are {} {}", name, *value, limit, what);
}

Status check_edit(const Scope& scope, std::span<const EditLimits> parts,
                  const std::optional<Index>& query = {}, const std::optional<Index>& key = {}) {
    FOVEA_TRY(const EditLimits limits, limits_of(scope, parts));
    FOVEA_CHECK(check_below("layer", scope.layer, limits.layers, "layers"));
    FOVEA_CHECK(check_below("head", scope.head, limits.heads, "heads"));
    FOVEA_CHECK(check_below("query", query, limits.queries, "tokens"));
    return check_below("key", key, limits.keys, "tokens");
}

}  // namespace

Index Edits::count() const {
    const auto moved = std::count_if(temperatures.begin(), temperatures.end(),
                                     [](const TemperatureEdit& edit) { return edit.value != 1; });
    return moved + (mask.kind != MaskKind::model) + static_cast<Index>(blocks.size()) +
           static_cast<Index>(ablations.size());
}

bool Edits::empty() const {
    return count() == 0;
}

Result<Edits> parse_edits(std::string_view json, std::string_view name) {
    FOVEA_TRY(const Json root, parse_strict_json(json, name));
    const JsonPlace place{std::string(name)};
    FOVEA_CHECK(only_keys(root, place, {"temperature", "mask", "block", "ablate"}));
    Edits edits;
    FOVEA_CHECK(parse_list(root, "temperature", place, edits.temperatures, parse_temperature));
    if (const Status warm = check_temperatures(edits.temperatures); !warm)
        return fail("{}: {}", name, warm.message());
    FOVEA_CHECK(parse_list(root, "block", place, edits.blocks, parse_block));
    FOVEA_CHECK(parse_list(root, "ablate", place, edits.ablations, parse_ablation));
    if (const auto mask = root.find("mask"); mask != root.end()) {
        FOVEA_TRY(edits.mask, parse_mask(*mask, place.child("mask")));
    }
    return edits;
}

std::string edits_to_json(const Edits& edits) {
    Json root = Json::object();
    for (const auto& edit : edits.temperatures)
        root["temperature"].push_back(with_scope({{"value", shortest(edit.value)}}, edit.scope));
    if (edits.mask.kind == MaskKind::none) root["mask"] = "none";
    if (edits.mask.kind == MaskKind::causal) root["mask"] = "causal";
    if (edits.mask.kind == MaskKind::window) root["mask"]["window"] = edits.mask.window;
    for (const auto& edit : edits.blocks) {
        Json object = Json::object();
        if (edit.query) object["query"] = *edit.query;
        if (edit.key) object["key"] = *edit.key;
        root["block"].push_back(with_scope(std::move(object), edit.scope));
    }
    for (const auto& edit : edits.ablations) {
        Json object = with_scope(Json::object(), edit.scope);
        object["to"] = edit.to == AblationTarget::zero ? "zero" : "mean";
        root["ablate"].push_back(std::move(object));
    }
    return root.dump();
}

Status check_edits(const Edits& edits, std::span<const EditLimits> parts) {
    for (const auto& edit : edits.temperatures)
        FOVEA_CHECK(check_edit(edit.scope, parts));
    for (const auto& edit : edits.ablations)
        FOVEA_CHECK(check_edit(edit.scope, parts));
    for (const auto& edit : edits.blocks)
        FOVEA_CHECK(check_edit(edit.scope, parts, edit.query, edit.key));
    return check_temperatures(edits.temperatures, parts);
}

Edits clip_edits(const Edits& edits, std::span<const EditLimits> parts) {
    Edits clipped = edits;
    const auto beyond = [&](const auto& edit) { return !check_edit(edit.scope, parts); };
    std::erase_if(clipped.temperatures, beyond);
    std::erase_if(clipped.ablations, beyond);
    std::erase_if(clipped.blocks, [&](const BlockEdit& edit) {
        return !check_edit(edit.scope, parts, edit.query, edit.key);
    });
    return clipped;
}

}  // namespace fovea
