#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"
#include "engine/jobs/scheduler.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Loads, fetches and finds models in the background; the newest wish wins. UI thread only; every
/// function returns at once.
class ModelLoader {
  public:
    explicit ModelLoader(Scheduler& jobs) : jobs_(jobs) {}
    ~ModelLoader();  ///< cancels downloads and searches
    ModelLoader(const ModelLoader&) = delete;

    /// Once a frame: a download that has ended is loaded, or its failure said. True where there is
    /// something new to be taken.
    bool poll();

    /// What became of a wish.
    struct Outcome {
        std::string asked;
        std::shared_ptr<const LoadedModel> model;  ///< null where there was an error
        std::string error;
    };

    void load(std::string folder_or_name);
    /// A wish is waiting, at work, or done and not yet taken.
    bool loading() const { return loading_.busy() || outcome_; }
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
    const std::optional<FetchFailure>& fetch_failure() const { return fetch_failure_; }
    void dismiss_fetch_failure() { fetch_failure_.reset(); }

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

  private:
    void take_fetched();

    Scheduler& jobs_;
    std::string asked_;
    JobTicket<std::shared_ptr<const LoadedModel>> loading_;
    std::optional<Outcome> outcome_;  // of a download that failed
    std::string fetched_name_;
    JobTicket<std::filesystem::path> fetch_;
    std::optional<FetchFailure> fetch_failure_;
    JobTicket<Found> discovery_;
    JobTicket<PathVerdict> verdict_;
};

}  // namespace fovea::app
