#pragma once

#include <string>
#include <vector>

#include "app/state/session_file.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {

/// What a start shows where nothing was asked for and nothing is remembered.
struct FirstStart {
    std::string model;   ///< empty: the catalogue has no default
    std::string usual;   ///< the catalogue's default, which is `model` where it is installed
    std::string text;    ///< of its example
    HeadId head;         ///< the one that shows what the example is about
    std::string remark;  ///< why it is not the default; empty: it is
};

/// The catalogue's default model with its example. Where that is not on this machine but another of
/// the catalogue is, as in an installation older than the default, the first of those.
FirstStart first_start(const std::vector<CatalogueEntry>& catalogue);

/// Said once to whoever comes back with another model: what a first start shows now. Empty: they
/// know, or have it.
std::string news_of_default(const std::vector<CatalogueEntry>& catalogue, const Session& last);

}  // namespace fovea::app
