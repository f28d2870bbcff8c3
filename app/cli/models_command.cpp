#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/subcommand.h"
#include "app/shell/model_choices.h"
#include "app/ui/units.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"

namespace fovea::app {

namespace {

using Json = nlohmann::ordered_json;

struct ModelsArguments {
    bool json = false;
    std::string add, forget;
};

/// Lines of cells, each column as wide as its widest cell but the last.
class Table {
  public:
    static constexpr size_t columns = 7;
    using Line = std::array<std::string, columns>;

    void add(Line line) {
        for (size_t i = 0; i + 1 < columns; ++i)
            widths_[i] = std::max(widths_[i], line[i].size());
        lines_.push_back(std::move(line));
    }
    void print() const {
        for (const Line& line : lines_) {
            std::string text;
            for (size_t i = 0; i + 1 < columns; ++i) {
                const bool number = i == 3 || i == 4;
                text += number ? fmt::format("{:>{}}  ", line[i], widths_[i])
                               : fmt::format("{:<{}}  ", line[i], widths_[i]);
            }
            text += line.back();
            fmt::print("{}\n", text.substr(0, text.find_last_not_of(' ') + 1));
        }
    }

  private:
    std::array<size_t, columns> widths_ = {};
    std::vector<Line> lines_;
};

/// A found name or reason may hold whatever a stranger's file says.
std::string one_line(std::string text) {
    for (char& byte : text)
        if (static_cast<unsigned char>(byte) < ' ' || byte == 127) byte = ' ';
    return text;
}

void print_found(const Discovery& discovery) {
    if (discovery.models.empty()) {
        fmt::print("No models on this machine.\n");
        return;
    }
    Table table;
    table.add({"name", "source", "architecture", "size", "context", "can be asked", "opens"});
    for (const FoundModel& model : discovery.models)
        table.add({one_line(model.name), std::string(source_label(model.source)),
                   one_line(model.architecture), model.size > 0 ? bytes_text(model.size) : "",
                   model.context > 0 ? grouped(static_cast<std::uint64_t>(model.context)) : "",
                   model.ability ? asked_of(*model.ability) : "",
                   model.can_open ? "yes" : "no: " + one_line(model.why_not)});
    table.print();
}

void print_catalogue(const std::vector<CatalogueEntry>& entries) {
    size_t name_width = 0, licence_width = 0;
    for (const CatalogueEntry& entry : entries) {
        if (installed(entry)) continue;
        name_width = std::max(name_width, entry.name.size());
        licence_width = std::max(licence_width, entry.licence.size());
    }
    if (name_width == 0) return;
    fmt::print(
        "\nTo fetch with `fovea get NAME`, or any other of the Hugging Face Hub with "
        "`fovea get OWNER/NAME`:\n");
    for (const CatalogueEntry& entry : entries) {
        if (installed(entry)) continue;
        const std::string size = entry.asks_the_hub() ? "" : bytes_text(entry.total_size());
        fmt::print("{:<{}}  {:>8}  {:<{}}  {}; {}{}\n", entry.name, name_width, size, entry.licence,
                   licence_width, asked_of(entry.ability), entry.description,
                   entry.is_default ? " (default)" : "");
    }
}

void print_json(const Discovery& discovery, const std::vector<CatalogueEntry>& entries) {
    Json models = Json::array(), catalogue = Json::array();
    for (const FoundModel& model : discovery.models)
        models.push_back({{"name", model.name},
                          {"path", model.path.string()},
                          {"source", source_key(model.source)},
                          {"architecture", model.architecture},
                          {"size", model.size},
                          {"context", model.context},
                          {"ability", model.ability ? Json(ability_key(*model.ability)) : Json()},
                          {"can_open", model.can_open},
                          {"why_not", model.why_not}});
    for (const CatalogueEntry& entry : entries)
        catalogue.push_back({{"name", entry.name},
                             {"description", entry.description},
                             {"architecture", entry.architecture},
                             {"ability", ability_key(entry.ability)},
                             {"licence", entry.licence},
                             // Only the Hub knows that of its own.
                             {"size", entry.asks_the_hub() ? Json() : Json(entry.total_size())},
                             {"installed", installed(entry).has_value()}});
    const Json all = {{"models", models}, {"catalogue", catalogue}, {"remarks", discovery.remarks}};
    fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
}

Outcome run_models(const ModelsArguments& arguments) {
    if (!arguments.add.empty()) return remember_folder(arguments.add);
    if (!arguments.forget.empty()) return forget_folder(arguments.forget);
    FOVEA_TRY(const std::vector<CatalogueEntry> entries, catalogue());
    const Discovery discovery = discover_models();
    if (arguments.json) {
        print_json(discovery, entries);
        return {};
    }
    print_found(discovery);
    for (const std::string& remark : discovery.remarks)
        fmt::print("{}\n", one_line(remark));
    print_catalogue(entries);
    return {};
}

std::function<Outcome()> declare_models(CLI::App& app) {
    auto arguments = std::make_shared<ModelsArguments>();
    app.add_flag("--json", arguments->json, "Print one JSON object, with paths");
    app.add_option("--add", arguments->add, "Look for models in this folder too, from now on")
        ->type_name("FOLDER");
    app.add_option("--forget", arguments->forget, "No longer")->type_name("FOLDER");
    app.footer("Listed are those of `fovea get` (in " + models_folder().string() +
               "), of the Hugging Face cache, of Ollama and LM Studio, of the folders in "
               "$FOVEA_MODELS (a list between colons) and of those added with --add. --model "
               "takes every name.");
    return [arguments] { return run_models(*arguments); };
}

}  // namespace

Subcommand models_subcommand() {
    return {"models", "List the models on this machine and those to fetch", declare_models};
}

}  // namespace fovea::app
