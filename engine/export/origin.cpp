#include "engine/export/origin.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/version.h"
#include "engine/figure/selection.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

template <class T>
std::string json_text(const T& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_of(const Subtrahend& less) {
    nlohmann::ordered_json json;
    if (less.layer) json["layer"] = *less.layer;
    if (less.head) json["head"] = *less.head;
    json["with_edits"] = less.with_edits;
    return json.dump();
}

std::string read_of(const std::string& text, std::optional<size_t> cut_at) {
    return printable_text(text.substr(0, std::min(text.size(), cut_at.value_or(text.size()))));
}

}  // namespace

Metadata metadata_of(const Reading& reading) {
    Metadata entries;
    entries.push_back({"model", visible_text(model_name(reading))});
    entries.push_back({"text", read_of(reading.request.text, reading.cut_at)});
    if (reading.request.pair)
        entries.push_back({"pair", read_of(*reading.request.pair, reading.pair_cut_at)});
    if (!reading.request.special_tokens) entries.push_back({"special_tokens", "false", true});
    entries.push_back({"tokens", json_text(key_texts(reading, Part::encoder)), true});
    if (const auto& types = reading.original->of(Part::encoder).token_types; !types.empty())
        entries.push_back({"token_types", json_text(types), true});
    if (reading.original->encoder) {
        entries.push_back({"target", printable_text(reading.target_text)});
        entries.push_back({"target_tokens", json_text(query_texts(reading, Part::decoder)), true});
    }
    return entries;
}

void add_edits(Metadata& metadata, const Trace& trace) {
    metadata.push_back({"edits", edits_to_json(trace.edits), true});
    if (!trace.edits.empty())
        metadata.push_back({"edits_act_on", trace.picture_only ? "picture" : "model"});
}

MetadataEntry version_entry() {
    return {"version", fmt::format("fovea {}", version)};
}

Metadata metadata_of(const ExportJob& job) {
    const auto selections = select_parts(job);
    if (!selections) return {};
    const Selection& first = selections->front();
    Metadata entries = metadata_of(*job.reading);
    if (job.part) entries.push_back({"part", std::string(part_name(*job.part))});
    entries.push_back({"layers", json_text(first.layers), true});
    entries.push_back({"heads", json_text(first.heads), true});
    add_edits(entries, *first.trace);
    if (job.less) entries.push_back({"less", json_of(*job.less)});
    entries.push_back(version_entry());
    return entries;
}

}  // namespace fovea
