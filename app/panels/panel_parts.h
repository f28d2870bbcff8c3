#pragma once

#include <imgui.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/panels/panel.h"
#include "engine/metrics/row_metric.h"

/// What several panels say and ask alike. Nothing here keeps anything.
namespace fovea::app {

/// The head that all panels are about; inside the model even while another model's is selected.
HeadId chosen_head(const Frame& frame);

/// The query that strips and tables follow: the one pointed at, else the one chosen, else the last
/// token. Nullopt before the first reading.
std::optional<Index> query_in_view(const Frame& frame);

/// Which sentence stands on an axis of the maps in view.
Sentence sentence_of(const Frame& frame, bool queries);
/// The first of the tokens last gone to, where they stand on this axis.
std::optional<Index> sought_token(const Frame& frame, bool queries);

/// `scope_name` without the part where that is the one in view.
std::string scope_name_here(const Frame& frame, Scope scope);
/// Where paint and hidden tokens act, as the view says. Always in the part in view: tokens of
/// another part are others.
Scope paint_scope(const Frame& frame);

/// What a part's maps are called: "Encoder", "Decoder", "Cross"; "" for the only one.
std::string_view part_label(Part part);

/// A token's label without the spaces around it; a label of spaces alone stays.
std::string_view bare_label(std::string_view label);
/// "“the”", or "token 12" where the sentence has become shorter.
std::string quoted_token(const std::vector<std::string>& labels, Index token);

/// "0.35", "−0.04", "–" for NaN.
std::string shown_number(float value, int decimals);
/// A number of no sign in at most so many characters, 2 or more: "0.48", "12.3", "1234", "12k" in
/// four; ".48", "1.0", "12" in three; ".5", "1", "12" in two. Where nothing is so short, the
/// shortest there is ("33k"). "–" for NaN, "∞".
std::string number_in(float value, int characters);
/// "+0.12", "−0.04", "0.00".
std::string shown_change(float value, int decimals);

/// One metric of one head, [queries].
std::span<const float> metric_rows(const Trace& trace, Index metric, HeadId id);

/// The metric that the entropy panels show: its place in row_metrics().
Index chosen_metric(const ViewState& view);
/// "share of the maximum, 0…1", "nats", "mean distance, tokens"
std::string metric_caption(const RowMetric& metric);

}  // namespace fovea::app
