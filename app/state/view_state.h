#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/edit/head_names.h"
#include "engine/edit/part.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

enum class ColourMap { viridis, magma, cividis, greys };
enum class ColourRange { unit, fitted };  ///< 0..1, or the smallest to the largest value
enum class PaintTool { none, paint, erase, row, column };

/// What an encoder-decoder reads, and what its decoder does. Elsewhere all is source.
enum class Sentence { source, target };

/// Tokens [first, last] of a sentence.
struct TokenRange {
    Sentence sentence = Sentence::source;
    Index first = 0, last = 0;
    bool operator==(const TokenRange&) const = default;
};

/// Stands for how much the edits changed a head where a metric's name may stand.
inline constexpr const char* change_metric = "change";

/// An entry of the vocabulary that stays at the top of the next-token table. Of another model it is
/// the entry that is spelled alike, where there is one.
struct PinnedToken {
    std::int32_t id = 0;
    std::string spelling;  ///< the vocabulary's; empty where it has none
    bool operator==(const PinnedToken&) const = default;
};

/// What a person looks at and how; nothing that changes a result. Serialises into the state file.
struct ViewState {
    /// The part of an encoder-decoder that all panels look at; of no meaning for a single stack.
    Part part = Part::cross;
    HeadId selected;
    std::optional<Index> selected_query;  ///< token chosen by click or key; predictions follow it
    /// A cell of the map that was clicked: what is said of a cell is said of this one while none is
    /// pointed at.
    struct Pin {
        Index query = 0, key = 0;
        bool operator==(const Pin&) const = default;
    };
    std::optional<Pin> pinned;
    std::vector<HeadId> line_heads;  ///< heads drawn in the lines view beside the selected one

    std::string middle = "map";     ///< the view in the middle, by its name
    std::string analysis = "cell";  ///< that the view of explanations shows, by its name
    /// What was asked before the last clicks within an explanation: the way back. Never saved.
    struct Asked {
        std::string analysis;
        HeadId head;
        std::optional<Pin> pinned;
        std::optional<Index> query;
        bool operator==(const Asked&) const = default;
    };
    std::vector<Asked> trail;
    Quantity quantity = Quantity::weights;
    Pooling pooling = Pooling::largest;  ///< where a pixel stands for several cells
    ColourMap colour_map = ColourMap::viridis;
    ColourRange colour_range = ColourRange::unit;
    bool logarithmic = false;
    /// What sorts the heads and what frames them: a metric by its name in files, `change_metric`,
    /// or empty: by layer; no frames.
    std::string sort_metric, frame_metric;
    bool sort_descending = false;
    bool show_change = false;  ///< the heads are tinted by how much the edits changed them
    std::string entropy_metric = "entropy_normalised";  ///< shown in the layers x heads picture
    bool entropy_bars = false;
    PaintTool paint = PaintTool::none;
    /// Where paint and hidden tokens act: this head, its layer, or everywhere.
    enum class PaintScope { head, layer, all } paint_scope = PaintScope::head;

    /// The part of the map in view, in tokens: left, top, and tokens per side. Zero: the whole.
    double map_left = 0, map_top = 0, map_span = 0;

    /// The lines view draws this many lines from a token, the heaviest; 0: as many as there is room
    /// for. None is lighter than the threshold.
    int links_per_token = 0;
    float link_threshold = 0.02f;

    std::vector<PinnedToken> pinned_tokens;

    bool dark = true;
    float interface_scale = 1;                                     ///< on top of the display's own
    float left_width = 324, right_width = 308, strip_height = 92;  ///< in 1x pixels
    int window_width = 1440, window_height = 900;                  ///< in 1x pixels
    bool show_keys = false;                                        ///< F1
    std::string known_default;  ///< the catalogue's default model when this was written
    /// A side column at its width, or as a strip with its name; `automatic`: as there is room.
    enum class Fold {
        automatic,
        open,
        folded
    } left_fold = Fold::automatic,
      right_fold = Fold::automatic;
    bool left_is_folded = false, right_is_folded = false;  ///< in the last frame; never saved
    std::vector<std::string> folded;  ///< panels of the columns that are folded to their headings
    /// The head was chosen by a key: what scrolls or is folded shows it in this frame. Never saved.
    bool head_sought = false;

    /// Under the pointer this frame; shared by all panels, never saved.
    struct Hover {
        std::optional<HeadId> head;
        std::optional<Index> query;
        std::optional<Index> key;
        bool operator==(const Hover&) const = default;
    } hover;

    /// Looking for words, or for a token by its number; never saved.
    struct Search {
        enum class Entry { closed, words, token } entry = Entry::closed;
        std::string words;           ///< what is looked for
        std::string number;          ///< of the token to go to
        Index at = 0;                ///< the occurrence that was gone to
        int step = 0;                ///< so many occurrences on, by a key; done in the next frame
        bool wants_keyboard = true;  ///< the entry takes the keys in the next frame
    } search;
    /// Looking for an entry of the vocabulary; never saved.
    struct Lookup {
        bool open = false;
        std::string words;  ///< a piece's beginning, or an id
        int chosen = 0;     ///< of those found
        bool wants_keyboard = true;
    } lookup;
    /// What was last gone to. Whatever scrolls does so when `times` has changed.
    struct Sought {
        std::optional<TokenRange> tokens;
        int times = 0;
    } sought;
};

}  // namespace fovea::app
