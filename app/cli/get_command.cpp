#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/subcommand.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

namespace {

/// One line that is written over and over, on a terminal only; gone when the work is done.
class ProgressLine {
  public:
    ~ProgressLine() {
        if (!shown_.empty()) std::fputs("\r\x1b[K", stderr);
    }
    void show(std::string_view what, double share) {
        if (!terminal_) return;
        constexpr int width = 24;
        const double part = std::clamp(share, 0.0, 1.0);
        const int filled = static_cast<int>(part * width);
        const std::string line = fmt::format("{:#>{}}{:.>{}} {:3.0f}%  {}", "", filled, "",
                                             width - filled, part * 100, what);
        if (line == shown_) return;
        shown_ = line;
        std::fputs(("\r\x1b[K" + line).c_str(), stderr);
        std::fflush(stderr);
    }

  private:
    bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    std::string shown_;
};

struct GetArguments {
    std::string name;
    bool accept_licence = false;
};

Outcome run_get(const GetArguments& arguments) {
    FOVEA_TRY(const CatalogueEntry entry, entry_to_fetch(arguments.name));
    if (installed(entry)) return {};
    if (entry.terms && !arguments.accept_licence)
        return fail("{} comes under the {}: {} Read them at {}; --accept-licence fetches it",
                    entry.name, entry.terms->name, entry.terms->text, entry.terms->url);
    ProgressLine line;
    const auto progress = [&](std::string_view what, double share) { line.show(what, share); };
    const auto folder = fetch(entry, progress, interrupted());
    if (!folder) return folder.error();
    return {};
}

std::function<Outcome()> declare_get(CLI::App& app) {
    auto arguments = std::make_shared<GetArguments>();
    app.add_option("NAME", arguments->name,
                   "As `fovea models` lists it, or owner/name of the Hugging Face Hub "
                   "(owner/name/file.gguf, owner/name@revision)")
        ->required();
    app.add_flag("--accept-licence", arguments->accept_licence,
                 "Agree to the terms that some models come under");
    app.footer(
        "$HF_ENDPOINT is another address of the Hub; $HF_TOKEN is the access token of an "
        "account there, for models with terms to accept.");
    return [arguments] { return run_get(*arguments); };
}

}  // namespace

Subcommand get_subcommand() {
    return {"get", "Fetch a model of the catalogue or of the Hugging Face Hub", declare_get};
}

}  // namespace fovea::app
