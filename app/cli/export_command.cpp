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
#include "app/cli/subcommand.h"
#include "engine/export/export.h"
#include "engine/session/reading.h"

namespace fovea::app {

namespace {

constexpr std::array<std::string_view, 4> quantities = {quantity::hidden_state.array,
                                                        quantity::token_logit.array,
                                                        quantity::attention_logit.array, "metrics"};

/// Each one of `quantities`; a name that was theirs once is taken for the present one.
Result<std::vector<std::string>> parse_quantities(std::string_view text) {
    std::vector<std::string> parts = CLI::detail::split(std::string(text), ',');
    for (std::string& part : parts)
        if (part == quantity::attention_logit.former) part = quantity::attention_logit.array;
    return parse_names(fmt::format("{}", fmt::join(parts, ",")), quantities);
}

struct ExportArguments {
    std::string model, text, pair, ids, token_types, decoder_text, decoder_ids, part, edits, layers,
        heads, with, less, out;
    bool no_special_tokens = false;
    CLI::Option* text_option = nullptr;
    CLI::Option* pair_option = nullptr;
    CLI::Option* ids_option = nullptr;
    CLI::Option* decoder_text_option = nullptr;
    CLI::Option* decoder_ids_option = nullptr;
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

/// What edits name that is not there is the edits file's fault, and said so: a file for another
/// model or a longer sentence is easily taken.
Status check_edits_file(const ExportArguments& arguments, const Reading& reading,
                        const Edits& edits) {
    const Model& model = *reading.request.model->model;
    const Status fits =
        check_edits(edits, model.edit_limits(static_cast<Index>(reading.tokens.size()),
                                             static_cast<Index>(reading.target_tokens.size())));
    if (!fits) return fail("{}: {}", arguments.edits, fits.message());
    return {};
}

Result<std::shared_ptr<const Reading>> read_sentence(const ExportArguments& arguments,
                                                     const ReadingRequest& request,
                                                     const Reading* previous) {
    if (arguments.ids_option->count() == 0) return read(request, previous, interrupted());
    FOVEA_TRY(const auto ids, parse_ids(arguments.ids));
    return read_ids(ids, request, previous, interrupted());
}

/// First without the edits: what they name is looked for among the tokens that were read.
Result<std::shared_ptr<const Reading>> read_with_edits(const ExportArguments& arguments,
                                                       ReadingRequest request) {
    const Edits edits = std::exchange(request.edits, {});
    FOVEA_TRY(const auto plain, read_sentence(arguments, request, nullptr));
    FOVEA_CHECK(check_edits_file(arguments, *plain, edits));
    if (edits.empty()) return plain;
    request.edits = edits;
    return read_sentence(arguments, request, plain.get());
}

Status read_target_arguments(const ExportArguments& arguments, const Model& model,
                             ReadingRequest& request) {
    const bool text = arguments.decoder_text_option->count() > 0;
    const bool ids = arguments.decoder_ids_option->count() > 0;
    if ((text || ids || !arguments.part.empty()) && !model.encoder())
        return fail("{}: has no decoder beside an encoder; {} is not for it",
                    model.folder().string(),
                    text  ? "--decoder-text"
                    : ids ? "--decoder-ids"
                          : "--part");
    if (text) request.target = arguments.decoder_text;
    if (ids) {
        FOVEA_TRY(request.target_ids, parse_ids(arguments.decoder_ids));
    }
    return {};
}

Index most(const Model& model, Index (Model::*count)(Part) const) {
    Index largest = 0;
    for (const Part part : model.parts())
        largest = std::max(largest, (model.*count)(part));
    return largest;
}

Outcome run_export(const ExportArguments& arguments) {
    const bool from_ids = arguments.ids_option->count() > 0;
    if (!from_ids && arguments.text_option->count() == 0)
        return Outcome::usage("export: --text or --ids is required");

    ReadingRequest request;
    request.strict = true;
    FOVEA_TRY(request.model, load_model(arguments.model));
    const Model& model = *request.model->model;
    if (!from_ids) {
        FOVEA_TRY(request.text, text_or_standard_input(arguments.text));
        request.special_tokens = !arguments.no_special_tokens;
    }
    if (arguments.pair_option->count() > 0) request.pair = arguments.pair;
    if (!arguments.token_types.empty()) {
        FOVEA_TRY(request.token_types, parse_ids(arguments.token_types));
    }
    if (!arguments.edits.empty()) {
        FOVEA_TRY(request.edits, read_edits_file(arguments.edits));
    }

    FOVEA_CHECK(read_target_arguments(arguments, model, request));

    ExportJob job;
    job.file = arguments.out;
    if (!arguments.part.empty()) job.part = part_by_name(arguments.part);
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
        job.metrics = names(with, "metrics");
    }
    if (!arguments.less.empty()) {
        FOVEA_TRY(job.less, parse_subtrahend(arguments.less));
    }
    if (job.logits && !model.has_language_head())
        return fail("{}: has no language-model head, so there are no logits to export",
                    model.folder().string());

    FOVEA_TRY(job.reading, read_with_edits(arguments, request));
    if (!job.reading->warning.empty())
        fmt::print(stderr, "fovea: warning: {}\n", job.reading->warning);
    return export_reading(job, Progress(), interrupted());
}

std::function<Outcome()> declare_export(CLI::App& app) {
    auto arguments = std::make_shared<ExportArguments>();
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
    arguments->pair_option =
        app.add_option("--pair", arguments->pair,
                       "A second sentence, read with the first as the model's template joins them")
            ->type_name("STRING")
            ->excludes(arguments->ids_option);
    app.add_option("--token-types", arguments->token_types,
                   "With --ids, of which sentence each token is: 0,0,1")
        ->type_name("TYPES")
        ->check(checked_by(parse_ids))
        ->needs(arguments->ids_option);
    app.add_flag("--no-special-tokens", arguments->no_special_tokens,
                 "Without those that the model adds, such as [CLS]")
        ->excludes(arguments->ids_option);
    arguments->decoder_text_option =
        app.add_option(
               "--decoder-text", arguments->decoder_text,
               "What an encoder-decoder's decoder reads (unless given, the model writes it)")
            ->type_name("STRING");
    arguments->decoder_ids_option =
        app.add_option("--decoder-ids", arguments->decoder_ids,
                       "The same as token ids, from its start token on: 0,13,9")
            ->type_name("IDS")
            ->check(checked_by(parse_ids))
            ->excludes(arguments->decoder_text_option);
    app.add_option(
           "--part", arguments->part,
           "Of an encoder-decoder, one part only; pictures show cross-attention unless told")
        ->type_name("NAME")
        ->check(CLI::IsMember({"encoder", "decoder", "cross"}));
    app.add_option("--edits", arguments->edits, "Edits that act inside the model, as JSON")
        ->type_name("FILE");
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
                   "The file to write; its ending is the format:" + endings())
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
