#include "engine/catalogue/catalogue.h"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "assets_files.h"
#include "engine/catalogue/checksum.h"
#include "engine/catalogue/hub.h"
#include "engine/io/inner_path.h"

namespace fovea {
namespace {

using simdjson::dom::element;

/// Reads one model; every error names the file, the model and the field.
class EntryReader {
  public:
    EntryReader(std::string_view file, size_t number)
        : where_(fmt::format("{}: model {}", file, number)) {}

    Result<CatalogueEntry> read(element json) {
        CatalogueEntry entry;
        FOVEA_CHECK(string(json, "name", entry.name));
        if (!is_plain_name(entry.name)) {
            return fail("{}: '{}' is no name for a folder", where_, entry.name);
        }
        where_ += fmt::format(" ({})", entry.name);
        FOVEA_CHECK(string(json, "description", entry.description));
        FOVEA_CHECK(string(json, "architecture", entry.architecture));
        std::string ability;
        FOVEA_CHECK(string(json, "ability", ability));
        const auto known = ability_of_key(ability);
        if (!known) return fail("{}: '{}' is nothing that a model is", where_, ability);
        entry.ability = *known;
        FOVEA_CHECK(string(json, "licence", entry.licence));
        element value;
        if (!json["default"].get(value) && value.get(entry.is_default)) {
            return fail("{}: 'default' is neither true nor false", where_);
        }
        simdjson::dom::array list;
        if (json["sources"].get(list) || list.size() == 0) {
            return fail("{} has no 'sources'", where_);
        }
        for (const element source : list) {
            FOVEA_TRY(CatalogueSource read, read_source(source));
            entry.sources.push_back(std::move(read));
        }
        // The Hub says itself which files it has; nobody else does.
        using Kind = CatalogueSource::Kind;
        const auto is_hub = [](const auto& source) { return source.kind == Kind::hub; };
        const auto hubs = std::count_if(entry.sources.begin(), entry.sources.end(), is_hub);
        const bool listed = !json["files"].get(list) && list.size() > 0;
        if (!listed && hubs == 0) return fail("{} has no 'files'", where_);
        if (hubs > 0 && (listed || entry.sources.size() > 1))
            return fail("{}: a model of the Hub has no other files and no other sources", where_);
        FOVEA_CHECK(read_files(json, entry));
        FOVEA_CHECK(check_parts(entry));
        if (!json["terms"].get(value)) {
            CatalogueTerms terms;
            FOVEA_CHECK(string(value, "name", terms.name));
            FOVEA_CHECK(string(value, "text", terms.text));
            FOVEA_CHECK(string(value, "url", terms.url));
            entry.terms = std::move(terms);
        }
        if (!json["example"].get(value)) {
            CatalogueExample example;
            FOVEA_CHECK(string(value, "text", example.text));
            if (value["layer"].get(example.layer) || value["head"].get(example.head) ||
                example.layer < 0 || example.head < 0)
                return fail("{}: 'example' names no layer and head", where_);
            entry.example = std::move(example);
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

    Status read_files(element json, CatalogueEntry& entry) const {
        simdjson::dom::array list;
        if (json["files"].get(list)) return {};
        for (const element file : list) {
            FOVEA_TRY(CatalogueFile read, read_file(file));
            if (read.size > std::numeric_limits<std::uint64_t>::max() - entry.total_size()) {
                return fail("{}: the sizes of the files overflow", where_);
            }
            entry.files.push_back(std::move(read));
        }
        return {};
    }

    Result<CatalogueFile> read_file(element json) const {
        CatalogueFile file;
        FOVEA_CHECK(string(json, "path", file.path));
        FOVEA_CHECK(string(json, "sha256", file.sha256));
        if (!is_inner_path(file.path)) {
            return fail("{}: '{}' is no path inside a folder", where_, file.path);
        }
        FOVEA_CHECK(check_sha256(file.sha256));
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
        if (!json["hub"].get(value)) {
            source.kind = CatalogueSource::Kind::hub;
            FOVEA_CHECK(string(json, "hub", source.base));
            if (!parse_hub_address(source.base))
                return fail("{}: '{}' is no model of the Hub", where_, source.base);
            return source;
        }
        simdjson::dom::array parts;
        if (!json["python_parts"].get(parts)) {
            source.kind = CatalogueSource::Kind::python_parts;
            FOVEA_CHECK(string(json, "joined", source.joined));
            for (const element part : parts) {
                FOVEA_TRY(WheelPart read, read_part(part));
                source.parts.push_back(std::move(read));
            }
            return source;
        }
        source.kind = CatalogueSource::Kind::python_package;
        FOVEA_CHECK(string(json, "python_package", source.package));
        FOVEA_CHECK(string(json, "sha256", source.sha256));
        FOVEA_CHECK(string(json, "folder", source.folder));
        FOVEA_CHECK(check_package(source.package));
        FOVEA_CHECK(check_sha256(source.sha256));
        return source;
    }

    Result<WheelPart> read_part(element json) const {
        WheelPart part;
        FOVEA_CHECK(string(json, "package", part.package));
        FOVEA_CHECK(string(json, "sha256", part.sha256));
        FOVEA_CHECK(string(json, "member", part.member));
        FOVEA_CHECK(check_package(part.package));
        FOVEA_CHECK(check_sha256(part.sha256));
        if (json["size"].get(part.size)) return fail("{}: '{}' has no size", where_, part.member);
        return part;
    }

    /// It becomes an argument of a program, where a dash in front would make it an option.
    Status check_package(std::string_view package) const {
        if (!package.empty() && std::isalnum(static_cast<unsigned char>(package[0]))) return {};
        return fail("{}: '{}' is no package", where_, package);
    }

    Status check_sha256(std::string_view sum) const {
        if (is_sha256(sum)) return {};
        return fail("{}: '{}' is no SHA-256 in lower-case hex", where_, sum);
    }

    /// Parts make one of the files, to the byte.
    Status check_parts(const CatalogueEntry& entry) const {
        for (const CatalogueSource& source : entry.sources) {
            if (source.kind != CatalogueSource::Kind::python_parts) continue;
            std::uint64_t size = 0;
            for (const WheelPart& part : source.parts)
                size += part.size;
            const bool fits =
                std::any_of(entry.files.begin(), entry.files.end(), [&](const CatalogueFile& file) {
                    return file.path == source.joined && file.size == size;
                });
            if (!fits) return fail("{}: the parts do not make '{}'", where_, source.joined);
        }
        return {};
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

Result<CatalogueEntry> entry_to_fetch(std::string_view name) {
    FOVEA_TRY(const std::vector<CatalogueEntry> entries, catalogue());
    std::string known;
    for (const CatalogueEntry& entry : entries) {
        if (entry.name == name) return entry;
        for (const CatalogueSource& source : entry.sources)
            if (source.kind == CatalogueSource::Kind::hub && source.base == name) return entry;
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    const auto address = parse_hub_address(name);
    if (!address)
        return fail(
            "{}: not in the catalogue, which has {}; a model of the Hub is called owner/name", name,
            known);
    CatalogueEntry entry;
    // A part or a version of a model stands beside the model, not in its place.
    entry.name = address->id;
    if (!address->file.empty()) entry.name += fmt::format("/{}", address->file);
    if (address->revision != "main") entry.name += fmt::format("@{}", address->revision);
    entry.sources.push_back({CatalogueSource::Kind::hub, std::string(name), "", ""});
    return entry;
}

}  // namespace fovea
