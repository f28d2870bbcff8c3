#pragma once

#include <string>

#include "app/shell/prompt.h"

namespace fovea::app {

class Application;

/// What stands in the field of one of two sentences beside its text: its letter at the left, and at
/// the right what the model says after it.
struct SubjectMarks {
    char letter = 'A';
    std::string says = {};  ///< "next Mary 0.92", or an error; empty: there is nothing to say
    bool is_error = false;
    bool is_old = false;  ///< of the text before
};

/// The likeliest token, and how likely it is: "next Mary 0.92", and where it is not the next one of
/// all, "after “store” . 0.31"; of a model that predicts none, how many tokens it reads.
std::string guess_in_words(const Reading& reading, bool with_edits);

SubjectMarks first_marks(const Application& application, const Frame& frame);
SubjectMarks other_marks(const Application& application);

/// The field of the other sentence, as the document has it. There must be one.
PromptField other_field(const Application& application);

/// Keeps room for the marks, in a field so many pixels wide.
void make_room(const Frame& frame, const SubjectMarks& marks, float width, PromptField& field);
/// Draws them over a field that was drawn, and takes the mouse there.
void draw_marks(Frame& frame, const SubjectMarks& marks, const PromptField& field, ImVec2 min,
                ImVec2 max);

}  // namespace fovea::app
