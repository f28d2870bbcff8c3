#pragma once

#include <imgui.h>

#include <string>

#include "app/panels/panel.h"
#include "app/panels/prediction_columns.h"

namespace fovea::app {

/// Draws the rows of the next-token table, all in the same columns.
class PredictionRows {
  public:
    /// `with_change`: the edits are on and change what is predicted.
    PredictionRows(Frame& frame, bool with_change);

    static constexpr float height = 20, detail_height = 16;  // design pixels
    static constexpr const char* pins = "Click: pin it to the top";

    /// One row; true where it was clicked. `marked`: pinned, or chosen among those found.
    bool row(const PredictionChange& prediction, const char* what_a_click_does, bool marked);
    /// The same with rank, log-probability and logit below it.
    bool row_with_detail(const PredictionChange& prediction, const char* what_a_click_does);
    /// One that is no longer among the rows: quiet, with the rank it had and has.
    bool fallen(const PredictionChange& prediction, const char* what_a_click_does);
    /// One that can only be read.
    void guess(std::string piece, float probability);
    /// Quiet words in a row of their own.
    void words(std::string_view text);

    /// What is shown: with the edits, or without them.
    const Standing& shown(const PredictionChange& prediction) const {
        return with_change_ ? prediction.with_edits : prediction.without;
    }

  private:
    bool hit(const PredictionChange& prediction, const char* what, float high);
    void draw(const PredictionChange& prediction, ImVec2 corner);
    std::string tooltip(const PredictionChange& prediction, const char* what) const;

    Frame& frame_;
    bool with_change_;
    PredictionColumns columns_;
};

/// Spaces and line ends as a person sees them, without the space in front of a word.
std::string visible_piece(std::string_view piece);

/// "12,345"
std::string shown_rank(Index rank);

}  // namespace fovea::app
