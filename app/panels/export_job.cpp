#include "app/panels/export_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "app/panels/map_picture.h"
#include "app/panels/panel_parts.h"
#include "engine/core/colour_map.h"
#include "engine/io/files.h"
#include "engine/model/value_norms.h"

namespace fovea::app {

namespace {

namespace fs = std::filesystem;

/// Beyond this the clipboard is the wrong vessel: a million cells are seven megabytes of text.
constexpr size_t most_copied_tokens = 1500;

/// Where the difference is in view, pictures are of it.
void take_difference_in_view(const Frame& frame, ExportJob& job) {
    if (!frame.compares) return;
    const auto compared = comparison(frame);
    if (!compared) return;
    job.with_edits = compared->with_edits;
    job.less = Subtrahend{};
    if (compared->with_edits) return;
    job.less->layer = compared->other.layer;
    job.less->head = compared->other.head;
}

ExportJob picture_of_chosen(const Frame& frame, const ExportChoices& choices) {
    ExportChoices chosen = choices;
    chosen.heads = ExportChoices::Heads::chosen;
    chosen.with_edits = frame.document.edits_enabled;
    ExportJob job = export_job(frame, chosen);
    take_difference_in_view(frame, job);
    return job;
}

}  // namespace

std::string colour_name(ColourMap map) {
    switch (map) {
        case ColourMap::magma:
            return "magma";
        case ColourMap::cividis:
            return "cividis";
        case ColourMap::greys:
            return "greys";
        case ColourMap::viridis:
            break;
    }
    return "viridis";
}

fs::path home_folder() {
    const char* const home = std::getenv("HOME");
    if (home && *home) return home;
    std::error_code error;
    fs::path here = fs::current_path(error);
    return error ? fs::path("/") : here;
}

fs::path expanded(const std::string& folder) {
    if (folder == "~") return home_folder();
    if (folder.starts_with("~/")) return home_folder() / folder.substr(2);
    return folder;
}

const Exporter& export_format(const ExportChoices& choices) {
    const auto formats = exporters();
    const auto place = static_cast<size_t>(std::max(choices.format, 0));
    return formats[std::min(place, formats.size() - 1)];
}

fs::path export_file(const ExportChoices& choices) {
    const std::string_view ending = export_format(choices).ending;
    // A name that has its ending already was typed with it.
    const std::string_view added = ending_of(choices.name) == ending ? std::string_view() : ending;
    return expanded(choices.folder) / (choices.name + std::string(added));
}

void take_typed_ending(ExportChoices& choices) {
    const std::string ending = ending_of(choices.name);
    const auto formats = exporters();
    for (size_t i = 0; i < formats.size(); ++i)
        if (formats[i].ending == ending) choices.format = static_cast<int>(i);
}

void drop_typed_ending(ExportChoices& choices) {
    const std::string ending = ending_of(choices.name);
    for (const Exporter& format : exporters())
        if (format.ending == ending) choices.name.resize(choices.name.size() - ending.size());
}

void propose_name(ExportChoices& choices, const std::string& name) {
    // A model's name as a file's: no folders in it.
    std::string stem = fs::path(name).filename().string();
    for (char& c : stem)
        if (c == '/' || c == '\\' || c == ':') c = '-';
    if (stem.empty()) stem = "fovea";
    if (choices.name.empty() || choices.name == choices.proposed) choices.name = stem;
    choices.proposed = std::move(stem);
}

Exporter::Holds holds(const ExportChoices& choices) {
    return export_format(choices).holds;
}

bool draws(const ExportChoices& choices) {
    return export_format(choices).picture;
}

ExportChoices::Heads heads_in_force(const ExportChoices& choices) {
    const bool one_layer = holds(choices) == Exporter::Holds::array;
    return one_layer && choices.heads == ExportChoices::Heads::all ? ExportChoices::Heads::layer
                                                                   : choices.heads;
}

namespace {

/// The kinds of numbers that the job writes, as far as its format has room for them.
void take_numbers(const ExportChoices& choices, bool language_head, ExportJob& job) {
    switch (holds(choices)) {
        case Exporter::Holds::arrays:
            job.attentions = choices.attentions;
            job.hidden_states = choices.hidden_states;
            job.logits = choices.logits && language_head;
            job.attention_logits = choices.attention_logits;
            job.metrics = choices.metrics;
            return;
        case Exporter::Holds::cells:
            job.attention_logits = choices.attention_logits;
            job.attentions = choices.attentions || !choices.attention_logits;
            break;
        case Exporter::Holds::array: {
            using Array = ExportChoices::Array;
            const bool no_logits = choices.array == Array::logits && !language_head;
            job.attentions = choices.array == Array::attentions || no_logits;
            job.attention_logits = choices.array == Array::attention_logits;
            job.logits = choices.array == Array::logits && language_head;
            break;
        }
    }
}

}  // namespace

ExportJob export_job(const Frame& frame, const ExportChoices& choices) {
    ExportJob job;
    job.reading = frame.reading;
    job.with_edits = choices.with_edits && frame.reading && frame.reading->edited;
    const HeadId id = chosen_head(frame);
    const auto heads = heads_in_force(choices);
    if (heads != ExportChoices::Heads::all) job.layers = {id.layer};
    if (heads == ExportChoices::Heads::chosen) job.heads = {id.head};
    // All heads are those of every part; a head, a layer and a picture are of the one in view.
    if (heads != ExportChoices::Heads::all || draws(choices)) job.part = frame.edit_part();
    take_numbers(choices, frame.reading && frame.reading->request.model->model->has_language_head(),
                 job);
    job.file = export_file(choices);
    job.quantity = frame.view.quantity;
    job.colour_map = colour_name(frame.view.colour_map);
    job.logarithmic = frame.view.logarithmic;
    job.dark = frame.view.dark;
    if (draws(choices)) take_difference_in_view(frame, job);
    return job;
}

double export_numbers(const ExportJob& job) {
    if (!job.reading) return 0;
    const Model& model = *job.reading->request.model->model;
    double numbers = 0;
    for (const Part part : model.parts()) {
        if (job.part && *job.part != part) continue;
        const Trace& trace = job.reading->shown(job.with_edits, part);
        const auto queries = static_cast<double>(trace.length());
        const auto keys = static_cast<double>(trace.key_length());
        const auto layers = static_cast<double>(
            job.layers.empty() ? model.layers(part) : static_cast<Index>(job.layers.size()));
        const auto heads = static_cast<double>(
            job.heads.empty() ? model.heads(part) : static_cast<Index>(job.heads.size()));
        numbers += queries;
        if (job.attentions) numbers += layers * heads * queries * keys;
        if (job.attention_logits) numbers += layers * heads * queries * keys;
        if (job.metrics)
            numbers += layers * heads * queries * static_cast<double>(row_metrics().size());
        if (job.hidden_states)
            for (const auto& states : trace.hidden_states)
                numbers += static_cast<double>(states->size());
    }
    const auto predicted = static_cast<double>(job.reading->shown(job.with_edits).length());
    if (job.logits) numbers += predicted * static_cast<double>(model.vocabulary());
    return numbers;
}

ExportWork export_work(ExportJob job) {
    return [job = std::move(job)](const JobContext& context) {
        return written(files_written(job.file),
                       export_reading(job, context.progress, context.cancel));
    };
}

ExportWork copy_matrix_work(const Frame& frame) {
    return [reading = frame.reading, id = chosen_head(frame), quantity = frame.view.quantity,
            part = frame.part, with_edits = frame.document.edits_enabled](const JobContext&) {
        const auto& queries = reading->query_labels(part);
        const auto& keys = reading->key_labels(part);
        const size_t count = std::max(queries.size(), keys.size());
        if (count > most_copied_tokens)
            return TaskOutcome{false,
                               fmt::format("{} tokens are too many for the clipboard (at most {}): "
                                           "export the map as a file",
                                           count, most_copied_tokens),
                               {}};
        const LayerTrace& layer =
            *reading->shown(with_edits, part).layers[static_cast<size_t>(id.layer)];
        Tensor norms;  // [heads, keys]
        std::span<const float> norms_of_head;
        if (quantity == Quantity::value_weighted) {
            norms = value_norms(*reading->request.model->model, layer, id.layer, part);
            norms_of_head = {norms.slice(id.head), static_cast<size_t>(norms.extent(1))};
        }
        const Tensor map = head_map(layer, id.head, quantity, whole_map(layer), norms_of_head);
        return TaskOutcome{true,
                           fmt::format("Copied {} of {}, {} × {}", name_of(quantity).brief,
                                       head_name(id), queries.size(), keys.size()),
                           matrix_as_text(map, queries, keys)};
    };
}

ExportWork copy_picture_work(const Frame& frame, const ExportChoices& choices) {
    ExportJob job = picture_of_chosen(frame, choices);
    const HeadId id = chosen_head(frame);
    return [job, id, fallback = expanded(choices.folder)](const JobContext& context) mutable {
        job.name_was_chosen = false;
        return copied({.what = "the picture of " + head_name(id),
                       .otherwise = fallback / fmt::format("fovea {}.png", head_name(id)),
                       .write = [&](const fs::path& png) {
                           job.file = png;
                           return export_reading(job, context.progress, context.cancel);
                       }});
    };
}

}  // namespace fovea::app
