#include "app/shell/model_loader.h"

#include <utility>

#include "engine/session/open_model.h"

namespace fovea::app {
namespace {

std::vector<CatalogueEntry> not_installed() {
    auto entries = catalogue();
    if (!entries) return {};
    std::erase_if(*entries,
                  [](const CatalogueEntry& entry) { return installed(entry).has_value(); });
    return *std::move(entries);
}

/// A folder that is no model itself is one to look for models in, from now on.
bool is_folder_of_models(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return false;
    const auto inside = resolve_model(path);
    return !inside || (std::filesystem::is_directory(*inside, ignored) &&
                       !std::filesystem::exists(*inside / "config.json", ignored));
}

ModelLoader::PathVerdict verdict_on(const std::string& path) {
    if (!is_folder_of_models(path)) return {path, {}};
    const Status remembered = remember_folder(path);
    return {{}, remembered ? "That folder is looked through from now on" : remembered.message()};
}

}  // namespace

void ModelLoader::look_at(std::string path) {
    const JobSpec spec{.lane = Lane::disk,
                       .tag = "path",
                       .doing = "this folder",
                       .earlier = JobSpec::Earlier::finished};
    verdict_ = jobs_.submit(spec, [path = std::move(path)] { return verdict_on(path); });
}

std::optional<ModelLoader::PathVerdict> ModelLoader::take_verdict() {
    auto verdict = verdict_.take();
    if (!verdict) return std::nullopt;
    if (!*verdict) return PathVerdict{{}, verdict->message()};
    return **std::move(verdict);
}

ModelLoader::~ModelLoader() {
    fetch_.cancel();
    discovery_.cancel();
}

bool ModelLoader::poll() {
    const bool fetched = fetch_.ready();
    take_fetched();
    return fetched || verdict_.ready();
}

void ModelLoader::load(std::string folder_or_name) {
    asked_ = folder_or_name;
    outcome_.reset();
    loading_ = jobs_.submit({.lane = Lane::opening, .tag = "model", .doing = asked_},
                            [asked = std::move(folder_or_name)] { return open_model(asked); });
}

std::optional<ModelLoader::Outcome> ModelLoader::take() {
    if (outcome_) return std::exchange(outcome_, std::nullopt);
    auto model = loading_.take();
    if (!model) return std::nullopt;
    if (!*model) return Outcome{asked_, nullptr, model->message()};
    return Outcome{asked_, **std::move(model), ""};
}

void ModelLoader::fetch(const CatalogueEntry& entry) {
    if (fetch_.busy()) return;
    fetched_name_ = entry.name;
    fetch_failure_.reset();
    fetch_ = jobs_.submit({.lane = Lane::downloading, .tag = "model", .doing = entry.name},
                          [entry](const JobContext& context) {
                              return fovea::fetch(entry, context.progress, context.cancel);
                          });
    take_fetched();
}

void ModelLoader::take_fetched() {
    const auto folder = fetch_.take();
    if (!folder) return;
    if (*folder) return load(fetched_name_);
    outcome_ = Outcome{fetched_name_, nullptr, folder->message()};
    fetch_failure_ = FetchFailure{fetched_name_, folder->message()};
}

void ModelLoader::cancel_fetch() {
    fetch_.cancel();
    fetch_ = {};
}

std::optional<ModelLoader::Fetching> ModelLoader::fetching() const {
    if (!fetch_.busy()) return std::nullopt;
    const JobProgress progress = fetch_.progress().value_or(JobProgress());
    return Fetching{fetched_name_, progress.what.empty() ? "starting" : progress.what,
                    progress.share};
}

void ModelLoader::discover() {
    discovery_.cancel();
    const JobSpec spec{.lane = Lane::searching, .tag = "models", .doing = "the list of models"};
    discovery_ = jobs_.submit(spec, [](const JobContext& context) -> Result<Found> {
        Found found{discover_models(ModelPlaces::of_this_machine(), context.cancel),
                    not_installed()};
        if (context.cancel.cancelled()) return Error{std::string(cancelled_message)};
        return found;
    });
}

std::optional<ModelLoader::Found> ModelLoader::take_discovery() {
    auto found = discovery_.take();
    if (!found) return std::nullopt;
    if (*found) return **std::move(found);
    Found none;
    none.discovery.remarks.push_back(found->message());
    return none;
}

}  // namespace fovea::app
