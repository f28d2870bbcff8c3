#include "engine/figure/links.h"

#include <cmath>

namespace fovea {
namespace {

using Of = SceneElement::Of;

struct Step {
    Index row, column;
};

SceneElement element_of(const SceneElements& grid, const Step& step) {
    SceneElement element = grid.first;
    element.index += step.row * grid.row_stride + step.column;
    return element;
}

SceneBox box_in(const SceneElements& grid, const Step& step) {
    SceneBox box = grid.first_box;
    box.x += static_cast<double>(step.column) * box.width;
    box.y += static_cast<double>(step.row) * box.height;
    return box;
}

std::optional<Step> step_to(const SceneElements& grid, const SceneElement& element) {
    if (grid.first.finding != element.finding || grid.first.of != element.of) return std::nullopt;
    const Index at = element.index - grid.first.index;
    if (at < 0) return std::nullopt;
    const Index stride = grid.rows > 1 ? grid.row_stride : grid.columns;
    const Step step{at / stride, at % stride};
    if (step.row >= grid.rows || step.column >= grid.columns) return std::nullopt;
    return step;
}

Referent at(const std::vector<Referent>& list, Index i) {
    return i >= 0 && i < static_cast<Index>(list.size()) ? list[static_cast<size_t>(i)]
                                                         : Referent{};
}

template <class Item>
Referent of_item(const std::vector<Item>& items, Index i) {
    return i >= 0 && i < static_cast<Index>(items.size()) ? items[static_cast<size_t>(i)].referent
                                                          : Referent{};
}

using Two = std::array<Referent, 2>;

struct ReferentsOf {
    const SceneElement& element;

    Two operator()(const finding::Matrix& matrix) const {
        const Index columns = matrix.values.empty() ? 1 : matrix.values.extent(1);
        if (element.of == Of::row) return {at(matrix.rows.referents, element.index), {}};
        if (element.of == Of::column) return {at(matrix.columns.referents, element.index), {}};
        if (!matrix.cells.empty()) return {at(matrix.cells, element.index), {}};
        const Index row = element.index / columns, column = element.index % columns;
        if (matrix.map_of)
            return {HeadCell{matrix.map_of->layer, matrix.map_of->head, row, column}, {}};
        return {at(matrix.rows.referents, row), at(matrix.columns.referents, column)};
    }
    Two operator()(const finding::Series& series) const {
        if (element.of == Of::row) return {of_item(series.lines, element.index), {}};
        return {at(series.x.referents, element.index), {}};
    }
    Two operator()(const finding::Points& points) const {
        return {of_item(points.points, element.index), {}};
    }
    Two operator()(const finding::Bars& bars) const {
        return {of_item(bars.bars, element.index), {}};
    }
    Two operator()(const finding::Tokens& tokens) const {
        return {at(tokens.referents, element.index), {}};
    }
    Two operator()(const finding::Tree& tree) const {
        return {of_item(tree.nodes, element.index), {}};
    }
    Two operator()(const finding::Table& table) const {
        if (element.of == Of::cell && !table.columns.empty()) {
            const auto columns = static_cast<Index>(table.columns.size());
            const auto row = static_cast<size_t>(element.index / columns);
            if (row >= table.rows.size()) return {};
            return {at(table.rows[row].links, element.index % columns), {}};
        }
        return {of_item(table.rows, element.index), {}};
    }
};

bool is_something(const Referent& referent) {
    return !std::holds_alternative<std::monostate>(referent);
}

}  // namespace

std::optional<SceneElement> element_at(const Scene& scene, double x, double y) {
    for (size_t i = scene.elements.size(); i-- > 0;) {
        const SceneElements& grid = scene.elements[i];
        const auto [left, top, width, height] = grid.first_box;
        if (!(width > 0) || !(height > 0) || x < left || y < top) continue;
        const Step step{static_cast<Index>((y - top) / height),
                        static_cast<Index>((x - left) / width)};
        if (step.row < grid.rows && step.column < grid.columns) return element_of(grid, step);
    }
    return std::nullopt;
}

Two referents_of(const Findings& findings, const SceneElement& element) {
    if (element.finding < 0 || element.finding >= static_cast<Index>(findings.findings.size()))
        return {};
    return std::visit(ReferentsOf{element},
                      findings.findings[static_cast<size_t>(element.finding)].kind);
}

bool lights_up(const Referent& pointed, const Referent& other) {
    if (!is_something(pointed) || !is_something(other)) return false;
    if (pointed == other) return true;
    if (const auto* cell = std::get_if<HeadCell>(&pointed))
        return other == Referent(HeadId{cell->layer, cell->head}) ||
               other == Referent(TokenAt{cell->query}) || other == Referent(TokenAt{cell->key});
    if (const auto* state = std::get_if<StateOf>(&pointed))
        return other == Referent(TokenAt{state->token});
    return false;
}

std::vector<SceneBox> boxes_of(const Scene& scene, const Findings& findings,
                               const Referent& pointed, std::optional<Index> except) {
    std::vector<SceneBox> boxes;
    if (!is_something(pointed)) return boxes;
    for (const SceneElements& grid : scene.elements) {
        const auto& kind = findings.findings[static_cast<size_t>(grid.first.finding)].kind;
        const auto* matrix = std::get_if<finding::Matrix>(&kind);
        // Its rows and columns are elements of their own; the squares are left to both of them.
        const bool crossed = matrix && grid.first.of == Of::number && matrix->cells.empty();
        if (crossed) {
            const auto [left, top, width, height] = grid.first_box;
            for (Index row = 0; row < grid.rows; ++row)
                if (lights_up(pointed, at(matrix->rows.referents, row)))
                    boxes.push_back({left, top + static_cast<double>(row) * height,
                                     width * static_cast<double>(grid.columns), height});
            for (Index column = 0; column < grid.columns; ++column)
                if (lights_up(pointed, at(matrix->columns.referents, column)))
                    boxes.push_back({left + static_cast<double>(column) * width, top, width,
                                     height * static_cast<double>(grid.rows)});
            const auto* cell = std::get_if<HeadCell>(&pointed);
            if (cell && matrix->map_of == HeadId{cell->layer, cell->head} &&
                cell->query < grid.rows && cell->key < grid.columns)
                boxes.push_back(box_in(grid, {cell->query, cell->key}));
            continue;
        }
        const bool of_square = matrix && grid.first.of == Of::number;
        if (of_square && except == grid.first.finding) continue;
        for (Index row = 0; row < grid.rows; ++row)
            for (Index column = 0; column < grid.columns; ++column)
                for (const Referent& referent :
                     referents_of(findings, element_of(grid, {row, column})))
                    if (of_square ? pointed == referent : lights_up(pointed, referent))
                        boxes.push_back(box_in(grid, {row, column}));
    }
    return boxes;
}

std::optional<SceneBox> box_of(const Scene& scene, const SceneElement& element) {
    for (const SceneElements& grid : scene.elements)
        if (const auto step = step_to(grid, element)) return box_in(grid, *step);
    return std::nullopt;
}

}  // namespace fovea
