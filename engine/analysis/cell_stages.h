#pragma once

#include "engine/analysis/analysis.h"

/// The stages of the analysis `cell`: each adds its findings, its arrays and its sentence.
namespace fovea::cell_stages {

/// One cell of a head's map, and what all stages know of it.
struct CellInQuestion {
    const Subjects& subjects;
    HeadCell cell;
    const LayerTrace& layer;
    float temperature = 1;
    double logit = 0;   ///< scale q.k and position bias; no temperature, no mask
    double weight = 0;  ///< after temperature, mask and softmax
    bool visible = true;

    const Projections& projections() const { return *layer.projections; }
    /// With their numbers where several are alike.
    std::string query_label() const;
    std::string key_label(Index key) const;
    /// "qk.24.4.13.1"
    std::string array(std::string_view of) const;
    /// "attentions.24.4.13": of a whole row.
    std::string row_array(std::string_view of) const;
};
CellInQuestion cell_in_question(const Subjects& subjects, const HeadCell& cell);

/// q and k by dimension, those that rotate together as pairs, and their products, which add up to
/// the logit.
void add_relation(const CellInQuestion& in, Findings& to);

/// The logit among those of the row's other keys, through the softmax; and what each key's value
/// writes through W_O, its size, and its share of the head's output: the output is the mean of
/// v_j W_O by the weights A_j, and share_j = A_j (v_j W_O).o / |o|², so that shares add up to 1
/// (Kobayashi et al. 2020 take the norms).
void add_row(const CellInQuestion& in, Findings& to);

/// The logit as a sum over pairs of writers (see query_key_components.h).
void add_history(const CellInQuestion& in, Findings& to);

}  // namespace fovea::cell_stages
