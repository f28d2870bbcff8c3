#pragma once

#include "app/views/view.h"

/// The controls of the bar above the middle: each view takes those that it has a use for.
namespace fovea::app {

BarControl quantity_control(Frame& frame);
/// What a pixel shows of the cells below it; only where there are several.
BarControl pooling_control(Frame& frame);
BarControl colour_control(Frame& frame);
BarControl range_control(Frame& frame);
BarControl logarithm_control(Frame& frame);
BarControl paint_control(Frame& frame);
BarControl copy_control(Frame& frame);
BarControl order_control(Frame& frame);
BarControl frame_control(Frame& frame);

}  // namespace fovea::app
