#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"
#include "engine/jobs/scheduler.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Loads, fetches and finds models away from the UI thread; the newest wish wins. Every function
/// returns at once; `wake` is called from the loader's threads when there is news.
class ModelLoader {
  public:
    ModelLoader(Scheduler& jobs, std::function<void()> wake);
    ~ModelLoader();  ///< cancels downloads and searches; waits for a load that runs
    ModelLoader(const ModelLoader&) = delete;

    /// What became of a wish.
    struct Outcome {
        std::string asked;
        std::shared_ptr<const LoadedModel> model;  ///< null where there was an error
        std::string error;
    };

    void load(std::string folder_or_name);
    /// A wish is waiting, at work, or done and not yet taken.
    bool loading() const;
    /// The newest outcome not yet taken.
    std::optional<Outcome> take();

    /// Fetches a model of the catalogue, then loads it. One at a time.
    void fetch(const CatalogueEntry& entry);
    void cancel_fetch();
    struct Fetching {
        std::string name;
        std::string what;
        double share = 0;  ///< 0 to 1
    };
    std::optional<Fetching> fetching() const;
    /// The download that failed last and why; until it is tried again or put away.
    struct FetchFailure {
        std::string name;
        std::string error;
    };
    std::optional<FetchFailure> fetch_failure() const;
    void dismiss_fetch_failure();

    /// What a path that was typed is: a model to load, or a folder of models, which is looked
    /// through from now on.
    void look_at(std::string path);
    struct PathVerdict {
        std::string model;   ///< to be loaded; empty: none
        std::string remark;  ///< on a folder of models
    };
    std::optional<PathVerdict> take_verdict();

    /// Looks for models on this machine; a search that runs is given up.
    void discover();
    /// What the newest search has found, once.
    struct Found {
        Discovery discovery;
        std::vector<CatalogueEntry> to_fetch;  ///< of the catalogue, what is not installed
    };
    std::optional<Found> take_discovery();
    /// Whether a download or a search has come on since the last call.
    bool take_news();

  private:
    void run(std::stop_token stop);

    Scheduler& jobs_;
    std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<std::string> wanted_;
    bool loading_ = false;
    std::optional<Outcome> outcome_;
    std::optional<Fetching> fetching_;
    std::optional<FetchFailure> fetch_failure_;
    CancelToken fetch_cancel_;
    std::jthread fetcher_;
    std::optional<Found> discovery_;
    bool news_ = false;
    CancelToken discovery_cancel_;
    std::jthread finder_;
    JobTicket<PathVerdict> verdict_;
    std::jthread loader_;  // last: it uses all the others
};

}  // namespace fovea::app
