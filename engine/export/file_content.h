#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/export/arrays.h"
#include "engine/figure/scene.h"

namespace fovea {

/// What a file says about its origin, in this order.
struct MetadataEntry {
    std::string key, value;
    bool is_json = false;  ///< the value is JSON, and a format that has values writes it as such
};
using Metadata = std::vector<MetadataEntry>;

/// Arrays by name, and what JSON alone has room for: further members, their values as JSON.
struct ArrayContent {
    std::vector<ExportArray> arrays;
    std::vector<std::pair<std::string, std::string>> members = {};
};

/// Columns with names and rows of values, which are written while they are made.
struct TableContent {
    struct Column {
        std::string name;
        std::string_view datatype;  ///< as "CSV on the Web" has it: "integer", "string", "float"
    };
    std::vector<Column> columns;
    double numbers = 0;  ///< how many there will be
    std::function<Status(OutputFile& file, const Progress& progress, const CancelToken& cancel)>
        write_rows;
};

struct PictureContent {
    Scene scene;
    double scale = 2;         ///< PNG pixels to the scene's unit
    std::string description;  ///< in words
};

/// All that a format is given: the same for a reading and for the findings of an analysis.
struct FileContent {
    std::filesystem::path file;
    Metadata metadata;
    std::variant<ArrayContent, TableContent, PictureContent> body;

    const ArrayContent& arrays() const { return std::get<ArrayContent>(body); }
    const TableContent& table() const { return std::get<TableContent>(body); }
    const PictureContent& picture() const { return std::get<PictureContent>(body); }
};

/// Metadata as one JSON object. `indent` as nlohmann::json has it: -1 for one line. `ascii` escapes
/// all other characters.
std::string metadata_json(const Metadata& metadata, int indent, bool ascii = false);

/// RFC 4180: a field with a comma, a quote or a line break stands in quotes, its quotes doubled.
std::string csv_field(std::string_view text);

}  // namespace fovea
