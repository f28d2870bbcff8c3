#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "engine/export/export.h"
#include "engine/export/finding_files.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

/// Rows as text, handed over piece by piece: of a CSV file, or parted by tabs.
class RowWriter {
  public:
    using Sink = std::function<Status(std::string_view)>;
    enum class Style { csv, tabs };
    RowWriter(Style style, Sink sink) : style_(style), sink_(std::move(sink)) {}

    RowWriter& operator<<(std::string_view text) {
        begin_field();
        row_ += style_ == Style::csv ? csv_field(text) : visible_text(text);
        return *this;
    }
    RowWriter& operator<<(Index number) {
        begin_field();
        row_ += std::to_string(number);
        return *this;
    }
    /// The shortest decimal that reads back as the same number; nothing where there is none.
    template <std::floating_point Number>
    RowWriter& operator<<(Number number) {
        begin_field();
        if (std::isnan(number)) return *this;
        char digits[32];
        row_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
        return *this;
    }
    /// Words where the column is of numbers: people read them, programs have an empty field.
    RowWriter& beside_numbers(std::string_view text) {
        return *this << (style_ == Style::csv ? std::string_view() : text);
    }
    Status end_row() {
        text_ += row_ + '\n';
        row_.clear();
        fields_ = 0;
        constexpr size_t piece = 1 << 16;
        return text_.size() < piece ? Status() : flush();
    }
    Status flush() {
        FOVEA_CHECK(sink_(text_));
        text_.clear();
        return {};
    }

  private:
    void begin_field() {
        if (fields_++ > 0) row_ += style_ == Style::csv ? ',' : '\t';
    }
    Style style_;
    Sink sink_;
    std::string text_, row_;
    size_t fields_ = 0;
};

std::string_view label(const std::vector<std::string>& labels, Index i) {
    return i < static_cast<Index>(labels.size()) ? std::string_view(labels[static_cast<size_t>(i)])
                                                 : std::string_view();
}

using Columns = std::vector<TableContent::Column>;

/// Columns of a kind and its rows.
struct Tabular {
    RowWriter* out;  // null: only the columns are wanted
    Columns& columns;

