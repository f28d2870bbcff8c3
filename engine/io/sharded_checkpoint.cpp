// A folder's weights: one safetensors file, or several with an index that says which tensor lies
// in which.
#include <simdjson.h>

#include <set>

#include "engine/io/checkpoint.h"
#include "engine/io/files.h"
#include "engine/io/foreign_weights.h"
#include "engine/io/inner_path.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view whole_name = "model.safetensors";
constexpr std::string_view index_name = "model.safetensors.index.json";

/// Tensor to file name.
using WeightMap = std::map<std::string, std::string, std::less<>>;

Result<WeightMap> read_weight_map(std::string_view json, const std::string& file) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(json);
    simdjson::dom::element root;
    if (const auto error = parser.parse(padded).get(root)) {
        return fail("{}: not valid JSON: {}", file, simdjson::error_message(error));
    }
    simdjson::dom::object entries;
    if (root["weight_map"].get(entries)) return fail("{}: has no object \"weight_map\"", file);
    WeightMap map;
    for (const auto entry : entries) {
        std::string_view shard;
        if (entry.value.get(shard)) {
            return fail("{}: the file of tensor '{}' is not a string", file, entry.key);
        }
        if (!is_plain_name(shard)) {
            return fail("{}: tensor '{}' is said to lie in '{}', which is not a file beside it",
                        file, entry.key, shard);
        }
        const auto [place, added] = map.emplace(entry.key, shard);
        if (!added && place->second != shard) {
            return fail("{}: tensor '{}' is said to lie both in {} and in {}", file, entry.key,
                        place->second, shard);
        }
    }
    if (map.empty()) return fail("{}: \"weight_map\" names no tensor", file);
    return map;
}

/// `otherwise` is what there is to say of files that are no other framework's.
Error no_weights(const fs::path& folder, const std::string& otherwise) {
    const auto there = [&](std::string_view file) { return is_there(folder / file); };
    if (const ForeignWeights* foreign = find_foreign_weights(there))
        return fail("{}: holds {}", folder.string(), foreign->refusal());
    if (!otherwise.empty()) return fail("{}: {}", folder.string(), otherwise);
    return fail("{}: no such file", (folder / whole_name).string());
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open_folder(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return fail("{}: no such folder", folder.string());
    if (is_there(folder / whole_name)) return open_safetensors(folder / whole_name);
    const fs::path index = folder / index_name;
    if (!is_there(index)) {
        const OtherSafetensors other = find_other_safetensors(folder);
        if (!other.file.empty()) return open_safetensors(other.file);
        return no_weights(folder, other.refusal);
    }

    FOVEA_TRY(const std::string json, read_text_file(index));
    FOVEA_TRY(const WeightMap map, read_weight_map(json, index.string()));
    std::set<std::string_view> names;
    for (const auto& [tensor, shard] : map)
        names.insert(shard);

    auto checkpoint = std::make_shared<Checkpoint>();
    std::vector<std::shared_ptr<const Checkpoint>> shards;  // which hold the tensors' names
    std::map<std::string_view, std::string_view> shard_of;  // of every tensor found
    checkpoint->name_ = index.string();
    for (const std::string_view name : names) {
        if (!is_there(folder / name)) {
            return fail("{}: names {}, which is not there (is the download complete?)",
                        index.string(), name);
        }
        FOVEA_TRY(std::shared_ptr<const Checkpoint> shard, open_safetensors(folder / name));
        for (const auto& [tensor, view] : shard->tensors()) {
            const auto [place, added] = shard_of.emplace(tensor, name);
            if (!added) {
                return fail("{}: tensor '{}' lies both in {} and in {}", index.string(), tensor,
                            place->second, name);
            }
            checkpoint->tensors_.emplace(tensor, view);
        }
        for (const auto& [key, value] : shard->metadata())
            checkpoint->metadata_.emplace(key, value);
        checkpoint->files_.insert(checkpoint->files_.end(), shard->files().begin(),
                                  shard->files().end());
        shards.push_back(std::move(shard));
    }
    for (const auto& [tensor, shard] : map) {
        const auto found = shard_of.find(tensor);
        if (found == shard_of.end() || found->second != shard) {
            return fail("{}: tensor '{}' is said to lie in {}, but does not", index.string(),
                        tensor, shard);
        }
    }
    return std::shared_ptr<const Checkpoint>(std::move(checkpoint));
}

}  // namespace fovea
