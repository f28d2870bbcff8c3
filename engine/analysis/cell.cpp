#include <fmt/format.h>

#include "engine/analysis/asked.h"
#include "engine/analysis/cell_stages.h"
#include "engine/analysis/wording.h"
#include "engine/trace/head_map.h"

namespace fovea {
namespace cell_stages {

std::string CellInQuestion::array(std::string_view of) const {
    return fmt::format("{}.{}.{}.{}.{}", of, cell.layer, cell.head, cell.query, cell.key);
}

std::string CellInQuestion::row_array(std::string_view of) const {
    return fmt::format("{}.{}.{}.{}", of, cell.layer, cell.head, cell.query);
}

std::string CellInQuestion::query_label() const {
    return wording::token(subjects.a->query_labels(subjects.part), cell.query);
}

std::string CellInQuestion::key_label(Index key) const {
    return wording::token(subjects.a->key_labels(subjects.part), key);
}

CellInQuestion cell_in_question(const Subjects& subjects, const HeadCell& cell) {
    const LayerTrace& layer = *subjects.trace().layers[static_cast<size_t>(cell.layer)];
    const HeadEdits& edits = layer.edits[static_cast<size_t>(cell.head)];
    const MapRegion square{cell.query, cell.query + 1, cell.key, cell.key + 1};
    return {subjects,
            cell,
            layer,
            edits.temperature,
            head_map(layer, cell.head, Quantity::logits, square).at(0, 0),
            head_map(layer, cell.head, Quantity::weights, square).at(0, 0),
            edits.mask.visible(cell.query, cell.key)};
}

}  // namespace cell_stages

namespace {

Result<Findings> compute_cell(const Subjects& subjects, const Parameters& parameters,
                              const JobContext& context) {
    FOVEA_TRY(const HeadCell cell, asked::cell(subjects, parameters));
    const auto in = cell_stages::cell_in_question(subjects, cell);
    Findings found;
    found.question = fmt::format("Why does {} look at {}?", wording::quoted(in.query_label()),
                                 wording::quoted(in.key_label(cell.key)));
    found.reading = fmt::format(
        "{}: q·k is the logit, its softmax the weight, weight times value is written; last, who "
        "wrote q and k.",
        head_title({cell.layer, cell.head}));
    context.at("relation", 0);
    cell_stages::add_relation(in, found);
    cell_stages::add_row(in, found);
    if (context.cancel.cancelled()) return Error{std::string(cancelled_message)};
    context.at("history", 0.2);
    cell_stages::add_history(in, found);
    const auto json = [](double value) { return fmt::format("{}", value); };
    found.metadata.emplace_back("part", fmt::format("\"{}\"", part_name(subjects.part)));
    found.metadata.emplace_back(
        "cell", fmt::format("[{},{},{},{}]", cell.layer, cell.head, cell.query, cell.key));
    found.metadata.emplace_back("score", json(in.logit));
    found.metadata.emplace_back("temperature", json(in.temperature));
    found.metadata.emplace_back("attention", json(in.weight));
    return found;
}

}  // namespace

Analysis cell_analysis() {
    Analysis analysis;
    analysis.name = "cell";
    analysis.title = "This cell";
    analysis.question = "Why does this query look at this key?";
    analysis.citation = "Elhage et al. 2021; Kamath et al. 2025; Kobayashi et al. 2020";
    analysis.reads.cell = true;
    analysis.reads.part = true;
    analysis.compute = compute_cell;
    return analysis;
}

}  // namespace fovea