    Status operator()(const finding::Matrix& matrix) const {
        columns = {{"row", "integer"},
                   {"column", "integer"},
                   {"row_label", "string"},
                   {"column_label", "string"},
                   {"value", "float"}};
        if (!matrix.texts.empty()) columns.push_back({"text", "string"});
        if (!out || matrix.values.empty()) return {};
        for (Index row = 0; row < matrix.values.extent(0); ++row)
            for (Index column = 0; column < matrix.values.extent(1); ++column) {
                *out << row << column << label(matrix.rows.labels, row)
                     << label(matrix.columns.labels, column) << matrix.values.at(row, column);
                if (!matrix.texts.empty())
                    *out << label(matrix.texts, row * matrix.values.extent(1) + column);
                FOVEA_CHECK(out->end_row());
            }
        return {};
    }
    Status operator()(const finding::Series& series) const {
        columns = {{"place", "integer"}, {"label", "string"}};
        size_t places = series.x.labels.size();
        for (const auto& line : series.lines) {
            columns.push_back({line.label.empty() ? series.y.title : line.label, "float"});
            places = std::max(places, line.values.size());
        }
        if (!out) return {};
        for (size_t place = 0; place < places; ++place) {
            *out << static_cast<Index>(place) << label(series.x.labels, static_cast<Index>(place));
            for (const auto& line : series.lines)
                *out << (place < line.values.size() ? line.values[place] : std::nanf(""));
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
    Status operator()(const finding::Points& points) const {
        columns = {{"label", "string"},
                   {points.x.title.empty() ? "x" : points.x.title, "float"},
                   {points.y.title.empty() ? "y" : points.y.title, "float"}};
        if (!out) return {};
        for (const auto& point : points.points) {
            *out << point.label << point.x << point.y;
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
    Status operator()(const finding::Bars& bars) const {
        bool beside = false;
        for (const auto& bar : bars.bars)
            beside = beside || bar.beside;
        columns = {{bars.title.empty() ? "label" : bars.title, "string"},
                   {bars.value.title.empty() ? "value" : bars.value.title, "float"}};
        if (beside)
            columns.push_back({bars.beside_title.empty() ? "beside" : bars.beside_title, "float"});
        if (!out) return {};
        for (const auto& bar : bars.bars) {
            *out << bar.label << bar.value;
            if (beside) *out << bar.beside.value_or(std::nan(""));
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
    Status operator()(const finding::Tokens& tokens) const {
        columns = {{"place", "integer"}, {"token", "string"}, {"value", "float"}};
        if (!out) return {};
        for (size_t i = 0; i < tokens.labels.size(); ++i) {
            *out << static_cast<Index>(i) << tokens.labels[i]
                 << (i < tokens.values.size() ? tokens.values[i] : std::nanf(""));
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
    Status operator()(const finding::Tree& tree) const {
        columns = {
            {"node", "integer"}, {"parent", "integer"}, {"label", "string"}, {"value", "float"}};
        if (!out) return {};
        for (size_t i = 0; i < tree.nodes.size(); ++i) {
            const auto& node = tree.nodes[i];
            *out << static_cast<Index>(i);
            if (node.parent)
                *out << *node.parent;
            else
                *out << std::string_view();
            *out << node.label << node.value;
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
    Status operator()(const finding::Table& table) const {
        columns.clear();
        for (size_t i = 0; i < table.columns.size(); ++i) {
            const auto& column = table.columns[i];
            const std::string name = !column.title.empty() ? column.title
                                     : i == 0              ? "label"
                                                           : "value";
            columns.push_back({column.unit.empty() ? name : name + " (" + column.unit + ")",
                               table.is_numeric(i) ? "float" : "string"});
        }
        if (!out) return {};
        for (const auto& row : rows_in_files(table)) {
            for (size_t i = 0; i < table.columns.size(); ++i)
                if (i >= row.cells.size())
                    *out << std::string_view();
                else if (const auto* number = std::get_if<double>(&row.cells[i]))
                    *out << *number;
                else if (columns[i].datatype == "float")
                    out->beside_numbers(std::get<std::string>(row.cells[i]));
                else
                    *out << std::get<std::string>(row.cells[i]);
            FOVEA_CHECK(out->end_row());
        }
        return {};
    }
};

/// Words in squares as they stand, below the columns' labels and beside the rows'.
std::string squares_of_words(const finding::Matrix& matrix) {
    std::string text;
    const Index columns = matrix.values.extent(1);
    for (Index column = 0; column < columns; ++column)
        text += '\t' + visible_text(label(matrix.columns.labels, column));
    for (Index row = 0; row < matrix.values.extent(0); ++row) {
        text += '\n' + visible_text(label(matrix.rows.labels, row));
        for (Index column = 0; column < columns; ++column)
            text += '\t' + visible_text(label(matrix.texts, row * columns + column));
    }
    return text + '\n';
}

std::string as_it_stands(const finding::Matrix& matrix) {
    if (matrix.values.empty()) return {};
    std::string text;
    if (!matrix.texts.empty()) text = squares_of_words(matrix) + matrix.value.title + '\n';
    return text + matrix_as_text(matrix.values, matrix.rows.labels, matrix.columns.labels);
}

}  // namespace

std::vector<finding::Table::Row> rows_in_files(const finding::Table& table) {
    std::vector<finding::Table::Row> rows;
    for (const auto& row : table.rows) {
        if (row.faint && !table.folded.empty()) {
            rows.insert(rows.end(), table.folded.begin(), table.folded.end());
            continue;
        }
        rows.push_back(row);
        if (!row.total) continue;
        for (size_t i = 0; i < row.cells.size(); ++i)
            if (std::holds_alternative<std::string>(row.cells[i]) && table.is_numeric(i))
                rows.back().cells[i] = std::nan("");
    }
    return rows;
}

std::string finding_text(const Finding& finding) {
    std::string text = finding.title.empty() ? finding.name : finding.title;
    if (!finding.caption.empty()) text += ": " + finding.caption;
    text = visible_text(text) + '\n';
    if (const auto* matrix = std::get_if<finding::Matrix>(&finding.kind))
        return text + as_it_stands(*matrix);
    RowWriter writer(RowWriter::Style::tabs, [&](std::string_view rows) {
        text += rows;
        return Status();
    });
    Columns columns;
    static_cast<void>(std::visit(Tabular{nullptr, columns}, finding.kind));
    for (const auto& column : columns)
        writer << column.name;
    // Nothing fails that writes into memory.
    static_cast<void>(writer.end_row());
    static_cast<void>(std::visit(Tabular{&writer, columns}, finding.kind));
    static_cast<void>(writer.flush());
    return text;
}

TableContent finding_table(const Finding& finding) {
    TableContent table;
    static_cast<void>(std::visit(Tabular{nullptr, table.columns}, finding.kind));
    table.write_rows = [&finding](OutputFile& file, const Progress& progress,
                                  const CancelToken& cancel) -> Status {
        RowWriter writer(RowWriter::Style::csv, [&](std::string_view text) -> Status {
            if (cancel.cancelled()) return Error{std::string(cancelled_message)};
            return file.write(text);
        });
        Columns columns;
        FOVEA_CHECK(std::visit(Tabular{&writer, columns}, finding.kind));
        FOVEA_CHECK(writer.flush());
        if (progress) progress(finding.name, 1);
        return {};
    };
    return table;
}

}  // namespace fovea
