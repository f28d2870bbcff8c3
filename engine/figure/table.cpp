#include <algorithm>
#include <cmath>

#include "engine/core/number_text.h"
#include "engine/figure/lengths.h"
#include "engine/figure/painters.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Table;

constexpr double widest_gap = 16, least_gap = 8;
constexpr double bar_width = 110;
constexpr double least_bar = 24;
constexpr double least_text = 40;
constexpr double widest_text = 220;
constexpr double thickness = 10;
constexpr double heading = 17;

const double* number_in(const Table::Row& row, size_t column) {
    return column < row.cells.size() ? std::get_if<double>(&row.cells[column]) : nullptr;
}

std::string text_in(const Table& table, const Table::Row& row, size_t column) {
    if (column >= row.cells.size()) return "";
    if (const auto* text = std::get_if<std::string>(&row.cells[column])) return *text;
    const Table::Column& about = table.columns[column];
    return number_text(*number_in(row, column), about.decimals, about.is_signed);
}

struct Column {
    bool numeric = false;
    double text = 0;  // width of its widest text
    double bar = 0;   // and of the bars before it
    Lengths lengths;
};

double width_of(const Column& column) {
    return column.text + (column.bar > 0 ? column.bar + widest_gap / 2 : 0);
}

struct Columns {
    std::vector<Column> all;
    double gap = widest_gap;

    double width() const {
        double sum = all.empty() ? 0 : gap * static_cast<double>(all.size() - 1);
        for (const Column& column : all)
            sum += width_of(column);
        return sum;
    }
};

Columns columns_of(Canvas& canvas, const Table& table) {
    Columns columns;
    columns.all.resize(table.columns.size());
    for (size_t i = 0; i < columns.all.size(); ++i) {
        const Table::Column& about = table.columns[i];
        Column& column = columns.all[i];
        column.numeric = table.is_numeric(i);
        ValueExtent extent = ValueExtent::none();
        for (const Table::Row& row : table.rows) {
            const TextStyle style = canvas.text(canvas.theme.text, row.total);
            column.text = std::max(column.text, canvas.width(text_in(table, row, i), style));
            const double* number = number_in(row, i);
            if (number && !row.total && !row.faint) extent.take(*number);
        }
        column.text = std::ceil(std::min(column.text, widest_text));
        if (about.bar && column.numeric) column.bar = bar_width;
        const double title =
            canvas.width(with_unit(about.title, about.unit), canvas.small(canvas.theme.muted));
        if (column.bar + column.text < title) column.text = std::ceil(title - column.bar);
        finding::ValueAxis axis;
        axis.is_signed = about.is_signed;
        axis.decimals = about.decimals;
        column.lengths = lengths_of(axis, extent.smallest, extent.largest);
    }
    return columns;
}

// What is too much is taken from the bars first, then from the texts; where that is not enough the
// bars go and the columns stand closer, and at last numbers are cut.
void fit(Columns& columns, double width) {
    const auto take = [&](double Column::*length, bool numeric, double least) {
        const double over = columns.width() - width;
        double give = 0;
        for (const Column& column : columns.all)
            if (column.numeric == numeric) give += std::max(0.0, column.*length - least);
        if (over <= 0 || give <= 0) return;
        const double part = std::min(1.0, over / give);
        for (Column& column : columns.all)
            if (column.numeric == numeric)
                column.*length -= std::min(std::ceil(part * std::max(0.0, column.*length - least)),
                                           column.*length);
    };
    take(&Column::bar, true, least_bar);
    take(&Column::text, false, least_text);
    if (columns.width() <= width) return;
    for (Column& column : columns.all)
        column.bar = 0;
    columns.gap = least_gap;
    take(&Column::text, true, 0);
}

bool has_titles(const Table& table) {
    return std::ranges::any_of(table.columns, [](const Table::Column& column) {
        return !column.title.empty() || !column.unit.empty();
    });
}

// A share has the colour that the map gives it.
void draw_number(Canvas& canvas, const Table::Column& about, const Lengths& lengths, double number,
                 const SceneBox& box) {
    const size_t before = canvas.scene.items.size();
    draw_length(canvas, lengths, number, box);
    if (!about.is_share || canvas.scene.items.size() == before) return;
    std::get<SceneRectangle>(canvas.scene.items.back()).colour =
        colour_at(canvas.look.map, std::clamp(number, 0.0, 1.0));
}

// At the left end of a column whose number takes `used` of its right end; at the right end where
// there is none.
void write_aside(Canvas& canvas, const Table::Aside& aside, double left, double used, double right,
                 double middle) {
    const TextStyle style = canvas.text(canvas.theme.muted);
    const double room = right - left - (used > 0 ? used + least_gap : 0);
    for (const std::string& words : {aside.words, aside.shorter}) {
        if (canvas.width(words, style) > room) continue;
        canvas.write(used > 0 ? left : right, middle, words, style,
                     used > 0 ? Anchor::start : Anchor::end);
        return;
    }
}

}  // namespace

