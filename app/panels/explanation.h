#pragma once

#include <memory>
#include <string>

#include "app/panels/panel.h"
#include "engine/analysis/analysis.h"
#include "engine/jobs/scheduler.h"

namespace fovea::app {

/// The view of explanations, by its name.
inline constexpr const char* explanations_view = "why";
inline bool shows_explanation(const ViewState& view) {
    return view.middle == explanations_view;
}

/// What is asked in the view of explanations, and the answer that stands there until the next one
/// has come. It lives in the frame's cache, where panels find it.
struct Explanation {
    /// A question with all that its answer depends on.
    struct Question {
        const Analysis* analysis = nullptr;
        Subjects subjects;
        Parameters parameters;
        bool operator==(const Question& other) const;
    };
    Subjects in_view;                          ///< of which there is something to ask
    Question wanted;                           ///< what the view asks for
    Question asked, answered;                  ///< that, or first a sketch of it
    std::shared_ptr<const Findings> findings;  ///< to `answered`; null: none yet
    std::string error;                         ///< of the newest answer, a sentence; empty: none
    /// What there was for the figure when it was last drawn, without margins; design pixels.
    float figure_width = 0, figure_height = 0;
    JobTicket<std::shared_ptr<const Findings>> ticket;
    bool stale() const { return ticket.busy(); }
    /// The answer, or why there is none, is about this reading.
    bool is_about(const std::shared_ptr<const Reading>& reading) const {
        return asked.subjects.a == reading && asked == wanted && !stale();
    }
    /// Of the analysis that is answered, or null.
    const Analysis* analysis() const { return answered.analysis; }
};

/// Takes the answer that has come, between frames: its characters are wanted before it is drawn.
/// True where there is a new one.
bool take_answer(Explanation& explanation);

/// Asks what the view and the document ask for, where that is new. There must be a reading.
const Explanation& explain(Frame& frame);

/// The sentences in view: of which there is something to ask. `a` is null before the first one.
Subjects subjects_in_view(const Frame& frame);
/// The analysis that the view has chosen.
const Analysis& chosen_analysis(const ViewState& view);
/// What an analysis' own parameter is set to.
std::string_view own_parameter(const Document& document, const Analysis& analysis,
                               const OwnParameter& own);
/// The step that sets it.
Command set_own_parameter(const Analysis& analysis, const OwnParameter& own,
                          std::string_view value);

/// The cell that is asked about: the pinned one, else the query in view with its heaviest key.
HeadCell cell_in_question(const Frame& frame);

/// What is asked at the moment, as the way back keeps it.
ViewState::Asked asked_now(const ViewState& view);

/// Shows the explanation of the cell in question, or there already the next analysis that can be
/// asked of what is read.
void explain_cell(ViewState& view, const Explanation& shown);
/// Goes to what was clicked in an explanation, and to the analysis that shows it where one is
/// named; the way back is remembered.
void follow(ViewState& view, const Referent& referent, std::string_view analysis = {});
/// To what was asked before the last click within an explanation; false: nothing was.
bool go_back(ViewState& view);
/// To what was asked before the click of that place in the trail.
void go_back_to(ViewState& view, size_t step);

}  // namespace fovea::app
