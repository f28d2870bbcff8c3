#include "engine/io/foreign_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "engine/io/files.h"

namespace fovea {

namespace fs = std::filesystem;

namespace {

constexpr ForeignWeights kinds[] = {
    {"pytorch_model.bin", "a pickle"},
    {"pytorch_model.bin.index.json", "the index of pickles"},
    {"consolidated.00.pth", "a pickle"},
    {"tf_model.h5", "TensorFlow's weights"},
    {"flax_model.msgpack", "Flax's weights"},
    {"model.onnx", "an ONNX graph", false},
};

}  // namespace

std::string ForeignWeights::refusal() const {
    return fmt::format("only {}, {} that Fovea does not read; {}", file, what,
                       transformers_reads ? "save it again with transformers' save_pretrained to "
                                            "get model.safetensors"
                                          : "it reads model.safetensors");
}

std::optional<std::string> adapter_in(const fs::path& folder) {
    const fs::path file = folder / "adapter_config.json";
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::nullopt;
    std::string base = "another model";
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::string_view name;
    if (const auto text = read_text_file(file);
        text && !parser.parse(simdjson::padded_string(*text)).get(root) &&
        !root["base_model_name_or_path"].get(name) && !name.empty())
        base = name;
    return fmt::format(
        "holds an adapter of {}, not a model; merge it into that model (peft's merge_and_unload) "
        "and open what save_pretrained writes",
        base);
}

OtherSafetensors find_other_safetensors(const fs::path& folder) {
    constexpr std::string_view ending = ".safetensors";
    std::vector<std::string> variants, parts, others;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;  // a link that leads nowhere is no file
        if (!name.ends_with(ending) || !entry->is_regular_file(ignored)) continue;
        const std::string_view stem = std::string_view(name).substr(0, name.size() - ending.size());
        const bool part = stem.find("-of-") != stem.npos;
        const bool variant = stem.starts_with("model.") && stem.size() > 6;
        (part ? parts : variant ? variants : others).push_back(name);
    }
    for (auto* names : {&variants, &parts, &others})
        std::ranges::sort(*names);
    if (variants.size() == 1) return {folder / variants.front(), ""};
    if (!variants.empty())
        return {{},
                fmt::format("holds {} and no model.safetensors; call the one that you want so",
                            fmt::join(variants, ", "))};
    if (!parts.empty())
        return {{},
                fmt::format("holds {} and no model.safetensors.index.json that tells what is in "
                            "its parts (is the download complete?)",
                            parts.front())};
    if (!others.empty())
        return {{}, fmt::format("holds {} and no model.safetensors", fmt::join(others, ", "))};
    return {};
}

const ForeignWeights* find_foreign_weights(
    const std::function<bool(std::string_view file)>& is_there) {
    const auto found = std::find_if(std::begin(kinds), std::end(kinds),
                                    [&](const auto& kind) { return is_there(kind.file); });
    return found == std::end(kinds) ? nullptr : found;
}

}  // namespace fovea
