#include "engine/analysis/findings.h"

#include <algorithm>
#include <memory>

namespace fovea {

FoundArray found_array(std::string name, Tensor values) {
    auto kept = std::make_shared<const Tensor>(std::move(values));
    FoundArray array{std::move(name), kept->shape(), {}, true};
    array.fill = [kept](Index begin, Index end, float* to) {
        const Index slice = kept->size() / std::max<Index>(kept->extent(0), 1);
        for (Index i = begin; i < end; ++i)
            to = std::copy_n(kept->slice(i), slice, to);
    };
    return array;
}

namespace {

using With = const std::function<void(const std::string&)>&;

void texts_of(const std::vector<std::string>& texts, With with) {
    for (const std::string& text : texts)
        with(text);
}

void texts_of(const finding::PlaceAxis& axis, With with) {
    with(axis.title);
    texts_of(axis.labels, with);
    with(axis.first);
    with(axis.last);
    texts_of(axis.in_full, with);
}

void texts_of(const finding::ValueAxis& axis, With with) {
    with(axis.title);
    with(axis.unit);
}

struct TextsOf {
    With with;

    void operator()(const finding::Matrix& matrix) const {
        texts_of(matrix.rows, with);
        texts_of(matrix.columns, with);
        texts_of(matrix.value, with);
        texts_of(matrix.texts, with);
        if (matrix.ranking) {
            texts_of(matrix.ranking->names, with);
            with(matrix.ranking->followed);
        }
        texts_of(matrix.notes, with);
    }
    void operator()(const finding::Series& series) const {
        texts_of(series.x, with);
        texts_of(series.y, with);
        for (const auto& line : series.lines)
            with(line.label);
    }
    void operator()(const finding::Points& points) const {
        texts_of(points.x, with);
        texts_of(points.y, with);
        for (const auto& point : points.points)
            with(point.label);
    }
    void operator()(const finding::Bars& bars) const {
        with(bars.title);
        texts_of(bars.value, with);
        with(bars.beside_title);
        for (const auto& bar : bars.bars) {
            with(bar.label);
            with(bar.in_full);
        }
    }
    void operator()(const finding::Tokens& tokens) const {
        texts_of(tokens.value, with);
        texts_of(tokens.labels, with);
    }
    void operator()(const finding::Tree& tree) const {
        texts_of(tree.value, with);
        for (const auto& node : tree.nodes)
            with(node.label);
    }
    void operator()(const finding::Table& table) const {
        for (const auto& column : table.columns) {
            with(column.title);
            with(column.unit);
        }
        for (const auto& row : table.rows) {
            for (const auto& cell : row.cells)
                if (const auto* text = std::get_if<std::string>(&cell)) with(*text);
            for (const auto& aside : row.asides)
                with(aside.words);
        }
    }
};

}  // namespace

void for_each_text(const Findings& findings, const std::function<void(const std::string&)>& with) {
    with(findings.question);
    with(findings.reading);
    texts_of(findings.sentences, with);
    for (const Stage& stage : findings.stages) {
        with(stage.title);
        with(stage.caption);
    }
    for (const Finding& finding : findings.findings) {
        with(finding.title);
        with(finding.caption);
        with(finding.citation);
        std::visit(TextsOf{with}, finding.kind);
    }
}

bool finding::Table::is_numeric(size_t column) const {
    return std::ranges::any_of(rows, [&](const Row& row) {
        return column < row.cells.size() && std::holds_alternative<double>(row.cells[column]);
    });
}

size_t Findings::bytes() const {
    size_t sum = sizeof *this;
    for_each_text(*this, [&](const std::string& text) { sum += sizeof text + text.size(); });
    for (const Finding& finding : findings) {
        if (const auto* table = std::get_if<finding::Table>(&finding.kind))
            sum += table->folded.size() * (sizeof(finding::Table::Row) +
                                           table->columns.size() * sizeof(finding::Table::Cell));
        if (const auto* matrix = std::get_if<finding::Matrix>(&finding.kind)) {
            sum += static_cast<size_t>(matrix->values.size()) * sizeof(float) +
                   matrix->cells.size() * sizeof(Referent);
            if (const auto& ranking = matrix->ranking)
                sum += ranking->which.size() * (sizeof(std::int32_t) + sizeof(float)) +
                       ranking->ranks.size() * sizeof(Index);
        }
    }
    // Those that are at hand: the others are made when they are wanted.
    for (const FoundArray& array : arrays)
        if (array.at_hand) sum += static_cast<size_t>(element_count(array.shape)) * sizeof(float);
    return sum;
}

}  // namespace fovea
