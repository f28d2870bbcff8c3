#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/reading_arguments.h"
#include "app/cli/subcommand.h"
#include "engine/export/export.h"
#include "engine/session/reading.h"

namespace fovea::app {

namespace {

constexpr std::array<std::string_view, 5> quantities = {
    quantity::hidden_state.array, quantity::token_logit.array, quantity::attention_logit.array,
    quantity::value_norm.array, "metrics"};

/// Each one of `quantities`; a name that was theirs once is taken for the present one.
Result<std::vector<std::string>> parse_quantities(std::string_view text) {
    std::vector<std::string> parts = CLI::detail::split(std::string(text), ',');
    for (std::string& part : parts)
        if (part == quantity::attention_logit.former) part = quantity::attention_logit.array;
    return parse_names(fmt::format("{}", fmt::join(parts, ",")), quantities);
}

struct ExportArguments {
    ReadingArguments reading;
    std::string layers, heads, with, less, out;
};

/// "edits", or a head as LAYER.HEAD.
Result<Subtrahend> parse_subtrahend(std::string_view text) {
    if (text == "edits") return Subtrahend{};
    const size_t point = text.find('.');
    if (point != std::string_view::npos) {
        const auto layer = parse_ids(text.substr(0, point));
        const auto head = parse_ids(text.substr(point + 1));
        if (layer && head && layer->size() == 1 && head->size() == 1)
            return Subtrahend{true, layer->front(), head->front()};
    }
    return fail("{}: neither \"edits\" nor a head as LAYER.HEAD", text);
}

bool names(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

Index most(const Model& model, Index (Model::*count)(Part) const) {
    Index largest = 0;
    for (const Part part : model.parts())
        largest = std::max(largest, (model.*count)(part));
    return largest;
}

Outcome run_export(const ExportArguments& arguments) {
    if (arguments.reading.nothing_to_read())
        return Outcome::usage("export: --text or --ids is required");
    FOVEA_TRY(const ReadingRequest request, arguments.reading.request());
    const Model& model = *request.model->model;

    ExportJob job;
    job.file = arguments.out;
    if (!arguments.reading.part.empty()) job.part = part_by_name(arguments.reading.part);
    if (!arguments.layers.empty()) {
        FOVEA_TRY(const auto ranges, parse_ranges(arguments.layers));
        FOVEA_TRY(job.layers, expand_ranges(ranges, most(model, &Model::layers), "layer"));
    }
    if (!arguments.heads.empty()) {
        FOVEA_TRY(const auto ranges, parse_ranges(arguments.heads));
        FOVEA_TRY(job.heads, expand_ranges(ranges, most(model, &Model::heads), "head"));
    }
    if (!arguments.with.empty()) {
        FOVEA_TRY(const auto with, parse_quantities(arguments.with));
        job.hidden_states = names(with, quantity::hidden_state.array);
        job.logits = names(with, quantity::token_logit.array);
        job.attention_logits = names(with, quantity::attention_logit.array);
        job.value_norms = names(with, quantity::value_norm.array);
        job.metrics = names(with, "metrics");
    }
    if (!arguments.less.empty()) {
        FOVEA_TRY(job.less, parse_subtrahend(arguments.less));
    }
    if (job.logits && !model.has_language_head())
        return fail("{}: has no language-model head, so there are no logits to export",
                    model.folder().string());

    FOVEA_TRY(job.reading, arguments.reading.read(request));
    return export_reading(job, Progress(), interrupted());
}

std::function<Outcome()> declare_export(CLI::App& app) {
    auto arguments = std::make_shared<ExportArguments>();
    arguments->reading.declare(app);
    app.add_option("--layers", arguments->layers, "Layers to write: 0-2,4 (all unless given)")
        ->type_name("LIST")
        ->check(checked_by(parse_ranges));
    app.add_option("--heads", arguments->heads, "Heads to write: 1,3 (all unless given)")
        ->type_name("LIST")
        ->check(checked_by(parse_ranges));
    app.add_option("--with", arguments->with,
                   fmt::format("More than the attentions: {}", fmt::join(quantities, ",")))
        ->type_name("NAMES")
        ->check(checked_by(parse_quantities));
    app.add_option("--less", arguments->less,
                   "Of a picture: the difference to the heads without the edits (edits), or to one "
                   "head (LAYER.HEAD)")
        ->type_name("WHAT")
        ->check(checked_by(parse_subtrahend));
    app.add_option("--out", arguments->out,
                   "The file to write; its ending is the format:" + file_endings())
        ->type_name("FILE")
        ->required()
        ->check(check_ending);
    return [arguments] { return run_export(*arguments); };
}

}  // namespace

Subcommand export_subcommand() {
    return {"export", "Write what a model makes of a sentence into a file", declare_export};
}

}  // namespace fovea::app
