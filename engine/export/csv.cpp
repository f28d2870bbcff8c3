#include <nlohmann/json.hpp>

#include "engine/export/file_content.h"

namespace fovea {

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

namespace {

Status write_csv(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress& progress, const CancelToken& cancel) {
    const TableContent& table = content.table();
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    std::string header;
    for (const TableContent::Column& column : table.columns)
        (header += header.empty() ? "" : ",") += csv_field(column.name);
    FOVEA_CHECK(file.write(header + "\n"));
    FOVEA_CHECK(table.write_rows(file, progress, cancel));
    return file.close();
}

// Comments in a CSV file break plain readers, so its origin is told in a file beside it, named and
// laid out as "CSV on the Web" (W3C 2015) has it.
std::string csv_companion(const FileContent& content) {
    nlohmann::ordered_json table;
    table["@context"] = "http://www.w3.org/ns/csvw";
    table["url"] = content.file.filename().string();
    for (const auto& [name, type] : content.table().columns)
        table["tableSchema"]["columns"].push_back({{"name", name}, {"datatype", type}});
    nlohmann::ordered_json origin;
    for (const MetadataEntry& entry : content.metadata)
        origin[entry.key] = entry.value;
    table["notes"].push_back(origin);
    return table.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

Exporter csv_exporter() {
    // "0,0,0,0,a,a,0" of a cell, which may have two numbers
    return {".csv", "Table (CSV)", false, write_csv, csv_companion, Exporter::Holds::cells, 7};
}

}  // namespace fovea