Room room_for(Canvas& canvas, const Table& table) {
    Columns columns = columns_of(canvas, table);
    const double natural = columns.width();
    // Texts are to be read whole: only bars give way.
    for (Column& column : columns.all)
        column.bar = std::min(column.bar, least_bar);
    return {std::min(columns.width(), 420.0), natural};
}

// Named by the texts of the first column.
Rows rows_of(Canvas& canvas, const Table& table, double) {
    if (table.columns.size() < 2 || table.is_numeric(0)) return {};
    Rows rows{static_cast<Index>(table.rows.size()), heading, canvas.row(), {}};
    for (const Table::Row& row : table.rows)
        rows.labels.push_back(text_in(table, row, 0));
    rows.label_width = width_of(columns_of(canvas, table).all.front()) + widest_gap;
    return rows;
}

double draw(Canvas& canvas, const Table& table, const Place& place) {
    Columns layout = columns_of(canvas, table);
    // The first column stands in the neighbour that shares its rows.
    const size_t first = place.labelled ? 0 : 1;
    if (first > 0) layout.all.front().text = -layout.gap;  // takes no room, nor a gap
    fit(layout, place.width);
    if (first > 0) layout.all.front().text = -layout.gap;
    const std::vector<Column>& columns = layout.all;
    const double width = std::min(place.width, layout.width());
    const bool shared = place.rows.count > 0;
    const double pitch = shared ? place.rows.pitch : canvas.row();
    const double header = has_titles(table) ? heading : 0;
    const double top = place.y + std::max(header, place.rows.header);
    double y = top;
    std::vector<double> starts;
    for (double x = place.x; const Column& column : columns) {
        starts.push_back(x);
        x += width_of(column) + layout.gap;
    }
    for (size_t i = first; i < columns.size(); ++i) {
        const Table::Column& about = table.columns[i];
        const bool right = columns[i].numeric;
        canvas.write(right ? starts[i] + width_of(columns[i]) : starts[i], top - heading / 2,
                     with_unit(about.title, about.unit), canvas.small(canvas.theme.muted),
                     right ? Anchor::end : Anchor::start, width_of(columns[i]) + 1);
    }
    const double zero_from = y;
    const auto draw_zeros = [&](double until) {
        for (size_t i = 0; i < columns.size(); ++i)
            if (columns[i].bar > 0 && until > zero_from)
                draw_zero(canvas, columns[i].lengths,
                          {starts[i], zero_from, columns[i].bar, until - zero_from});
    };
    bool total_seen = false;
    for (size_t at = 0; at < table.rows.size(); ++at) {
        const Table::Row& row = table.rows[at];
        if (row.total) {
            if (!total_seen) draw_zeros(y);
            total_seen = true;
            canvas.line(place.x, y + 3, place.x + width, y + 3, canvas.theme.line);
            y += 7;
        }
        const double middle = y + pitch / 2;
        const TextStyle style =
            canvas.text(row.faint ? canvas.theme.muted : canvas.theme.text, row.total || row.asked);
        const double thick = std::min(thickness, pitch - 4);
        if (row.asked) canvas.fill({place.x - 4, y, width + 8, pitch}, canvas.theme.hidden);
        for (size_t i = first; i < columns.size(); ++i) {
            const Column& column = columns[i];
            const double right = starts[i] + width_of(column);
            const double* number = number_in(row, i);
            const SceneBox bar{starts[i], std::floor(middle - thick / 2), column.bar, thick};
            if (column.bar > 0 && number && !row.total && !row.faint)
                draw_number(canvas, table.columns[i], column.lengths, *number, bar);
            TextStyle letters = style;
            if (row.asked && i == 0) letters.colour = canvas.theme.blue;
            const double used =
                canvas.write(column.numeric ? right : starts[i], middle, text_in(table, row, i),
                             letters, column.numeric ? Anchor::end : Anchor::start,
                             (column.numeric ? width_of(column) : column.text) + 1);
            for (const Table::Aside& aside : row.asides)
                if (aside.column == i) write_aside(canvas, aside, starts[i], used, right, middle);
        }
        canvas.element(SceneElement::Of::number, static_cast<Index>(at),
                       {place.x, y, width, pitch});
        for (size_t i = first; i < std::min(row.links.size(), columns.size()); ++i)
            if (!std::holds_alternative<std::monostate>(row.links[i]))
                canvas.element(SceneElement::Of::cell, static_cast<Index>(at * columns.size() + i),
                               {starts[i], y, width_of(columns[i]), pitch});
        y += pitch;
    }
    if (!total_seen) draw_zeros(y);
    return y;
}

}  // namespace fovea
