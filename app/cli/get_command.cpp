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

Outcome run_get(const std::string& name) {
    FOVEA_TRY(const std::vector<CatalogueEntry> entries, catalogue());
    const auto entry = std::find_if(entries.begin(), entries.end(),
                                    [&](const CatalogueEntry& e) { return e.name == name; });
    if (entry == entries.end()) {
        std::vector<std::string> names;
        for (const CatalogueEntry& each : entries)
            names.push_back(each.name);
        return fail("{}: not in the catalogue, which has {}", name, fmt::join(names, ", "));
    }
    if (installed(*entry)) return {};
    ProgressLine line;
    const auto progress = [&](std::string_view what, double share) { line.show(what, share); };
    const auto folder = fetch(*entry, progress, interrupted());
    if (!folder) return folder.error();
    return {};
}

std::function<Outcome()> declare(CLI::App& app) {
    auto name = std::make_shared<std::string>();
    app.add_option("NAME", *name, "As `fovea models` lists it")->required();
    return [name] { return run_get(*name); };
}

}  // namespace

Subcommand get_subcommand() {
    return {"get", "Fetch a model of the catalogue", declare};
}

}  // namespace fovea::app
