#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/export/finding_files.h"

namespace fovea {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

// The double that is written as shortly as the float: 0.1, not 0.10000000149.
Json number(float value) {
    if (!std::isfinite(value)) return {};
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    double same = 0;
    std::from_chars(digits, end, same);
    return same;
}

Json numbers(std::span<const float> values) {
    Json list = Json::array();
    for (const float value : values)
        list.push_back(number(value));
    return list;
}

struct ReferentJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const HeadId& it) const { return {{"layer", it.layer}, {"head", it.head}}; }
    Json operator()(const HeadCell& it) const {
        return {{"layer", it.layer}, {"head", it.head}, {"query", it.query}, {"key", it.key}};
    }
    Json operator()(const MlpOf& it) const { return {{"mlp", it.layer}}; }
    Json operator()(const StateOf& it) const { return {{"state", it.state}, {"token", it.token}}; }
    Json operator()(const TokenAt& it) const { return {{"token", it.token}}; }
    Json operator()(const VocabularyEntry& it) const { return {{"id", it.id}}; }
};

Json json_of(const Referent& referent) {
    return std::visit(ReferentJson(), referent);
}

Json json_of(const std::vector<Referent>& referents) {
    Json list = Json::array();
    for (const Referent& one : referents)
        list.push_back(json_of(one));
    return list;
}

void add_referent(Json& item, const Referent& referent) {
    if (!std::holds_alternative<std::monostate>(referent)) item["of"] = json_of(referent);
}

Json json_of(const finding::ValueAxis& axis) {
    constexpr const char* scales[] = {"linear", "logarithmic", "square root"};
    Json json = {{"title", axis.title},
                 {"unit", axis.unit},
                 {"scale", scales[static_cast<size_t>(axis.scale)]},
                 {"signed", axis.is_signed}};
    if (axis.low) json["low"] = *axis.low;
    if (axis.high) json["high"] = *axis.high;
    return json;
}

Json json_of(const finding::PlaceAxis& axis) {
    Json json = {{"title", axis.title}, {"labels", axis.labels}};
    if (!axis.referents.empty()) json["of"] = json_of(axis.referents);
    return json;
}

struct KindJson {
    Json& json;

    void operator()(const finding::Matrix& matrix) const {
        json["kind"] = "matrix";
        json["rows"] = json_of(matrix.rows);
        json["columns"] = json_of(matrix.columns);
        json["value"] = json_of(matrix.value);
        json["values"] = Json::array();
        const Index rows = matrix.values.empty() ? 0 : matrix.values.extent(0);
        const Index columns = matrix.values.empty() ? 0 : matrix.values.extent(1);
        for (Index row = 0; row < rows; ++row)
            json["values"].push_back(
                numbers({matrix.values.slice(row), static_cast<size_t>(columns)}));
        if (!matrix.texts.empty()) {
            json["texts"] = Json::array();
            for (Index row = 0; row < rows; ++row) {
                const auto begin = matrix.texts.begin() + row * columns;
                json["texts"].push_back(std::vector<std::string>(begin, begin + columns));
            }
        }
        if (!matrix.cells.empty()) json["of"] = json_of(matrix.cells);
        if (const auto& ranking = matrix.ranking)
            json["ranking"] = {
                {"each", ranking->each},         {"names", ranking->names},
                {"which", ranking->which},       {"values", numbers(ranking->values)},
                {"followed", ranking->followed}, {"ranks", ranking->ranks}};
        if (matrix.map_of) json["map_of"] = json_of(Referent(*matrix.map_of));
        if (!matrix.notes.empty()) json["notes"] = matrix.notes;
        if (!matrix.changed.empty()) json["changed"] = matrix.changed;
    }
    void operator()(const finding::Series& series) const {
        json["kind"] = "series";
        json["x"] = json_of(series.x);
        json["y"] = json_of(series.y);
        json["lines"] = Json::array();
        for (const auto& line : series.lines) {
            Json one = {{"label", line.label}, {"values", numbers(line.values)}};
            if (line.beside) one["beside"] = true;
            add_referent(one, line.referent);
            json["lines"].push_back(std::move(one));
        }
    }
    void operator()(const finding::Points& points) const {
        json["kind"] = "points";
        json["x"] = json_of(points.x);
        json["y"] = json_of(points.y);
        json["points"] = Json::array();
        for (const auto& point : points.points) {
            Json one = {{"label", point.label}, {"x", number(point.x)}, {"y", number(point.y)}};
            add_referent(one, point.referent);
            json["points"].push_back(std::move(one));
        }
    }
    void operator()(const finding::Bars& bars) const {
        json["kind"] = "bars";
        json["labels"] = bars.title;
        json["value"] = json_of(bars.value);
        json["bars"] = Json::array();
        for (const auto& bar : bars.bars) {
            Json one = {{"label", bar.label}, {"value", number(bar.value)}};
            if (bar.beside) one["beside"] = number(*bar.beside);
            add_referent(one, bar.referent);
            json["bars"].push_back(std::move(one));
        }
        if (bars.sum) json["sum"] = number(*bars.sum);
    }
    void operator()(const finding::Tokens& tokens) const {
        json["kind"] = "tokens";
        json["value"] = json_of(tokens.value);
        json["labels"] = tokens.labels;
        json["values"] = numbers(tokens.values);
        if (!tokens.referents.empty()) json["of"] = json_of(tokens.referents);
    }
    void operator()(const finding::Tree& tree) const {
        json["kind"] = "tree";
        json["value"] = json_of(tree.value);
        json["nodes"] = Json::array();
        for (const auto& node : tree.nodes) {
            Json one = {{"label", node.label},
                        {"value", number(node.value)},
                        {"parent", node.parent ? Json(*node.parent) : Json()}};
            add_referent(one, node.referent);
            json["nodes"].push_back(std::move(one));
        }
    }
    void operator()(const finding::Table& table) const {
        json["kind"] = "table";
        json["columns"] = Json::array();
        for (const auto& column : table.columns)
            json["columns"].push_back({{"title", column.title}, {"unit", column.unit}});
        json["rows"] = Json::array();
        for (const auto& row : rows_in_files(table)) {
            Json one = {{"cells", Json::array()}};
            for (const auto& cell : row.cells)
                one["cells"].push_back(std::holds_alternative<double>(cell)
                                           ? number(std::get<double>(cell))
                                           : Json(std::get<std::string>(cell)));
            if (row.total) one["total"] = true;
            add_referent(one, row.referent);
            json["rows"].push_back(std::move(one));
        }
    }
};

}  // namespace

Json finding_json(const Finding& finding) {
    Json json = {{"name", finding.name}, {"title", finding.title}, {"caption", finding.caption}};
    if (!finding.citation.empty()) json["citation"] = finding.citation;
    if (finding.stage > 0) json["stage"] = finding.stage;
    std::visit(KindJson{json}, finding.kind);
    return json;
}

}  // namespace fovea
