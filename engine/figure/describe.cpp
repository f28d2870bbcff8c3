#include <fmt/format.h>

#include <cmath>

#include "engine/core/number_text.h"
#include "engine/figure/canvas.h"
#include "engine/figure/links.h"

namespace fovea {
namespace {

using Of = SceneElement::Of;

std::string label_of(const std::vector<std::string>& labels, Index i) {
    return i >= 0 && i < static_cast<Index>(labels.size()) ? labels[static_cast<size_t>(i)] : "";
}

std::string named(const std::string& axis, const std::string& label) {
    if (axis.empty()) return label;
    return label.empty() ? axis : axis + " " + label;
}

std::string value_text(const finding::ValueAxis& axis, double value) {
    if (std::isnan(value)) return "nothing there";
    const std::string number = number_text_or_power(value, axis.decimals, axis.is_signed);
    return named(axis.title, axis.unit.empty() ? number : number + " " + axis.unit);
}

std::string joined(const std::string& before, const std::string& after) {
    if (before.empty() || after.empty()) return before + after;
    return before + " · " + after;
}

struct Describe {
    const SceneElement& element;
    size_t index = static_cast<size_t>(element.index);

    std::string operator()(const finding::Matrix& matrix) const {
        const Index columns = matrix.values.empty() ? 1 : matrix.values.extent(1);
        if (element.of == Of::row)
            return named(matrix.rows.title, label_of(matrix.rows.labels, element.index));
        if (element.of == Of::column)
            return named(matrix.columns.title, label_of(matrix.columns.labels, element.index));
        if (element.index >= matrix.values.size()) return "";
        const Index row = element.index / columns, column = element.index % columns;
        const std::string place =
            joined(named(matrix.rows.title, label_of(matrix.rows.labels, row)),
                   named(matrix.columns.title, label_of(matrix.columns.labels, column)));
        const auto value = static_cast<double>(matrix.values.at(row, column));
        const std::string text =
            joined(joined(place, label_of(matrix.texts, element.index)),
                   matrix.map_of && std::isnan(value) ? "masked" : value_text(matrix.value, value));
        return joined(text, label_of(matrix.notes, element.index));
    }
    std::string operator()(const finding::Series& series) const {
        if (element.of == Of::row)
            return index < series.lines.size() ? series.lines[index].label : "";
        std::string text = label_of(series.x.in_full, element.index);
        if (text.empty()) text = named(series.x.title, label_of(series.x.labels, element.index));
        for (const finding::Series::Line& line : series.lines)
            if (index < line.values.size())
                text = joined(text,
                              named(line.label == series.y.title ? std::string() : line.label,
                                    value_text(series.y, static_cast<double>(line.values[index]))));
        return text;
    }
    std::string operator()(const finding::Points& points) const {
        if (index >= points.points.size()) return "";
        const auto& point = points.points[index];
        return joined(point.label,
                      joined(value_text(points.x, point.x), value_text(points.y, point.y)));
    }
    std::string operator()(const finding::Bars& bars) const {
        if (index >= bars.bars.size()) return "";
        const auto& bar = bars.bars[index];
        const std::string text =
            joined(bar.in_full.empty() ? named(bars.title, bar.label) : bar.in_full,
                   value_text(bars.value, bar.value));
        if (!bar.beside) return text;
        finding::ValueAxis second = bars.value;
        if (!bars.beside_title.empty()) second.title = bars.beside_title;
        return joined(text, value_text(second, *bar.beside));
    }
    std::string operator()(const finding::Tokens& tokens) const {
        const double value =
            index < tokens.values.size() ? static_cast<double>(tokens.values[index]) : std::nan("");
        return joined(label_of(tokens.labels, element.index), value_text(tokens.value, value));
    }
    std::string operator()(const finding::Tree& tree) const {
        if (index >= tree.nodes.size()) return "";
        return joined(tree.nodes[index].label, value_text(tree.value, tree.nodes[index].value));
    }
    std::string operator()(const finding::Table& table) const {
        const size_t columns = std::max<size_t>(table.columns.size(), 1);
        const size_t row = element.of == Of::cell ? index / columns : index;
        if (row >= table.rows.size()) return "";
        std::string text;
        const auto& cells = table.rows[row].cells;
        for (size_t i = 0; i < cells.size() && i < table.columns.size(); ++i) {
            const finding::Table::Column& column = table.columns[i];
            if (const auto* word = std::get_if<std::string>(&cells[i]))
                text = joined(text, *word);
            else
                text = joined(text, named(column.title,
                                          number_text_or_power(std::get<double>(cells[i]),
                                                               column.decimals, column.is_signed)));
        }
        return text;
    }
};

}  // namespace

std::string describe(const Findings& findings, const SceneElement& element) {
    if (element.index < 0 || element.finding < 0 ||
        element.finding >= static_cast<Index>(findings.findings.size()))
        return "";
    return std::visit(Describe{element},
                      findings.findings[static_cast<size_t>(element.finding)].kind);
}

}  // namespace fovea
