#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/panels/panel.h"

namespace fovea::app {

/// What heads can be sorted and framed by: the row metrics, each as its mean over the queries, and
/// how much the edits changed them.
struct HeadMeasure {
    std::string name;  ///< a metric's in files, or `change_metric`
    std::string label;
    std::string unit;
};
/// All of them, in the order of menus and keys.
std::vector<HeadMeasure> head_measures();

/// After this one; from the last one on to "", which stands for none, and from there to the first.
std::string next_head_measure(std::string_view name);

/// NaN where it is undefined, unknown, or not known yet.
float head_value(const Frame& frame, std::string_view measure, HeadId head);

/// "0.43 bits", "–".
std::string shown_head_value(const Frame& frame, std::string_view measure, HeadId head);

/// The view sorts the heads by something other than their layers.
bool sorts_heads(const ViewState& view);

/// All heads in the order in which they are drawn, row by row; undefined ones last.
std::vector<HeadId> ordered_heads(const Frame& frame);

/// "lowest entropy first".
std::string order_caption(const ViewState& view);

/// How much each head changed is asked for: goes on finding it out, and asks for another frame
/// while there is more to do.
void find_changes(Frame& frame);

}  // namespace fovea::app
