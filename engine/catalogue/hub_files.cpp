// Which files of the Hub's a model consists of.
#include <algorithm>
#include <array>

#include "engine/catalogue/hub.h"
#include "engine/io/foreign_weights.h"
#include "engine/io/gguf.h"

namespace fovea {
namespace {

bool has(const std::vector<CatalogueFile>& files, std::string_view path) {
    return std::any_of(files.begin(), files.end(),
                       [&](const CatalogueFile& file) { return file.path == path; });
}

bool is_gguf_name(const CatalogueFile& file) {
    return is_gguf_model_name(file.path);
}

/// "model-00001-of-00002.safetensors", but no copy in another precision ("model.fp16-…").
bool is_shard(std::string_view path) {
    return path.starts_with("model-") && path.ends_with(".safetensors") &&
           path.find("-of-") != path.npos;
}

bool is_weights(std::string_view path, bool sharded) {
    if (!sharded) return path == "model.safetensors";
    return path == "model.safetensors.index.json" || is_shard(path);
}

bool is_of_tokenizer(std::string_view path, bool has_tokenizer_json) {
    constexpr std::array<std::string_view, 4> always = {
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};
    // The older forms, which say the same.
    constexpr std::array<std::string_view, 8> older = {
        "vocab.json",   "merges.txt", "vocab.txt",  "tokenizer.model",
        "spiece.model", "source.spm", "target.spm", "sentencepiece.bpe.model"};
    const auto is_in = [&](const auto& names) {
        return std::find(names.begin(), names.end(), path) != names.end();
    };
    return is_in(always) || (!has_tokenizer_json && is_in(older));
}

Result<std::vector<CatalogueFile>> one_gguf(const std::vector<CatalogueFile>& listed,
                                            const HubAddress& address) {
    std::vector<CatalogueFile> files;
    std::string names;
    for (const CatalogueFile& file : listed) {
        if (!is_gguf_name(file)) continue;
        files.push_back(file);
        names += (names.empty() ? "" : ", ") + file.path;
    }
    if (files.size() == 1) return files;
    return fail("{0} holds {1} GGUF files; 'fovea get {0}/FILE' fetches one of {2}", address.id,
                files.size(), names);
}

}  // namespace

bool has_only_pickles(const std::vector<CatalogueFile>& listed) {
    const bool pickle =
        has(listed, "pytorch_model.bin") || has(listed, "pytorch_model.bin.index.json");
    return pickle && !has(listed, "model.safetensors") &&
           !has(listed, "model.safetensors.index.json");
}

Result<std::vector<CatalogueFile>> choose_files(const std::vector<CatalogueFile>& listed,
                                                const HubAddress& address) {
    std::vector<CatalogueFile> files;
    if (!address.file.empty()) {
        for (const CatalogueFile& file : listed)
            if (file.path == address.file) files.push_back(file);
        if (files.empty()) return fail("{} holds no {}", address.id, address.file);
        return files;
    }
    const bool single = has(listed, "model.safetensors");
    const bool sharded = !single && has(listed, "model.safetensors.index.json");
    if (has(listed, "config.json") && (single || sharded)) {
        const bool tokenizer_json = has(listed, "tokenizer.json");
        for (const CatalogueFile& file : listed)
            if (file.path == "config.json" || is_weights(file.path, sharded) ||
                is_of_tokenizer(file.path, tokenizer_json))
                files.push_back(file);
        return files;
    }
    if (std::any_of(listed.begin(), listed.end(), is_gguf_name)) return one_gguf(listed, address);
    const auto there = [&](std::string_view file) { return has(listed, file); };
    if (const ForeignWeights* foreign = find_foreign_weights(there))
        return fail("{} holds {}", address.id, foreign->refusal());
    return fail(
        "{} holds no model that Fovea can read: no config.json with model.safetensors, no "
        "GGUF file",
        address.id);
}

}  // namespace fovea
