#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

class Application;

/// What the open menu of models shows; read from disk when it opens.
struct ModelMenu {
    /// A line of the menu.
    struct Choice {
        std::string asked;  ///< for load
        std::string title;
        std::string detail;
        std::optional<CatalogueEntry> to_fetch;
    };
    std::vector<Choice> choices;
    std::string path;  ///< being typed
    int highlighted = -1;
    bool fetching = false;  ///< in the last frame
};

/// The button in the bar that names the model; returns its width in pixels.
float draw_model_button(Application& application, Frame& frame);

/// The menu that it opens: the catalogue, other installed models, any folder by its path.
void draw_model_chooser(Application& application, Frame& frame);

}  // namespace fovea::app
