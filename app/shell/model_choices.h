#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"

namespace fovea::app {

/// A line of the menu of models.
struct ModelChoice {
    std::string asked;  ///< for load
    std::string title;
    std::string detail;  ///< what is known of it, or why it cannot be opened
    bool can_open = true;
    std::optional<CatalogueEntry> to_fetch = {};
    std::optional<Ability> ability = {};  ///< what it can be asked, where that is known
};

/// "language model: next token, logit lens": with the analyses that a language head answers.
std::string asked_of(Ability ability);
/// The questions of all analyses that such a model answers, a line each.
std::string questions_of(Ability ability);

/// First the models on this machine, then those of the catalogue, which are to be fetched.
std::vector<ModelChoice> model_choices(const Discovery& discovery,
                                       const std::vector<CatalogueEntry>& to_fetch);

}  // namespace fovea::app
