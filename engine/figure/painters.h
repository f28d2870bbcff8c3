#pragma once

#include <string>
#include <vector>

#include "engine/analysis/findings.h"
#include "engine/figure/canvas.h"

namespace fovea {

/// One painter a kind of finding, each in a file of that name. All lengths are the scene's units.

/// How wide it must be and would like to be.
struct Room {
    double least = 0, natural = 0;
};

/// Things one below another, where a finding has such: those that stand beside it may share them.
struct Rows {
    Index count = 0;    ///< 0: there are none
    double header = 0;  ///< above the first
    double pitch = 0;   ///< from one to the next
    std::vector<std::string> labels = {};
    double label_width = 0;  ///< what it is narrower without them
};

/// Places side by side, where a finding has such: those under one another may share both edges.
struct Plot {
    Index count = 0;       ///< of places; 0: there are none
    double left = 0;       ///< of the first, from the finding's left edge
    double width = 0;      ///< of all places; 0: as the finding likes
    bool labelled = true;  ///< false: one below has the places' labels
};

struct Place {
    double x = 0, y = 0, width = 0;
    /// What it shares with those under one another; `width` 0: nothing.
    Plot plot = {};
    /// What it shares with its neighbours; `count` 0: nothing.
    Rows rows = {};
    bool labelled = true;  ///< false: a neighbour has its rows' labels
};

Room room_for(Canvas& canvas, const finding::Matrix& matrix);
Room room_for(Canvas& canvas, const finding::Series& series);
Room room_for(Canvas& canvas, const finding::Points& points);
Room room_for(Canvas& canvas, const finding::Bars& bars);
Room room_for(Canvas& canvas, const finding::Tokens& tokens);
Room room_for(Canvas& canvas, const finding::Tree& tree);
Room room_for(Canvas& canvas, const finding::Table& table);

Rows rows_of(Canvas& canvas, const finding::Matrix& matrix, double width);
Rows rows_of(Canvas& canvas, const finding::Series& series, double width);
Rows rows_of(Canvas& canvas, const finding::Bars& bars, double width);
Rows rows_of(Canvas& canvas, const finding::Table& table, double width);
template <class Kind>
Rows rows_of(Canvas&, const Kind&, double) {
    return {};
}

Plot plot_of(Canvas& canvas, const finding::Matrix& matrix, double width);
Plot plot_of(Canvas& canvas, const finding::Series& series, double width);
Plot plot_of(Canvas& canvas, const finding::Bars& bars, double width);
template <class Kind>
Plot plot_of(Canvas&, const Kind&, double) {
    return {};
}

/// Draws it at a place. Gives the y below it.
double draw(Canvas& canvas, const finding::Matrix& matrix, const Place& place);
double draw(Canvas& canvas, const finding::Series& series, const Place& place);
double draw(Canvas& canvas, const finding::Points& points, const Place& place);
double draw(Canvas& canvas, const finding::Bars& bars, const Place& place);
double draw(Canvas& canvas, const finding::Tokens& tokens, const Place& place);
double draw(Canvas& canvas, const finding::Tree& tree, const Place& place);
double draw(Canvas& canvas, const finding::Table& table, const Place& place);

}  // namespace fovea
