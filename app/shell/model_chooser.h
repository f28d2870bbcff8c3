#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "app/shell/model_choices.h"
#include "app/shell/model_loader.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

class Application;

/// What the open menu of models shows. The machine is looked through each time it opens, away from
/// the UI thread; until that is done it shows what was found the last time.
struct ModelMenu {
    std::vector<ModelChoice> choices;
    ModelLoader::Found found;
    std::string path;             ///< being typed
    std::string remark;           ///< below the path: what became of it
    bool wants_keyboard = false;  ///< the path's field takes the keys in the next frame
    int highlighted = -1;         ///< Enter takes it; -1: the path
    bool fetching = false;        ///< in the last frame
    bool close_wanted = false;    ///< what was typed is being loaded
    /// Shows the terms of this model, which are to be accepted before it is fetched.
    std::optional<CatalogueEntry> terms_of;
};

/// The button in the bar that names the model; returns its width in pixels.
float draw_model_button(Application& application, Frame& frame);

/// The menu that it opens: the models on this machine, those to fetch, any folder by its path.
void draw_model_chooser(Application& application, Frame& frame);

}  // namespace fovea::app
