#pragma once

#include <optional>
#include <string>

#include "app/panels/panel.h"

namespace fovea::app {

/// All that is said of one cell of the chosen head, wherever it is said.
struct CellFacts {
    float weight = 0;
    float logit = 0;  ///< before temperature and mask
    Index rank = 1;   ///< among the keys that the query sees, the heaviest first
    Index seen = 0;   ///< how many keys the query sees
    bool visible = true;
    bool visible_to_model = true;  ///< without the edits
    std::optional<float> was;      ///< weight in the unedited model, where another is shown
};

struct CellInView {
    HeadId head;
    Index query = 0, key = 0;
    CellFacts facts;
};

/// A cell of the trace in view, which there is; without a key it is the query's heaviest. The last
/// one is remembered: a row of a long sentence is thousands of dot products. UI thread only.
const CellInView& cell_in_view(const Frame& frame, Index query, std::optional<Index> key);

/// Which cell *This cell* shows: what is pointed at goes before what is pinned. Without a key it is
/// the query's heaviest; without a query there is none.
struct ShownCell {
    std::optional<Index> query, key;
    bool pinned = false;
};
ShownCell shown_cell(const Frame& frame);

/// "0.413"; a small weight is no zero: "4e-05".
std::string shown_weight(float weight);
/// "−1.25"
std::string shown_logit(float logit);

}  // namespace fovea::app
