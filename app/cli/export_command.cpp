#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/subcommand.h"
#include "engine/export/export.h"
#include "engine/session/reading.h"

namespace fovea::app {

namespace {

constexpr std::array<std::string_view, 4> quantities = {"hidden_states", "logits", "scores",
                                                        "metrics"};

struct Arguments {
    std::string model, text, ids, edits, layers, heads, with, out;
    CLI::Option* text_option = nullptr;
    CLI::Option* ids_option = nullptr;
};

std::string endings() {
    std::string list;
    for (const Exporter& exporter : exporters())
        list += fmt::format(" {}", exporter.ending);
    return list;
}

/// A format that nobody writes is known to be wrong before the model is loaded.
std::string check_ending(const std::string& file) {
    const std::string ending = std::filesystem::path(file).extension().string();
    for (const Exporter& exporter : exporters())
        if (exporter.ending == ending) return {};
    if (ending.empty()) return fmt::format("{}: has no ending; give one of{}", file, endings());
    return fmt::format("{}: no format ends in {}; give one of{}", file, ending, endings());
}

bool names(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

/// Reads the sentence or the ids. What edits name that is not there is the edits file's fault, and
/// said so: a file for another model or a longer sentence is easily taken.
Result<std::shared_ptr<const Reading>> read_sentence(const Arguments& arguments,
                                                     const ReadingRequest& request) {
    const LoadedModel& loaded = *request.model;
    std::vector<std::int32_t> ids;
    if (arguments.ids_option->count() > 0) {
        FOVEA_TRY(ids, parse_ids(arguments.ids));
    } else {
        if (!loaded.tokenizer)
            return fail("{}: has no tokenizer.json to read a text with; give --ids",
                        loaded.model->folder().string());
        FOVEA_TRY(const auto tokens, loaded.tokenizer->encode(request.text, true));
        ids.resize(tokens.size());
    }
    const auto length = static_cast<Index>(ids.size());
    if (length <= loaded.model->context()) {
        const Status fits = check_edits(request.edits, loaded.model->edit_limits(length));
        if (!fits) return fail("{}: {}", arguments.edits, fits.message());
    }
    if (arguments.ids_option->count() > 0) return read_ids(ids, request, nullptr, interrupted());
    return read(request, nullptr, interrupted());
}

Outcome run_export(const Arguments& arguments) {
    const bool from_ids = arguments.ids_option->count() > 0;
    if (!from_ids && arguments.text_option->count() == 0)
        return Outcome::usage("export: --text or --ids is required");

    ReadingRequest request;
    request.strict = true;
    FOVEA_TRY(request.model, load_model(arguments.model));
    const Model& model = *request.model->model;
    if (!from_ids) {
        FOVEA_TRY(request.text, text_or_standard_input(arguments.text));
    }
    if (!arguments.edits.empty()) {
        FOVEA_TRY(request.edits, read_edits_file(arguments.edits));
    }

    ExportJob job;
    job.file = arguments.out;
    if (!arguments.layers.empty()) {
        FOVEA_TRY(const auto ranges, parse_ranges(arguments.layers));
        FOVEA_TRY(job.layers, expand_ranges(ranges, model.layers(), "layer"));
    }
    if (!arguments.heads.empty()) {
        FOVEA_TRY(const auto ranges, parse_ranges(arguments.heads));
        FOVEA_TRY(job.heads, expand_ranges(ranges, model.heads(), "head"));
    }
    if (!arguments.with.empty()) {
        FOVEA_TRY(const auto with, parse_names(arguments.with, quantities));
        job.hidden_states = names(with, "hidden_states");
        job.logits = names(with, "logits");
        job.scores = names(with, "scores");
        job.metrics = names(with, "metrics");
    }
    if (job.logits && !model.has_language_head())
        return fail("{}: has no language-model head, so there are no logits to export",
                    model.folder().string());

    FOVEA_TRY(job.reading, read_sentence(arguments, request));
    if (!job.reading->warning.empty())
        fmt::print(stderr, "fovea: warning: {}\n", job.reading->warning);
    return export_reading(job, Progress(), interrupted());
}

std::function<Outcome()> declare(CLI::App& app) {
    auto arguments = std::make_shared<Arguments>();
    app.add_option("--model", arguments->model, "A model's folder, or the name of an installed one")
        ->type_name("FOLDER_OR_NAME")
        ->required();
    arguments->text_option =
        app.add_option("--text", arguments->text, "The sentence; - reads standard input as it is")
            ->type_name("STRING");
    arguments->ids_option =
        app.add_option("--ids", arguments->ids, "Token ids instead of a sentence: 5,7,9")
            ->type_name("IDS")
            ->check(checked_by(parse_ids))
            ->excludes(arguments->text_option);
    app.add_option("--edits", arguments->edits, "Edits that act inside the model, as JSON")
        ->type_name("FILE");
    app.add_option("--layers", arguments->layers, "Layers to write: 0-2,4 (all unless given)")
        ->type_name("LIST")
        ->check(checked_by(parse_ranges));
    app.add_option("--heads", arguments->heads, "Heads to write: 1,3 (all unless given)")
        ->type_name("LIST")
        ->check(checked_by(parse_ranges));
    app.add_option("--with", arguments->with,
                   "More than the attentions: hidden_states,logits,scores,metrics")
        ->type_name("NAMES")
        ->check(checked_by([](std::string_view text) { return parse_names(text, quantities); }));
    app.add_option("--out", arguments->out,
                   "The file to write; its ending is the format:" + endings())
        ->type_name("FILE")
        ->required()
        ->check(check_ending);
    return [arguments] { return run_export(*arguments); };
}

}  // namespace

Subcommand export_subcommand() {
    return {"export", "Write what a model makes of a sentence into a file", declare};
}

}  // namespace fovea::app
