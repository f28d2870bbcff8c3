#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "engine/core/index.h"
#include "engine/edit/edits.h"

/// How heads are spoken of: in panels, captions, names of files and messages.
namespace fovea {

struct HeadId {
    Index layer = 0;
    Index head = 0;
    auto operator<=>(const HeadId&) const = default;
};

/// "layer 2"
std::string layer_name(Index layer);
/// "layer 2 head 5", within a sentence.
std::string head_name(HeadId id);
/// "Layer 2 · Head 5", over a picture.
std::string head_title(HeadId id);
/// "L2 head 5", where there is little room.
std::string short_head_name(HeadId id);

/// "layer 2 head 5", "layer 2", "head 5 of every layer"; in front of it the part that an edit
/// names: "cross layer 2 head 5", "every cross head". `everywhere` where it names nothing.
std::string scope_name(const Scope& scope, std::string_view everywhere = "everywhere");

}  // namespace fovea
