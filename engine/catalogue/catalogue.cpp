#include "engine/catalogue/catalogue.h"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "assets_files.h"

namespace fovea {
namespace {

using simdjson::dom::element;

/// A place inside the model's folder and nowhere else.
bool is_inner_path(std::string_view text) {
    if (text.empty() || text.find('\0') != std::string_view::npos) return false;
    const std::filesystem::path path(text);
    return path.is_relative() && std::none_of(path.begin(), path.end(), [](const auto& part) {
               return part.empty() || part == "." || part == "..";
           });
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// Reads one model; every error names the file, the model and the field.
class EntryReader {
  public:
    EntryReader(std::string_view file, size_t number)
        : where_(fmt::format("{}: model {}", file, number)) {}

    Result<CatalogueEntry> read(element json) {
        CatalogueEntry entry;
        FOVEA_CHECK(string(json, "name", entry.name));
        if (!is_inner_path(entry.name) || entry.name.find('/') != std::string::npos) {
            return fail("{}: '{}' is no name for a folder", where_, entry.name);
        }
        where_ += fmt::format(" ({})", entry.name);
        FOVEA_CHECK(string(json, "description", entry.description));
        FOVEA_CHECK(string(json, "architecture", entry.architecture));
        FOVEA_CHECK(string(json, "licence", entry.licence));
        element value;
        if (!json["default"].get(value) && value.get(entry.is_default)) {
            return fail("{}: 'default' is neither true nor false", where_);
        }
        simdjson::dom::array list;
        if (json["files"].get(list) || list.size() == 0) return fail("{} has no 'files'", where_);
        for (const element file : list) {
            FOVEA_TRY(CatalogueFile read, read_file(file));
            if (read.size > std::numeric_limits<std::uint64_t>::max() - entry.total_size()) {
                return fail("{}: the sizes of the files overflow", where_);
            }
            entry.files.push_back(std::move(read));
        }
        if (json["sources"].get(list) || list.size() == 0) {
            return fail("{} has no 'sources'", where_);
        }
        for (const element source : list) {
            FOVEA_TRY(CatalogueSource read, read_source(source));
            entry.sources.push_back(std::move(read));
        }
        return entry;
    }

  private:
    Status string(element json, std::string_view key, std::string& out) const {
        std::string_view text;
        if (json[key].get(text)) return fail("{} has no '{}'", where_, key);
        out = text;
        return {};
    }

    Result<CatalogueFile> read_file(element json) const {
        CatalogueFile file;
        FOVEA_CHECK(string(json, "path", file.path));
        FOVEA_CHECK(string(json, "sha256", file.sha256));
        if (!is_inner_path(file.path)) {
            return fail("{}: '{}' is no path inside a folder", where_, file.path);
        }
        if (!is_sha256(file.sha256)) {
            return fail("{}: '{}' is no SHA-256 in lower-case hex", where_, file.sha256);
        }
        if (json["size"].get(file.size)) return fail("{}: '{}' has no size", where_, file.path);
        return file;
    }

    Result<CatalogueSource> read_source(element json) const {
        CatalogueSource source;
        element value;
        if (!json["url"].get(value)) {
            FOVEA_CHECK(string(json, "url", source.base));
            if (!source.base.starts_with("https://") && !source.base.starts_with("http://")) {
                return fail("{}: '{}' is no web address", where_, source.base);
            }
            return source;
        }
        source.kind = CatalogueSource::Kind::python_package;
        FOVEA_CHECK(string(json, "python_package", source.package));
        FOVEA_CHECK(string(json, "folder", source.folder));
        // It becomes an argument of a program, where a dash in front would make it an option.
        if (source.package.empty() ||
            !std::isalnum(static_cast<unsigned char>(source.package[0]))) {
            return fail("{}: '{}' is no package", where_, source.package);
        }
        return source;
    }

    std::string where_;
};

}  // namespace

std::uint64_t CatalogueEntry::total_size() const {
    std::uint64_t total = 0;
    for (const CatalogueFile& file : files)
        total += file.size;
    return total;
}

Result<std::vector<CatalogueEntry>> parse_catalogue(std::string_view json, std::string_view name) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(json);
    element root;
    if (const auto error = parser.parse(padded).get(root)) {
        return fail("{}: not valid JSON: {}", name, simdjson::error_message(error));
    }
    simdjson::dom::array models;
    if (root["models"].get(models)) return fail("{}: has no list 'models'", name);
    std::vector<CatalogueEntry> entries;
    for (const element model : models) {
        FOVEA_TRY(CatalogueEntry entry, EntryReader(name, entries.size() + 1).read(model));
        for (const CatalogueEntry& other : entries) {
            if (other.name == entry.name) {
                return fail("{}: model '{}' stands there twice", name, entry.name);
            }
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<std::vector<CatalogueEntry>> catalogue() {
    return parse_catalogue(assets::models_json, "assets/models.json");
}

}  // namespace fovea
