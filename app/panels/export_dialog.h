#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

// Taking results away: files, and the clipboard. The work runs in its own lane, one job at a time;
// the window never waits for it. UI thread only.

void open_export_dialog(Frame& frame);
/// Every frame, last: the dialog where it is open, and what became of a copy.
void draw_export_dialog(Frame& frame);

/// The chosen head's map as tab-separated text with the tokens, to the clipboard; in the view of
/// explanations all tables of the answer.
void copy_matrix(Frame& frame);
/// The chosen head's map, or the figure of the answer in view, as a picture: to the clipboard where
/// a program for that is installed (wl-copy, xclip), else to a file in the dialog's folder.
void copy_picture(Frame& frame);

}  // namespace fovea::app
