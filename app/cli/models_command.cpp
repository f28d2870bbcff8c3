#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "app/cli/subcommand.h"
#include "app/cli/units.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

namespace {

Outcome run_models() {
    FOVEA_TRY(const std::vector<CatalogueEntry> entries, catalogue());
    size_t width = 4;
    for (const CatalogueEntry& entry : entries)
        width = std::max(width, entry.name.size());

    std::vector<std::filesystem::path> listed;
    for (const CatalogueEntry& entry : entries) {
        const auto folder = installed(entry);
        if (folder) listed.push_back(*folder);
        fmt::print("{:<{}}  {:<13}  {:>9}  {:<10}  {}{}\n", entry.name, width,
                   folder ? "installed" : "not installed", bytes_text(entry.total_size()),
                   entry.licence, entry.description, entry.is_default ? " (default)" : "");
    }
    for (const std::filesystem::path& folder : installed_folders()) {
        if (std::find(listed.begin(), listed.end(), folder) != listed.end()) continue;
        fmt::print("{:<{}}  {:<13}  {:>9}  {:<10}  {}\n", folder.filename().string(), width,
                   "installed", "", "", folder.string());
    }
    return {};
}

std::function<Outcome()> declare(CLI::App& app) {
    app.footer("Models live in " + models_folder().string() + "; `fovea get NAME` fetches one.");
    return run_models;
}

}  // namespace

Subcommand models_subcommand() {
    return {"models", "List the catalogue and what is installed", declare};
}

}  // namespace fovea::app
