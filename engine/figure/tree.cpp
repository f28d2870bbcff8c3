#include <algorithm>
#include <cmath>

#include "engine/figure/lengths.h"
#include "engine/figure/painters.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Tree;

constexpr double indent = 16;
constexpr double thickness = 10;
constexpr double gap = 12;
constexpr double heading = 16;

// A node, what leads to it below it, and so on: the order of reading.
struct Row {
    Index node, depth;
};

std::vector<Row> rows_of_tree(const Tree& tree) {
    std::vector<std::vector<Index>> children(tree.nodes.size());
    std::vector<Row> open, rows;
    for (Index i = static_cast<Index>(tree.nodes.size()) - 1; i >= 0; --i) {
        const auto& parent = tree.nodes[static_cast<size_t>(i)].parent;
        if (parent && *parent >= 0 && *parent < i)
            children[static_cast<size_t>(*parent)].push_back(i);
        else
            open.push_back({i, 0});
    }
    while (!open.empty()) {
        const Row row = open.back();
        open.pop_back();
        rows.push_back(row);
        for (const Index child : children[static_cast<size_t>(row.node)])
            open.push_back({child, row.depth + 1});
    }
    return rows;
}

Lengths lengths_of_nodes(const Tree& tree) {
    ValueExtent extent = ValueExtent::none();
    for (const Tree::Node& node : tree.nodes)
        extent.take(node.value);
    return lengths_of(tree.value, extent.smallest, extent.largest);
}

struct Widths {
    double label = 0, number = 0;
};

Widths widths_of(Canvas& canvas, const Tree& tree, const std::vector<Row>& rows) {
    const Lengths lengths = lengths_of_nodes(tree);
    const TextStyle style = canvas.text(canvas.theme.text);
    Widths widths;
    for (const Row& row : rows) {
        const Tree::Node& node = tree.nodes[static_cast<size_t>(row.node)];
        widths.label = std::max(widths.label, static_cast<double>(row.depth) * indent +
                                                  std::min(200.0, canvas.width(node.label, style)));
        widths.number = std::max(widths.number, canvas.width(lengths.text(node.value), style));
    }
    return {std::ceil(widths.label), std::ceil(widths.number)};
}

}  // namespace

Room room_for(Canvas& canvas, const Tree& tree) {
    const Widths widths = widths_of(canvas, tree, rows_of_tree(tree));
    const double text = widths.label + widths.number + 2 * gap;
    return {std::min(text, 160.0) + 40, text + 140};
}

double draw(Canvas& canvas, const Tree& tree, const Place& place) {
    const std::vector<Row> rows = rows_of_tree(tree);
    const Lengths lengths = lengths_of_nodes(tree);
    Widths widths = widths_of(canvas, tree, rows);
    widths.label = std::min(widths.label, 0.6 * place.width);
    const double pitch = canvas.row(), thick = std::min(thickness, pitch - 4),
                 top = place.y + heading;
    const double right = place.x + place.width;
    const double from = place.x + widths.label + gap;
    const SceneBox area{from, top, std::max(8.0, right - widths.number - gap - from),
                        pitch * static_cast<double>(rows.size())};
    canvas.write(right, place.y + heading / 2, with_unit(tree.value.title, tree.value.unit),
                 canvas.small(canvas.theme.muted), Anchor::end, place.width);
    std::vector<double> last_row_of(tree.nodes.size());  // the middle of a node's row
    const TextStyle style = canvas.text(canvas.theme.text);
    for (size_t i = 0; i < rows.size(); ++i) {
        const auto id = static_cast<size_t>(rows[i].node);
        const Tree::Node& node = tree.nodes[id];
        const double y = top + static_cast<double>(i) * pitch, middle = y + pitch / 2;
        const double x = place.x + static_cast<double>(rows[i].depth) * indent;
        last_row_of[id] = middle;
        if (rows[i].depth > 0 && node.parent) {
            const double trunk = x - indent + 4;
            const double above = last_row_of[static_cast<size_t>(*node.parent)] + 7;
            canvas.line(trunk, above, trunk, middle, canvas.theme.faint);
            canvas.line(trunk, middle, x - 3, middle, canvas.theme.faint);
        }
        canvas.write(x, middle, node.label, style, Anchor::start, place.x + widths.label - x + 1);
        draw_length(canvas, lengths, node.value,
                    {area.x, std::floor(middle - thick / 2), area.width, thick});
        canvas.write(right, middle, lengths.text(node.value), style, Anchor::end);
        canvas.element(SceneElement::Of::number, rows[i].node, {place.x, y, place.width, pitch});
    }
    draw_zero(canvas, lengths, area);
    return top + area.height;
}

}  // namespace fovea
