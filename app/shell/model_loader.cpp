#include "app/shell/model_loader.h"

#include <utility>

#include "engine/core/out_of_memory.h"
#include "engine/core/start_thread.h"
#include "engine/session/open_model.h"

namespace fovea::app {
namespace {

ModelLoader::Outcome load_asked(std::string asked) {
    auto model = or_out_of_memory(asked, [&] { return open_model(asked); });
    if (!model) return {std::move(asked), nullptr, model.message()};
    return {std::move(asked), *std::move(model), ""};
}

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

ModelLoader::ModelLoader(Scheduler& jobs, std::function<void()> wake)
    : jobs_(jobs),
      wake_(std::move(wake)),
      loader_([this](std::stop_token stop) { run(std::move(stop)); }) {}

ModelLoader::~ModelLoader() {
    cancel_fetch();
    discovery_cancel_.cancel();
    if (fetcher_.joinable()) fetcher_.join();
    if (finder_.joinable()) finder_.join();
}

void ModelLoader::run(std::stop_token stop) {
    while (true) {
        std::string asked;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [this] { return wanted_.has_value(); })) return;
            asked = *std::exchange(wanted_, std::nullopt);
            loading_ = true;
        }
        Outcome outcome = load_asked(std::move(asked));
        {
            const std::lock_guard lock(mutex_);
            loading_ = false;
            if (!wanted_) outcome_ = std::move(outcome);
        }
        wake_();
    }
}

void ModelLoader::load(std::string folder_or_name) {
    const std::lock_guard lock(mutex_);
    wanted_ = std::move(folder_or_name);
    outcome_.reset();
    changed_.notify_one();
}

bool ModelLoader::loading() const {
    const std::lock_guard lock(mutex_);
    return loading_ || wanted_ ||
           outcome_;  // until it is taken the picture is not the one asked for
}

std::optional<ModelLoader::Outcome> ModelLoader::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(outcome_, std::nullopt);
}

void ModelLoader::fetch(const CatalogueEntry& entry) {
    if (fetching()) return;
    if (fetcher_.joinable()) fetcher_.join();
    fetch_cancel_ = CancelToken();
    {
        const std::lock_guard lock(mutex_);
        fetching_ = Fetching{entry.name, "starting", 0};
        fetch_failure_.reset();
    }
    const auto failed = [this, name = entry.name](const std::string& why) {
        outcome_ = Outcome{name, nullptr, why};
        fetch_failure_ = FetchFailure{name, why};
    };
    const Status started = start_thread(fetcher_, [this, entry, failed, cancel = fetch_cancel_] {
        const auto progress = [this](std::string_view what, double share) {
            bool news = false;
            {
                const std::lock_guard lock(mutex_);
                // A frame for each kilobyte would be more work than the download.
                news = share - fetching_->share >= 0.005 || fetching_->what != what;
                news_ = news_ || news;
                if (news) fetching_ = Fetching{fetching_->name, std::string(what), share};
            }
            if (news) wake_();
        };
        const auto folder =
            or_out_of_memory(entry.name, [&] { return fovea::fetch(entry, progress, cancel); });
        {
            const std::lock_guard lock(mutex_);
            fetching_.reset();
            news_ = true;
            if (!folder && folder.message() != cancelled_message) failed(folder.message());
        }
        if (folder) load(entry.name);
        wake_();
    });
    if (started) return;
    const std::lock_guard lock(mutex_);
    fetching_.reset();
    news_ = true;
    failed(started.message());
}

void ModelLoader::cancel_fetch() {
    fetch_cancel_.cancel();
}

std::optional<ModelLoader::Fetching> ModelLoader::fetching() const {
    const std::lock_guard lock(mutex_);
    return fetching_;
}

std::optional<ModelLoader::FetchFailure> ModelLoader::fetch_failure() const {
    const std::lock_guard lock(mutex_);
    return fetch_failure_;
}

void ModelLoader::dismiss_fetch_failure() {
    const std::lock_guard lock(mutex_);
    fetch_failure_.reset();
}

void ModelLoader::discover() {
    discovery_cancel_.cancel();
    discovery_cancel_ = CancelToken();
    // The one before it ends at its next folder, and its result is not taken.
    const auto before = std::make_shared<std::jthread>(std::move(finder_));
    const Status started = start_thread(finder_, [this, before, cancel = discovery_cancel_] {
        if (before->joinable()) before->join();
        auto found = or_out_of_memory("the list of models", [&]() -> Result<Found> {
            return Found{discover_models(ModelPlaces::of_this_machine(), cancel), not_installed()};
        });
        if (cancel.cancelled()) return;
        {
            const std::lock_guard lock(mutex_);
            if (found)
                discovery_ = *std::move(found);
            else
                discovery_.emplace().discovery.remarks.push_back(found.message());
            news_ = true;
        }
        wake_();
    });
    if (started) return;
    const std::lock_guard lock(mutex_);
    discovery_.emplace().discovery.remarks.push_back(started.message());
    news_ = true;
}

bool ModelLoader::take_news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, false);
}

std::optional<ModelLoader::Found> ModelLoader::take_discovery() {
    const std::lock_guard lock(mutex_);
    return std::exchange(discovery_, std::nullopt);
}

}  // namespace fovea::app
