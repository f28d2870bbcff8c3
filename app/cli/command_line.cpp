#include "app/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/list.h"
#include "app/cli/subcommand.h"
#include "app/shell/window.h"
#include "app/state/session_file.h"
#include "engine/core/version.h"
#include "engine/io/files.h"

namespace fovea::app {

#define FOVEA_DECLARE(name) Subcommand name##_subcommand();
FOVEA_SUBCOMMANDS(FOVEA_DECLARE)
#undef FOVEA_DECLARE

std::span<const Subcommand> subcommands() {
#define FOVEA_LIST(name) name##_subcommand(),
    static const Subcommand all[] = {FOVEA_SUBCOMMANDS(FOVEA_LIST)};
#undef FOVEA_LIST
    return all;
}

namespace {

/// What opens the window, as typed.
struct WindowArguments {
    std::string model, text, pair, against, edits, session, screenshot, frame_times, size;
    bool light = false, no_special_tokens = false;
    CLI::Option* text_option = nullptr;
    CLI::Option* pair_option = nullptr;
    CLI::Option* against_option = nullptr;
};

/// A PNG under another ending would be taken for what it is not.
std::string check_png_ending(const std::string& file) {
    const std::string ending = ending_of(file);
    if (ending.empty() || ending == ".png") return {};
    return fmt::format("{}: a screenshot is a PNG; end its name in .png", file);
}

void declare_window(CLI::App& app, WindowArguments& arguments) {
    app.add_option("--model", arguments.model, "A model's folder, or the name of an installed one")
        ->type_name("FOLDER_OR_NAME");
    arguments.text_option =
        app.add_option("--text", arguments.text, "The sentence; - reads standard input")
            ->type_name("STRING");
    arguments.pair_option =
        app.add_option("--pair", arguments.pair, "A second sentence, read with the first")
            ->type_name("STRING");
    arguments.against_option = app.add_option("--against", arguments.against,
                                              "A sentence of its own, B, to hold against the first")
                                   ->type_name("STRING");
    app.add_flag("--no-special-tokens", arguments.no_special_tokens,
                 "Without those that the model adds, such as [CLS]");
    app.add_option("--edits", arguments.edits, "Edits to begin with, as JSON")->type_name("FILE");
    app.add_option("--session", arguments.session, "A saved session to open")->type_name("FILE");
    auto* screenshot =
        app.add_option("--screenshot", arguments.screenshot,
                       "Draw the window until the picture is complete, save it as PNG, end")
            ->type_name("FILE")
            ->check(check_png_ending);
    app.add_option("--frame-times", arguments.frame_times,
                   "Write as CSV how long each event waits for its picture")
        ->type_name("FILE")
        ->excludes(screenshot);
    app.add_option("--size", arguments.size, "Of the window, in pixels: 1440x900")
        ->type_name("WIDTHxHEIGHT")
        ->check(checked_by(parse_size));
    app.add_flag("--light", arguments.light, "The light theme");
}

Outcome open_window(const WindowArguments& arguments) {
    WindowOptions options;
    options.light = arguments.light;
    if (!arguments.model.empty()) options.model = arguments.model;
    if (arguments.text_option->count() > 0) {
        FOVEA_TRY(options.text, text_or_standard_input(arguments.text));
    }
    if (arguments.pair_option->count() > 0) options.pair = arguments.pair;
    if (arguments.against_option->count() > 0) options.against = arguments.against;
    options.no_special_tokens = arguments.no_special_tokens;
    if (!arguments.edits.empty()) {
        FOVEA_TRY(options.edits, read_edits_file(arguments.edits));
    }
    if (!arguments.session.empty()) {
        FOVEA_TRY(options.session, load_session(arguments.session));
    }
    if (!arguments.screenshot.empty()) options.screenshot = arguments.screenshot;
    if (!arguments.frame_times.empty()) options.frame_times = arguments.frame_times;
    if (!arguments.size.empty()) {
        FOVEA_TRY(const auto size, parse_size(arguments.size));
        options.width = size.first;
        options.height = size.second;
    }
    return run_window(options);
}

/// One sentence on one line, whatever the error was made of.
int report(const Outcome& outcome) {
    if (outcome.status == 0) return 0;
    std::string sentence = outcome.message;
    for (char& byte : sentence)
        if (byte == '\n' || byte == '\r') byte = ' ';
    while (!sentence.empty() && sentence.back() == ' ')
        sentence.pop_back();
    std::fprintf(stderr, "fovea: %s\n", sentence.c_str());
    return outcome.status;
}

Outcome parse_and_run(int argc, char** argv) {
    CLI::App app("An attention microscope: every head of a transformer, live, as you type.",
                 "fovea");
    app.set_version_flag("--version", std::string("fovea ") + version);
    app.require_subcommand(0, 1);
    WindowArguments window;
    declare_window(app, window);

    std::function<Outcome()> chosen = [&] { return open_window(window); };
    for (const Subcommand& subcommand : subcommands()) {
        CLI::App* child = app.add_subcommand(subcommand.name, subcommand.description);
        child->callback([run = subcommand.declare(*child), &chosen] { chosen = run; });
    }

    // After the subcommands, which would inherit it.
    app.footer("Without a subcommand the window opens. `fovea SUBCOMMAND --help` says more.");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // --help and --version come this way too, with status 0.
        if (error.get_exit_code() == 0) {
            app.exit(error);
            return {};
        }
        return Outcome::usage(error.what());
    }
    const bool with_window_options =
        !app.get_subcommands().empty() &&
        app.count_all() > app.get_subcommands().front()->count_all() + 1;
    if (with_window_options)
        return Outcome::usage("options of a subcommand stand after its name: fovea " +
                              app.get_subcommands().front()->get_name() + " …");
    return chosen();
}

}  // namespace

int run_command_line(int argc, char** argv) {
    try {
        const Outcome outcome = parse_and_run(argc, argv);
        // A full disk or a closed pipe shows when the last bytes leave.
        if (outcome.status == 0 && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0))
            return report(fail("standard output cannot be written"));
        return report(outcome);
    } catch (const std::bad_alloc&) {
        return report(fail("not enough memory"));
    } catch (const std::exception& error) {
        return report(fail("{}", error.what()));
    }
}

}  // namespace fovea::app
