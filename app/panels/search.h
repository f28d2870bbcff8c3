#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/panels/map_geometry.h"
#include "app/panels/panel.h"

/// Looking for words in the text, and going to a token. What is looked for is in view.search.
namespace fovea::app {

/// Where the words that are looked for stand, in all sentences that the strip shows.
struct Occurrences {
    std::vector<TokenRange> source, target;  // sorted
    Index count() const { return static_cast<Index>(source.size() + target.size()); }
    std::span<const TokenRange> of(Sentence sentence) const {
        return sentence == Sentence::target ? target : source;
    }
    /// Those of the source, then those of the target.
    const TokenRange& at(Index occurrence) const;
    /// The first one at or behind a token of a sentence, else the very first. There is one.
    Index from(Sentence sentence, Index token) const;
};

/// Remembered until the reading or the words change. Nowhere while no words are looked for. UI
/// thread only.
const Occurrences& occurrences(const Frame& frame);

/// Whether a token is part of what was found; `ranges` of its sentence.
bool is_found(std::span<const TokenRange> ranges, Index token);

/// Whether a token is part of what was last gone to.
bool is_sought(const ViewState& view, Sentence sentence, Index token);

/// Goes to tokens of a sentence: the map, the strip and the lines scroll to them; a query is
/// chosen.
void go_to(Frame& frame, const TokenRange& tokens);

/// Goes to an occurrence by its number, counted around.
void go_to_occurrence(Frame& frame, Index occurrence);

/// What was looked for is not marked any more.
void close_search(ViewState& view);

/// The entry for words, or for a token's number, or the links that open it, in the row of a heading
/// from its corner on. Returns where it ends. Takes the steps that keys asked for.
float search_row(Frame& frame, ImVec2 corner);

/// A token's number as typed: nullopt where it is none, or there are not so many tokens.
std::optional<Index> typed_token(std::string_view number, Index tokens);

/// True in the one frame in which what scrolls shall show what was last gone to. `id` tells those
/// who ask apart; the current ImGui window remembers.
bool shall_follow(const Frame& frame, const char* id);

/// Marks what was found along the left and the upper edge of a map, `out` pixels outside of it.
void draw_axis_marks(Frame& frame, const MapWindow& window, float out);

}  // namespace fovea::app
