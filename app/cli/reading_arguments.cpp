#include "app/cli/reading_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "app/cli/arguments.h"

namespace fovea::app {

namespace {

/// What edits name that is not there is the edits file's fault, and said so: a file for another
/// model or a longer sentence is easily taken.
Status check_edits_file(const ReadingArguments& arguments, const Reading& reading,
                        const Edits& edits) {
    const Model& model = *reading.request.model->model;
    const Status fits =
        check_edits(edits, model.edit_limits(static_cast<Index>(reading.tokens.size()),
                                             static_cast<Index>(reading.target_tokens.size())));
    if (!fits) return fail("{}: {}", arguments.edits, fits.message());
    return {};
}

Result<std::shared_ptr<const Reading>> read_sentence(const ReadingArguments& arguments,
                                                     const ReadingRequest& request,
                                                     const Reading* previous) {
    if (!arguments.from_ids()) return fovea::read(request, previous, interrupted());
    FOVEA_TRY(const auto ids, parse_ids(arguments.ids));
    return read_ids(ids, request, previous, interrupted());
}

/// First without the edits: what they name is looked for among the tokens that were read.
Result<std::shared_ptr<const Reading>> read_with_edits(const ReadingArguments& arguments,
                                                       ReadingRequest request) {
    const Edits edits = std::exchange(request.edits, {});
    FOVEA_TRY(const auto plain, read_sentence(arguments, request, nullptr));
    FOVEA_CHECK(check_edits_file(arguments, *plain, edits));
    if (edits.empty()) return plain;
    request.edits = edits;
    return read_sentence(arguments, request, plain.get());
}

Status read_target_arguments(const ReadingArguments& arguments, const Model& model,
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

}  // namespace

bool ReadingArguments::from_ids() const {
    return ids_option->count() > 0;
}

bool ReadingArguments::nothing_to_read() const {
    return !from_ids() && text_option->count() == 0;
}

Result<ReadingRequest> ReadingArguments::request() const {
    ReadingRequest request;
    request.strict = true;
    FOVEA_TRY(request.model, load_model(model));
    if (!from_ids()) {
        FOVEA_TRY(request.text, text_or_standard_input(text));
        request.special_tokens = !no_special_tokens;
    }
    if (pair_option->count() > 0) request.pair = pair;
    if (!token_types.empty()) {
        FOVEA_TRY(request.token_types, parse_ids(token_types));
    }
    if (!edits.empty()) {
        FOVEA_TRY(request.edits, read_edits_file(edits));
    }
    FOVEA_CHECK(read_target_arguments(*this, *request.model->model, request));
    return request;
}

Result<std::shared_ptr<const Reading>> ReadingArguments::read(ReadingRequest request) const {
    FOVEA_TRY(auto reading, read_with_edits(*this, std::move(request)));
    if (!reading->warning.empty()) fmt::print(stderr, "fovea: warning: {}\n", reading->warning);
    return reading;
}

void ReadingArguments::declare(CLI::App& app) {
    app.add_option("--model", model, "A model's folder, or the name of an installed one")
        ->type_name("FOLDER_OR_NAME")
        ->required();
    text_option = app.add_option("--text", text, "The sentence; - reads standard input as it is")
                      ->type_name("STRING");
    ids_option = app.add_option("--ids", ids, "Token ids instead of a sentence: 5,7,9")
                     ->type_name("IDS")
                     ->check(checked_by(parse_ids))
                     ->excludes(text_option);
    pair_option =
        app.add_option("--pair", pair,
                       "A second sentence, read with the first as the model's template joins them")
            ->type_name("STRING")
            ->excludes(ids_option);
    app.add_option("--token-types", token_types,
                   "With --ids, of which sentence each token is: 0,0,1")
        ->type_name("TYPES")
        ->check(checked_by(parse_ids))
        ->needs(ids_option);
    app.add_flag("--no-special-tokens", no_special_tokens,
                 "Without those that the model adds, such as [CLS]")
        ->excludes(ids_option);
    decoder_text_option =
        app.add_option(
               "--decoder-text", decoder_text,
               "What an encoder-decoder's decoder reads (unless given, the model writes it)")
            ->type_name("STRING");
    decoder_ids_option = app.add_option("--decoder-ids", decoder_ids,
                                        "The same as token ids, from its start token on: 0,13,9")
                             ->type_name("IDS")
                             ->check(checked_by(parse_ids))
                             ->excludes(decoder_text_option);
    app.add_option(
           "--part", part,
           "Of an encoder-decoder, one part only; pictures show cross-attention unless told")
        ->type_name("NAME")
        ->check(CLI::IsMember({"encoder", "decoder", "cross"}));
    app.add_option("--edits", edits, "Edits that act inside the model, as JSON")->type_name("FILE");
}

}  // namespace fovea::app
