// Ollama's store: manifests/HOST/NAMESPACE/NAME/TAG is JSON that lists layers; the one with the
// weights is a GGUF file blobs/sha256-HEX.
#include <simdjson.h>

#include "engine/catalogue/finder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr size_t largest_manifest = 1 << 20;
constexpr std::string_view weights_type = "application/vnd.ollama.image.model";

bool is_digest(std::string_view text) {
    constexpr std::string_view kind = "sha256:";
    return text.size() == kind.size() + 64 && text.starts_with(kind) &&
           text.find_first_not_of("0123456789abcdef", kind.size()) == text.npos;
}

FoundModel describe_manifest(const fs::path& place, const fs::path& manifest) {
    FoundModel model;
    model.path = manifest;
    const auto text = read_small_file(manifest, largest_manifest);
    simdjson::dom::parser parser;
    simdjson::dom::array layers;
    if (!text || parser.parse(*text)["layers"].get(layers)) {
        model.why_not = "its manifest lists no layers";
        return model;
    }
    for (const simdjson::dom::element layer : layers) {
        std::string_view type, digest;
        if (layer["mediaType"].get(type) || type != weights_type) continue;
        if (layer["digest"].get(digest) || !is_digest(digest)) {
            model.why_not = "its manifest names no file";
            return model;
        }
        const fs::path blob = place / "blobs" / fmt::format("sha256-{}", digest.substr(7));
        if (!is_file(blob)) {
            model.why_not = "its weights are missing: the download was not finished";
            return model;
        }
        model = describe_gguf(blob);
        std::uint64_t size = 0;
        if (!layer["size"].get(size) && size != model.size) {
            model.can_open = false;
            model.why_not = fmt::format(
                "its weights have {} of {} bytes: the download was not "
                "finished",
                model.size, size);
        }
        return model;
    }
    model.why_not = "its manifest names no weights in GGUF";
    return model;
}

/// As Ollama writes it: the usual host and namespace are left out.
std::string name_of(const fs::path& host, const fs::path& owner, const fs::path& name,
                    const fs::path& tag) {
    std::string text = name.filename().string() + ":" + tag.filename().string();
    const bool usual_host = host.filename() == "registry.ollama.ai";
    if (!usual_host || owner.filename() != "library") text = owner.filename().string() + "/" + text;
    return usual_host ? text : host.filename().string() + "/" + text;
}

}  // namespace

void find_in_ollama(const fs::path& place, Finder& finder) {
    for (const fs::path& host : finder.list(place / "manifests"))
        for (const fs::path& owner : finder.list(host))
            for (const fs::path& name : finder.list(owner))
                for (const fs::path& tag : finder.list(name))
                    if (is_file(tag))
                        finder.add(name_of(host, owner, name, tag), describe_manifest(place, tag));
}

}  // namespace fovea
