#pragma once

#include <memory>

#include "engine/core/cancel.h"
#include "engine/session/reading.h"

namespace fovea {

/// One head of a part of the model.
struct PreviewedHead {
    Part part = Part::self;
    Index layer = 0;
    Index head = 0;
};

/// A reading with one head's own map as it will be under other edits, before the pass is run that
/// makes all the rest: Q and K of a layer depend on the layers before it only, so that the head is
/// scored again from those that stand. Null where that would not be exact (an edit changes a layer
/// before it), where the head's map does not change, or where edits act on the picture only. All
/// else in it is as in `standing`, whose revision it has. Blocks: one head is n² dot products.
std::shared_ptr<const Reading> preview_head(const Reading& standing, const Edits& edits,
                                            const PreviewedHead& which, const CancelToken& cancel);

}  // namespace fovea
