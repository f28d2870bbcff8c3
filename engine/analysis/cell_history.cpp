#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/analysis/cell_stages.h"
#include "engine/analysis/query_key_components.h"
#include "engine/analysis/wording.h"
#include "engine/core/number_text.h"
#include "engine/trace/head_map.h"

namespace fovea::cell_stages {
namespace {

constexpr size_t terms_listed = 8;

struct Term {
    size_t query = 0, key = 0;
    float value = 0;
};

/// The largest by size, largest first.
std::vector<Term> largest_terms(const QueryKeyComponents& parts) {
    const auto rows = static_cast<Index>(parts.query_writers.size());
    const auto columns = static_cast<Index>(parts.key_writers.size());
    std::vector<Index> order(static_cast<size_t>(rows * columns));
    std::iota(order.begin(), order.end(), Index{0});
    const auto end = order.begin() + std::min<Index>(terms_listed, std::ssize(order));
    const float* values = parts.products.data();
    std::partial_sort(order.begin(), end, order.end(), [&](Index a, Index b) {
        const float x = std::abs(values[a]), y = std::abs(values[b]);
        return x != y ? x > y : a < b;
    });
    std::vector<Term> terms;
    for (auto i = order.begin(); i != end; ++i)
        terms.push_back(
            {static_cast<size_t>(*i / columns), static_cast<size_t>(*i % columns), values[*i]});
    return terms;
}

/// Where a click on a writer goes: to the cell through which a head wrote into this token most, to
/// what a feed-forward leaves in the token, or to the token itself.
Referent place_of(const Writer& writer, const Trace& trace, Index token) {
    using Kind = Writer::Kind;
    switch (writer.kind) {
        case Kind::attention: {
            const LayerTrace& layer = *trace.layers[static_cast<size_t>(writer.layer)];
            return HeadCell{writer.layer, writer.head, token,
                            heaviest_key(layer, writer.head, token)};
        }
        case Kind::mlp:
            return StateOf{writer.layer + 1, token};
        case Kind::embedding:
        case Kind::position:
        case Kind::type:
            return TokenAt{token};
        default:
            return {};
    }
}

/// Writers by the layer that they belong to: 0 stands for the embeddings, l + 1 for layer l, the
/// last for biases of norms and projections.
struct Floors {
    std::vector<std::string> labels;
    std::vector<Index> of_writer;
};
Floors floors_of(const std::vector<Writer>& writers) {
    Floors floors;
    Index layers = 0;
    for (const Writer& writer : writers)
        layers = std::max(layers, writer.layer + 1);
    floors.labels.push_back("emb.");
    for (Index l = 0; l < layers; ++l)
        floors.labels.push_back(fmt::format("{}", l));
    const bool biased = !writers.empty() && writers.back().kind == Writer::Kind::bias;
    if (biased) floors.labels.push_back("bias");
    for (const Writer& writer : writers)
        floors.of_writer.push_back(writer.kind == Writer::Kind::bias ? layers + 1
                                                                     : writer.layer + 1);
    return floors;
}

/// Whose tokens the writers wrote into. Across, the query's wrote in the decoder and the key's in
/// the encoder.
struct Sides {
    const Trace& asking;
    const Trace& answering;
};
Sides sides_of(const CellInQuestion& in) {
    const Trace& main = in.subjects.model_trace();
    if (in.subjects.part == Part::cross) return {main, *main.encoder};
    return {main.of(in.subjects.part), main.of(in.subjects.part)};
}

/// "L23 head 0 × L0 MLP: +0.868"
std::string term_in_words(const QueryKeyComponents& parts, const Term& term) {
    return fmt::format("{} × {}: {}", wording::writer(parts.query_writers[term.query]),
                       wording::writer(parts.key_writers[term.key]),
                       number_text(term.value, 3, true));
}

void add_pictures(const QueryKeyComponents& parts, const CellInQuestion& in, Findings& to) {
    const Floors down = floors_of(parts.query_writers), across = floors_of(parts.key_writers);
    finding::Matrix matrix;
    matrix.rows = {"query writers", down.labels, {}};
    matrix.columns = {"key writers", across.labels, {}};
    matrix.value = {"adds to the logit", "", finding::Scale::square_root, true};
    std::vector<double> sums(down.labels.size() * across.labels.size());
    std::vector<double> row_sums(down.labels.size());
    std::vector<std::optional<Term>> largest(sums.size());  // of each square
    for (size_t a = 0; a < down.of_writer.size(); ++a)
        for (size_t b = 0; b < across.of_writer.size(); ++b) {
            const auto row = static_cast<size_t>(down.of_writer[a]);
            const auto column = static_cast<size_t>(across.of_writer[b]);
            const double value = parts.products.at(static_cast<Index>(a), static_cast<Index>(b));
            const size_t square = row * across.labels.size() + column;
            sums[square] += value;
            row_sums[row] += value;
            if (!largest[square] || std::abs(largest[square]->value) < std::abs(value))
                largest[square] = Term{a, b, static_cast<float>(value)};
        }
    // A square goes where its largest term does.
    const Sides sides = sides_of(in);
    for (const auto& term : largest) {
        matrix.cells.push_back(
            term ? place_of(parts.query_writers[term->query], sides.asking, in.cell.query)
                 : Referent());
        matrix.notes.push_back(term ? "most of it " + term_in_words(parts, *term) : "");
    }
    matrix.values = Tensor::uninitialised({std::ssize(down.labels), std::ssize(across.labels)});
    std::transform(sums.begin(), sums.end(), matrix.values.data(),
                   [](double sum) { return static_cast<float>(sum); });
    const std::string caption = fmt::format(
        "the same logit, as writers to the query × writers to the key by layer; it sums to {}, "
        "norms held fixed",
        number_text(parts.sum, 3));
    to.stages.push_back({"History", caption});
    to.findings.push_back({.name = "history",
                           .title = "History",
                           .caption = caption,
                           .kind = std::move(matrix),
                           .citation = "Elhage et al. 2021; Kamath et al. 2025",
                           .stage = std::ssize(to.stages)});
    finding::Bars bars;
    bars.title = "query writers";
    bars.value = {"row sum", "", finding::Scale::linear, true};
    for (size_t row = 0; row < row_sums.size(); ++row)
        bars.bars.push_back({down.labels[row], row_sums[row]});
    if (parts.position != 0) bars.bars.push_back({"position bias", parts.position});
    bars.sum = parts.sum;
    to.findings.push_back(
        {.name = "history_rows",
         .title = "row sum",
         .caption = "what the writers of each layer to the query add, whoever wrote the key",
         .kind = std::move(bars),
         .beside = true,
         .stage = std::ssize(to.stages)});
}

std::string names_as_json(const std::vector<Writer>& writers) {
    nlohmann::json names = nlohmann::json::array();
    for (const Writer& writer : writers)
        names.push_back(writer_name(writer));
    return names.dump();
}

}  // namespace

void add_history(const CellInQuestion& in, Findings& to) {
    QueryKeyComponents parts = query_key_components(in.subjects.model(), in.subjects.model_trace(),
                                                    in.subjects.part, in.cell);
    add_pictures(parts, in, to);

    const std::vector<Term> terms = largest_terms(parts);
    finding::Table table;
    table.columns = {
        {fmt::format("written to {} by", wording::quoted(in.query_label())), "", 0},
        {fmt::format("written to {} by", wording::quoted(in.key_label(in.cell.key))), "", 0},
        {"adds to the logit", "", 3, true, true}};
    const auto [asking, answering] = sides_of(in);
    double listed = 0;
    for (const Term& term : terms) {
        const Writer& from = parts.query_writers[term.query];
        const Writer& to_key = parts.key_writers[term.key];
        finding::Table::Row row;
        row.cells = {wording::writer(from), wording::writer(to_key), double{term.value}};
        row.links = {
            place_of(from, asking, in.cell.query), place_of(to_key, answering, in.cell.key), {}};
        row.referent = row.links.front();
        table.rows.push_back(std::move(row));
        listed += term.value;
    }
    const Index others = parts.products.size() - std::ssize(terms);
    if (others > 0)
        table.rows.push_back({{wording::count(others, "other term"), std::string(),
                               parts.sum - parts.position - listed},
                              {},
                              {},
                              false,
                              true});
    if (parts.position != 0)
        table.rows.push_back({{std::string("position bias"), std::string(), parts.position}});
    table.rows.push_back({{std::string("logit"), std::string(), parts.sum}, {}, {}, true});
    if (!terms.empty())
        to.sentences.push_back(fmt::format(
            "Of the logit {}, {} in the query with {} in the key adds most: {}.",
            number_text(parts.sum, 3), wording::writer(parts.query_writers[terms[0].query]),
            wording::writer(parts.key_writers[terms[0].key]),
            number_text(terms[0].value, 3, true)));
    to.findings.push_back({.name = "history_terms",
                           .title = "Largest terms",
                           .caption = "pairs of writers, the largest first; a click on a head goes "
                                      "to its cell, on an MLP to the lens",
                           .kind = std::move(table),
                           .citation = "Kamath et al. 2025",
                           .beside = true,
                           .stage = std::ssize(to.stages)});

    to.metadata.emplace_back("components", names_as_json(parts.query_writers));
    if (parts.key_writers != parts.query_writers)
        to.metadata.emplace_back("key_components", names_as_json(parts.key_writers));
    to.metadata.emplace_back("position_bias", fmt::format("{}", parts.position));
    to.arrays.push_back(found_array(in.array("qk"), std::move(parts.products)));
}

}  // namespace fovea::cell_stages
