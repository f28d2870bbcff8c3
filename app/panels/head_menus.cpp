#include "app/panels/head_menus.h"

#include <algorithm>
#include <utility>

#include "app/panels/head_order.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

std::string label_of(const std::string& name, const char* none) {
    for (const HeadMeasure& measure : head_measures())
        if (measure.name == name) return measure.label;
    return none;
}

void sort_by(ViewState& view, const std::string& measure) {
    // Of changes the largest are looked for.
    if (measure == change_metric && view.sort_metric != change_metric) view.sort_descending = true;
    view.sort_metric = measure;
}

/// Every measure; the chosen name changes, empty for none.
bool items(Frame& frame, std::string& chosen, std::string_view none) {
    std::string wanted = chosen;
    if (widgets::menu_item(frame, none, {}, true, label_of(chosen, "").empty())) wanted.clear();
    for (const HeadMeasure& measure : head_measures())
        if (widgets::menu_item(frame, measure.label, measure.unit, true, measure.name == chosen))
            wanted = measure.name;
    return std::exchange(chosen, wanted) != wanted;
}

}  // namespace

std::string order_label(const ViewState& view) {
    const std::string label = label_of(view.sort_metric, "layer");
    return sorts_heads(view) ? label + (view.sort_descending ? " ↓" : " ↑") : label;
}

std::string frame_label(const ViewState& view) {
    return view.show_change ? "change, as tints" : label_of(view.frame_metric, "none");
}

void order_items(Frame& frame) {
    ViewState& view = frame.view;
    std::string chosen = view.sort_metric;
    if (items(frame, chosen, "layer")) sort_by(view, chosen);
    if (widgets::menu_item(frame, "highest first", "Shift+G", sorts_heads(view),
                           view.sort_descending))
        turn_order(view);
}

void frame_items(Frame& frame) {
    items(frame, frame.view.frame_metric, "none");
    if (widgets::menu_item(frame, "tint by the change", "D", true, frame.view.show_change))
        frame.view.show_change = !frame.view.show_change;
}

void next_order(ViewState& view) {
    sort_by(view, next_head_measure(view.sort_metric));
}

void turn_order(ViewState& view) {
    view.sort_descending = !view.sort_descending;
}

}  // namespace fovea::app
