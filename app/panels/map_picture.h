#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/maps/map_cache.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// What the difference view compares.
struct Comparison {
    HeadId other;             ///< the head that is subtracted
    bool with_edits = false;  ///< the same head, with its edits less without them
};

/// With edits: the chosen head with them less without. Else the chosen head less the first of
/// those added to it (Ctrl+click in the grid). Nullopt where there is neither.
std::optional<Comparison> comparison(const Frame& frame);

/// The whole map of the chosen head, or the difference in view. Nullopt where there is nothing.
std::optional<MapPicture> map_picture(const Frame& frame, bool difference);

/// What the map or the difference view shows, as numbers; hidden cells are 0 in weights and
/// -infinity in logits. Null where there is nothing, or the map is too large to be text.
std::shared_ptr<const Tensor> whole_matrix(const Frame& frame);

}  // namespace fovea::app
