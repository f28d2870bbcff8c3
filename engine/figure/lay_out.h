#pragma once

#include <optional>

#include "engine/analysis/findings.h"
#include "engine/figure/canvas.h"

namespace fovea {

struct FigureOptions {
    /// What there is of it, margins included: a window's. 0: as wide as the findings like to be.
    double width = 0;
    /// What there is of it, margins included: rows, plots and letters grow smaller until all stands
    /// in it. Where even the smallest that can be read is much too high, they are as high as they
    /// like to be. 0: they are, and legends have lines of their own.
    double height = 0;
    double margin = 0;
    /// Question, how to read it and the answer in words above, citations below.
    bool with_words = true;
    /// Citations give way where height is short: they can be read elsewhere.
    bool may_drop_citations = false;
    /// One finding alone, by its place; nullopt: all of them.
    std::optional<Index> only = std::nullopt;
};

/// Findings as a scene: one below another, those that stand beside one another (Finding::beside)
/// in a line where there is room for them; those of one stage under one heading. The scene's
/// elements name what of the findings stands where; see links.h. Nothing reaches beyond the width,
/// except where it is less than some 200 units. Any thread, one at a time for each measure.
Scene lay_out(const Findings& findings, TextMeasure& ruler, const FigureLook& look,
              const FigureOptions& options = {});

}  // namespace fovea
