#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/findings.h"
#include "engine/figure/scene.h"

namespace fovea {

/// What is under a place of the scene.
std::optional<SceneElement> element_at(const Scene& scene, double x, double y);

/// What an element stands for: one thing, or two (a square that has none of its own stands for
/// those of its row and its column); monostate where there is none.
std::array<Referent, 2> referents_of(const Findings& findings, const SceneElement& element);

/// Pointing at one lights up the other: it is the same, or it is part of what the pointed one
/// names (a cell: its head, its query's and its key's token; a state: its token).
bool lights_up(const Referent& pointed, const Referent& other);

/// Where elements stand that light up: their outlines. Of a matrix whose squares have no referents
/// of their own these are whole rows and columns; of those that have, only squares that stand for
/// the same, and none of the finding `except`, in which the pointer is.
std::vector<SceneBox> boxes_of(const Scene& scene, const Findings& findings,
                               const Referent& pointed, std::optional<Index> except = std::nullopt);
/// Where an element stands; nullopt: it is not in this scene.
std::optional<SceneBox> box_of(const Scene& scene, const SceneElement& element);

/// What a tooltip says of it: "after layer 23 · “to”: the, 0.627". One line; "" where nothing is
/// to be said.
std::string describe(const Findings& findings, const SceneElement& element);

}  // namespace fovea
