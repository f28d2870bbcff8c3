#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/analysis/referent.h"
#include "engine/core/tensor.h"

namespace fovea {

/// What an analysis found, before anybody draws it or writes it. The kinds are a closed set: one
/// painter and one exporter each serve every analysis.
namespace finding {

/// How numbers become lengths or colours.
enum class Scale {
    linear,
    logarithmic,  ///< of numbers above zero
    square_root,  ///< of the size; the sign is kept
};

/// A direction that numbers run in.
struct ValueAxis {
    std::string title = {};  ///< "probability"; a quantity's name (engine/metrics/quantity_names.h)
    std::string unit = {};   ///< "nats", "" for a share or a plain number
    Scale scale = Scale::linear;
    /// Zero is the middle: what is for stands on one side, what is against on the other.
    bool is_signed = false;
    /// The ends; nullopt: the smallest and the largest number shown.
    std::optional<double> low = std::nullopt, high = std::nullopt;
    int decimals = 3;  ///< of a number that is written out
    /// The small numbers are the good ones (a rank, an entropy): they have the bright colours.
    bool falling = false;
};

/// A direction in which things stand one after another: layers, tokens, heads.
struct PlaceAxis {
    std::string title = {};                ///< "layer"
    std::vector<std::string> labels = {};  ///< one a place
    std::vector<Referent> referents = {};  ///< one a place, or empty
    /// What its two ends mean, written instead of the labels: "turns 1 rad a token".
    std::string first = {}, last = {};
    /// One a place, or empty: what a tooltip calls it instead of by title and label.
    std::vector<std::string> in_full = {};
};

/// Of each square of a matrix the best few by name, and where one that is followed stands among
/// all: for who looks at one square alone.
struct Ranking {
    Index each = 0;                   ///< so many a square
    std::vector<std::string> names;   ///< each once
    std::vector<std::int32_t> which;  ///< places in `names`, [rows, columns, each], the best first
    std::vector<float> values;        ///< the same of their numbers: probabilities
    std::string followed;             ///< the name of the one that is followed
    std::vector<Index> ranks;         ///< its rank, from 1, [rows, columns]
};

/// Numbers in squares, [rows, columns]; row 0 stands on top.
struct Matrix {
    PlaceAxis rows, columns;
    ValueAxis value;
    Tensor values;                   // [rows, columns]; NaN: nothing stands there
    std::vector<std::string> texts;  ///< rows x columns, written in the squares; or empty
    std::vector<Referent> cells;     ///< rows x columns, or empty: the row's and the column's
    std::optional<Ranking> ranking = std::nullopt;  ///< behind the squares
    /// Its rows are this head's queries, its columns the keys: each square is a cell of the map.
    std::optional<HeadId> map_of = std::nullopt;
    std::vector<std::string> notes = {};  ///< rows x columns, what a tooltip adds; or empty
    std::vector<bool> changed = {};       ///< rows x columns, whether edits did; or empty
};

/// Curves over places.
struct Series {
    struct Line {
        std::string label;
        std::vector<float> values;  ///< one a place; NaN: a gap
        Referent referent = {};
        bool beside = false;  ///< to compare with: drawn fainter, dashed
    };
    PlaceAxis x = {};
    ValueAxis y = {};
    std::vector<Line> lines = {};
    /// The places run downward (depth does), the numbers to the right.
    bool downward = false;
    bool steps = false;  ///< a number holds for all of its place: a staircase
};

/// Things scattered between two numbers.
struct Points {
    struct Point {
        double x = 0, y = 0;
        std::string label;
        Referent referent = {};
    };
    ValueAxis x, y;
    std::vector<Point> points;
};

/// Numbers as lengths, one below another or side by side.
struct Bars {
    struct Bar {
        std::string label;
        double value = 0;
        Referent referent = {};
        std::optional<double> beside = std::nullopt;  ///< a second number to compare with: a tick
        std::string in_full = {};  ///< what a tooltip calls it, or empty: by title and label
    };
    std::string title = {};         ///< of the labels: "key"
    std::string beside_title = {};  ///< of the second numbers: "weight"
    ValueAxis value = {};
    std::vector<Bar> bars = {};
    /// What all bars add up to, where they are a sum: shown as the last line.
    std::optional<double> sum = std::nullopt;
    bool upright = false;  ///< side by side, in the order of something (dimensions)
};

/// A sentence whose tokens carry a number each.
struct Tokens {
    ValueAxis value;
    std::vector<std::string> labels;
    std::vector<float> values;  ///< one a token; NaN: none
    std::vector<Referent> referents;
};

/// What leads to what, with a number at every node.
struct Tree {
    struct Node {
        std::string label;
        double value = 0;
        std::optional<Index> parent = std::nullopt;  ///< an earlier node; nullopt: a root
        Referent referent = {};
    };
    ValueAxis value;
    std::vector<Node> nodes;
};

/// Rows of texts and numbers.
struct Table {
    using Cell = std::variant<std::string, double>;
    struct Column {
        std::string title = {};
        std::string unit = {};
        int decimals = 3;
        bool bar = false;        ///< a number is drawn as a length as well
        bool is_signed = false;  ///< orange for, blue against; what is above zero has a plus
        bool is_share = false;   ///< its lengths have the colours of the map, from 0 to 1
    };
    /// Words in the room that a cell without a bar leaves in its column; where they do not fit,
    /// their short form.
    struct Aside {
        size_t column = 0;
        std::string words, shorter;
    };
    struct Row {
        std::vector<Cell> cells;  ///< one a column
        Referent referent = {};
        std::vector<Referent> links = {};  ///< one a cell, where cells stand for different things
        bool total = false;                ///< the sum of those above: a line parts it from them
        bool faint = false;                ///< what stands for many: "12 others", see `folded`
        bool asked = false;                ///< what the question is about: it stands out
        std::vector<Aside> asides = {};
    };
    std::vector<Column> columns;
    std::vector<Row> rows;
    /// Some row has a number there: words beside it are as those of a number.
    bool is_numeric(size_t column) const;
    /// What the faint row stands for: a figure has no room for them, files and the clipboard have
    /// them in its place. Empty: files have the faint row, too.
    std::vector<Row> folded = {};
};

using Kind = std::variant<Matrix, Series, Points, Bars, Tokens, Tree, Table>;

}  // namespace finding

/// One picture, table or line of figures of an analysis.
struct Finding {
    std::string name;     ///< in files, unique in its analysis: "weight"
    std::string title;    ///< above it: "weight"
    std::string caption;  ///< one line: how to read it; may hold the formula with its numbers
    finding::Kind kind;
    std::string citation = {};  ///< of the formula: "Kobayashi et al. 2020"; or empty
    /// Stands to the right of the one before it where there is room. With as many places one below
    /// another (rows of a matrix, bars, a downward series), called alike, they share their rows.
    bool beside = false;
    /// Stands right under the one before it; with places side by side (columns of a matrix, upright
    /// bars, a series) they share the plot's two edges.
    bool under = false;
    /// Of Findings::stages, from 1; 0: of none. Findings of one stage follow one another, under
    /// its heading instead of titles of their own.
    Index stage = 0;
};

/// A part of an answer that is read in steps: "2 WEIGHT".
struct Stage {
    std::string title;
    std::string caption;  ///< one line: what it does, or the formula with its numbers
};

/// Numbers for NPZ, safetensors and JSON, named as a person would ask for them: "lens.3". Made some
/// rows at a time while they are written: all of them may be more than the machine holds.
struct FoundArray {
    std::string name;
    std::vector<Index> shape;
    /// Writes slices [begin, end) of the first axis, row-major. Any thread; it keeps alive what it
    /// reads.
    std::function<void(Index begin, Index end, float* to)> fill;
    bool at_hand = false;  ///< it holds its numbers
};
/// One that is at hand.
FoundArray found_array(std::string name, Tensor values);

/// The whole answer of an analysis.
struct Findings {
    std::string question;  ///< with what it is about: "Why does “to” look at “Mary”?"
    std::string reading;   ///< one line: what it shows and how to read it
    std::vector<std::string> sentences;  ///< the answer in words, one line each
    std::vector<Finding> findings;
    /// In the order of reading; where there are such, their captions say what the sentences say.
    std::vector<Stage> stages;
    std::vector<FoundArray> arrays;
    /// What axes of the arrays stand for and single numbers, as (key, JSON) pairs for metadata.
    std::vector<std::pair<std::string, std::string>> metadata;

    /// About how much memory it holds.
    size_t bytes() const;

    const Finding* find(std::string_view name) const {
        for (const Finding& one : findings)
            if (one.name == name) return &one;
        return nullptr;
    }
};

/// Calls with every text that is drawn of it.
void for_each_text(const Findings& findings, const std::function<void(const std::string&)>& with);

}  // namespace fovea
