#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/arguments.h"
#include "app/cli/reading_arguments.h"
#include "app/cli/subcommand.h"
#include "engine/analysis/analysis.h"
#include "engine/export/export_findings.h"
#include "engine/io/files.h"
#include "engine/session/vocabulary_index.h"

namespace fovea::app {

namespace {

struct AnalyseArguments {
    ReadingArguments reading;
    std::string name, against, against_ids, target, versus, cell, out;
    std::vector<std::string> only;
    Index position = 0;
    std::int32_t target_id = 0, versus_id = 0;
    bool list = false, json = false;
    std::map<std::string, std::string> own;
    std::map<std::string, CLI::Option*> options;  // by what they are called, those that may be
                                                  // refused

    bool given(const std::string& option) const { return options.at(option)->count() > 0; }
};

/// LAYER.HEAD.QUERY.KEY
Result<HeadCell> parse_cell(std::string_view text) {
    std::vector<Index> numbers;
    for (const std::string& part : CLI::detail::split(std::string(text), '.')) {
        const auto id = parse_ids(part);
        if (!id || id->size() != 1)
            return fail("{}: not LAYER.HEAD.QUERY.KEY, as in 5.1.12.3", text);
        numbers.push_back(id->front());
    }
    if (numbers.size() != 4) return fail("{}: not LAYER.HEAD.QUERY.KEY, as in 5.1.12.3", text);
    return HeadCell{numbers[0], numbers[1], numbers[2], numbers[3]};
}

Result<Index> parse_place(std::string_view text) {
    const auto number = parse_ids(text);
    if (!number || number->size() != 1) return fail("{}: not the number of a token, from 0", text);
    return Index{number->front()};
}

/// One finding or one array is chosen for the formats that hold one.
bool holds_one(const std::string& file) {
    const std::string ending = ending_of(file);
    return ending == ".csv" || ending == ".npy" || ending == ".png" || ending == ".svg" ||
           ending == ".pdf";
}

/// What was typed is not quite the token that was found for it: that is said.
std::int32_t told(const Tokenizer& tokenizer, std::int32_t id, const std::string& text,
                  std::string_view option) {
    if (const std::string piece = tokenizer.piece(id); piece != text)
        fmt::print(stderr, "fovea: {}: \"{}\" is taken as \"{}\", id {}\n", option, text, piece,
                   id);
    return id;
}

/// The one entry of the vocabulary that a person means: its piece, with the space in front where it
/// has one, or what the text is as a token.
Result<std::int32_t> entry_of(const LoadedModel& loaded, const std::string& text,
                              std::string_view option) {
    const Tokenizer* tokenizer = loaded.tokenizer_of_predictions();
    if (!tokenizer) return fail("{}: {} has no tokenizer; give {}-id", option, loaded.name, option);
    const VocabularyIndex index(tokenizer, static_cast<std::int32_t>(loaded.model->vocabulary()));
    std::vector<std::int32_t> meant;
    for (const auto& match : index.find(text))
        if (match.kind == VocabularyIndex::Kind::piece) meant.push_back(match.id);
    if (meant.size() == 1) return told(*tokenizer, meant.front(), text, option);
    const auto tokens = tokenizer->encode(text, /*add_special=*/false);
    const bool one = tokens && tokens->size() == 1;
    if (one &&
        (meant.empty() || std::find(meant.begin(), meant.end(), tokens->front().id) != meant.end()))
        return told(*tokenizer, tokens->front().id, text, option);
    if (!meant.empty())
        return fail("{}: several tokens look like \"{}\": {}; give {}-id", option, text,
                    fmt::join(meant, ", "), option);
    std::vector<std::string> pieces;
    if (tokens)
        for (const Token& token : *tokens)
            pieces.push_back(fmt::format("\"{}\"", tokenizer->piece(token.id)));
    return fail("{}: \"{}\" is no one token of {}{}", option, text, loaded.name,
                pieces.size() > 1 ? fmt::format(" but {}", fmt::join(pieces, ", ")) : "");
}

/// What was given that this analysis would pass over.
std::string refused(const AnalyseArguments& arguments, const Analysis& analysis) {
    const auto refuse = [&](const char* option, bool reads) {
        return !reads && arguments.given(option)
                   ? fmt::format("analyse {}: {} is not for it", analysis.name, option)
                   : std::string();
    };
    const auto& reads = analysis.reads;
    for (const auto& [option, is_read] : std::initializer_list<std::pair<const char*, bool>>{
             {"--position", reads.position},
             {"--target", reads.target},
             {"--target-id", reads.target},
             {"--versus", reads.versus},
             {"--versus-id", reads.versus},
             {"--cell", reads.cell},
             {"--against", analysis.needs.second_sentence},
             {"--against-ids", analysis.needs.second_sentence}})
        if (std::string why = refuse(option, is_read); !why.empty()) return why;
    if (!arguments.reading.part.empty() && !reads.part)
        return fmt::format("analyse {}: --part is not for it", analysis.name);
    for (const auto& set : arguments.own) {
        const std::string& name = set.first;
        const bool its = std::any_of(analysis.own.begin(), analysis.own.end(),
                                     [&](const OwnParameter& one) { return one.name == name; });
        if (std::string why = refuse(("--" + name).c_str(), its); !why.empty()) return why;
    }
    return {};
}

Result<Parameters> parameters_of(const AnalyseArguments& arguments, const LoadedModel& loaded) {
    Parameters parameters;
    if (arguments.given("--position")) parameters.position = arguments.position;
    if (arguments.given("--target-id")) parameters.target = arguments.target_id;
    if (arguments.given("--versus-id")) parameters.versus = arguments.versus_id;
    // Without a language head a target has no meaning, which the analysis says better.
    const bool predicts = loaded.model->has_language_head();
    if (predicts && arguments.given("--target")) {
        FOVEA_TRY(parameters.target, entry_of(loaded, arguments.target, "--target"));
    }
    if (predicts && arguments.given("--versus")) {
        FOVEA_TRY(parameters.versus, entry_of(loaded, arguments.versus, "--versus"));
    }
    if (arguments.given("--cell")) {
        FOVEA_TRY(parameters.cell, parse_cell(arguments.cell));
    }
    for (const auto& [name, value] : arguments.own)
        if (arguments.given("--" + name)) parameters.own[name] = value;
    return parameters;
}

std::string options_in_words(const Analysis& analysis) {
    std::vector<std::string> words;
    if (analysis.reads.position) words.emplace_back("--position");
    if (analysis.reads.target) words.emplace_back("--target");
    if (analysis.reads.versus) words.emplace_back("--versus");
    if (analysis.reads.cell) words.emplace_back("--cell");
    if (analysis.needs.second_sentence) words.emplace_back("--against");
    for (const OwnParameter& own : analysis.own)
        words.push_back(fmt::format("--{} {}", own.name, fmt::join(own.choices, "|")));
    return fmt::format("{}", fmt::join(words, ", "));
}

Outcome print_list(bool as_json) {
    nlohmann::ordered_json list = nlohmann::json::array();
    for (const Analysis& one : analyses()) {
        if (!as_json) {
            fmt::print("{:<14}{}\n", one.name, one.question);
            fmt::print("{:<14}{}{}\n", "", options_in_words(one),
                       one.needs.language_head ? "; needs a language head" : "");
            continue;
        }
        nlohmann::ordered_json entry = {{"name", one.name},
                                        {"title", one.title},
                                        {"question", one.question},
                                        {"citation", one.citation},
                                        {"needs",
                                         {{"language_head", one.needs.language_head},
                                          {"second_sentence", one.needs.second_sentence}}},
                                        {"reads",
                                         {{"position", one.reads.position},
                                          {"target", one.reads.target},
                                          {"versus", one.reads.versus},
                                          {"cell", one.reads.cell}}},
                                        {"parameters", nlohmann::json::array()}};
        for (const OwnParameter& own : one.own)
            entry["parameters"].push_back(
                {{"name", own.name}, {"question", own.question}, {"choices", own.choices}});
        list.push_back(std::move(entry));
    }
    if (as_json) fmt::print("{}\n", list.dump(2));
    return {};
}

/// Reads --against as --text or --ids were read.
Result<std::shared_ptr<const Reading>> read_against(const AnalyseArguments& arguments,
                                                    ReadingRequest request) {
    if (arguments.given("--against-ids")) {
        FOVEA_TRY(const auto ids, parse_ids(arguments.against_ids));
        request.edits = {};
        return read_ids(ids, request, nullptr, interrupted());
    }
    if (!arguments.given("--against")) return std::shared_ptr<const Reading>();
    request.text = arguments.against;
    request.edits = {};
    return read(request, nullptr, interrupted());
}

Outcome run_analyse(const AnalyseArguments& arguments) {
    if (arguments.list && !arguments.name.empty())
        return Outcome::usage("analyse: --list names all of them; it takes no name");
    if (arguments.list) return print_list(arguments.json);
    if (arguments.json) return Outcome::usage("analyse: --json goes with --list");
    if (!arguments.only.empty() && arguments.out.empty())
        return Outcome::usage("analyse: --only goes with --out");
    if (arguments.only.size() > 1 && holds_one(arguments.out))
        return Outcome::usage(fmt::format("analyse: {} holds all or one: give --only one name",
                                          ending_of(arguments.out)));
    if (arguments.name.empty())
        return Outcome::usage("analyse: name an analysis; --list names them");
    const Analysis* analysis = analysis_by_name(arguments.name);
    if (!analysis) {
        std::vector<std::string_view> names;
        for (const Analysis& one : analyses())
            names.push_back(one.name);
        return Outcome::usage(fmt::format("analyse: there is no analysis {}; there are {}",
                                          arguments.name, fmt::join(names, ", ")));
    }
    if (arguments.reading.model.empty()) return Outcome::usage("analyse: --model is required");
    if (arguments.reading.nothing_to_read())
        return Outcome::usage("analyse: --text or --ids is required");
    if (std::string why = refused(arguments, *analysis); !why.empty())
        return Outcome::usage(std::move(why));

    FOVEA_TRY(const ReadingRequest request, arguments.reading.request());
    FOVEA_TRY(Parameters parameters, parameters_of(arguments, *request.model));
    Subjects subjects;
    const bool parts = request.model->model->encoder();
    subjects.part =
        !parts ? Part::self : part_by_name(arguments.reading.part).value_or(Part::cross);
    FOVEA_TRY(subjects.a, arguments.reading.read(request));
    FOVEA_TRY(subjects.b, read_against(arguments, request));

    // In words the answer needs no more than its sketch.
    if (arguments.out.empty() && analysis->sketch)
        parameters.own.emplace(analysis->sketch->parameter, analysis->sketch->value);
    const JobContext context{{}, interrupted()};
    FOVEA_TRY(Findings findings, analyse(*analysis, subjects, parameters, context));
    if (arguments.out.empty()) {
        fmt::print("{}\n", findings.question);
        for (const std::string& sentence : findings.sentences)
            fmt::print("{}\n", sentence);
        return {};
    }
    FindingsExport job;
    job.findings = std::make_shared<const Findings>(std::move(findings));
    job.subjects = subjects;
    job.analysis = analysis;
    job.parameters = parameters;
    job.file = arguments.out;
    if (!holds_one(arguments.out))
        job.arrays = arguments.only;
    else if (!arguments.only.empty())
        job.only = arguments.only.front();
    FOVEA_CHECK(export_findings(job, Progress(), interrupted()));
    if (const std::string note = note_on_left_out(job); !note.empty())
        fmt::print(stderr, "{}\n", note);
    return {};
}

std::function<Outcome()> declare_analyse(CLI::App& app) {
    auto arguments = std::make_shared<AnalyseArguments>();
    const auto keep = [&](const char* name, CLI::Option* option) {
        arguments->options[name] = option;
        return option;
    };
    app.add_option("NAME", arguments->name, "The analysis; --list names them");
    app.add_flag("--list", arguments->list,
                 "Name the analyses with the question that each answers");
    app.add_flag("--json", arguments->json, "With --list, as JSON");
    arguments->reading.declare(app);
    app.get_option("--model")->required(false);
    const auto against =
        keep("--against", app.add_option("--against", arguments->against,
                                         "A sentence of its own to compare with, read as "
                                         "the model is: edits act on the first"))
            ->type_name("STRING");
    keep("--against-ids",
         app.add_option("--against-ids", arguments->against_ids, "The same as token ids: 5,7,9"))
        ->type_name("IDS")
        ->check(checked_by(parse_ids))
        ->excludes(against);
    keep("--position", app.add_option("--position", arguments->position,
                                      "The token after which is predicted, from 0 (the last, or "
                                      "the first mask)"))
        ->type_name("P")
        ->check(checked_by(parse_place));
    const auto target =
        keep("--target", app.add_option("--target", arguments->target,
                                        "The predicted token it is about, with its space: \" "
                                        "Mary\" (the likeliest)"))
            ->type_name("TOKEN");
    keep("--target-id", app.add_option("--target-id", arguments->target_id, "The same as an id"))
        ->type_name("N")
        ->excludes(target);
    const auto versus = keep("--versus", app.add_option("--versus", arguments->versus,
                                                        "A token to hold it against"))
                            ->type_name("TOKEN");
    keep("--versus-id", app.add_option("--versus-id", arguments->versus_id, "The same as an id"))
        ->type_name("N")
        ->excludes(versus);
    keep("--cell",
         app.add_option("--cell", arguments->cell, "The cell of a map: LAYER.HEAD.QUERY.KEY"))
        ->type_name("CELL")
        ->check(checked_by(parse_cell));
    for (const Analysis& one : analyses())
        for (const OwnParameter& own : one.own) {
            const std::string name(own.name);
            if (arguments->own.contains(name)) continue;
            arguments->own[name] = {};
            const std::string option = "--" + name;
            keep(option.c_str(),
                 app.add_option(option, arguments->own[name],
                                fmt::format("Of {}: {} ({})", one.name, own.question,
                                            fmt::join(own.choices, ", "))))
                ->type_name("WORD");
        }
    app.add_option(
           "--out", arguments->out,
           "The file to write; its ending is the format. Without it, the answer in words. "
           "Of .csv each table is a file: NAME.csv, NAME.FINDING.csv, and NAME-metadata.json "
           "beside each; of these only what the same analysis wrote is written over")
        ->type_name("FILE")
        ->check(check_ending);
    app.add_option("--only", arguments->only,
                   "One finding by its name, for .csv and pictures; one array, for .npy; for .npz, "
                   ".safetensors and .json as many arrays as are named: A,B")
        ->type_name("NAME")
        ->delimiter(',')
        ->allow_extra_args(false);
    return [arguments] { return run_analyse(*arguments); };
}

}  // namespace

Subcommand analyse_subcommand() {
    return {"analyse", "Ask why a model attends or predicts as it does", declare_analyse};
}

}  // namespace fovea::app
