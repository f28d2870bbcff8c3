// What a glance at a model's files tells, without reading a weight.
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "engine/catalogue/finder.h"
#include "engine/catalogue/gguf_glance.h"
#include "engine/io/foreign_weights.h"
#include "engine/io/gguf.h"
#include "engine/io/inner_path.h"
#include "engine/model/config.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr size_t largest_config = 4 << 20;
/// That of a model of a terabyte has some hundred thousand tensors.
constexpr size_t largest_index = 64 << 20;

struct WeightFiles {
    std::uint64_t size = 0;
    std::string why_not;
};

std::uint64_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

/// Why a file that should be there is not.
std::string absence(const fs::path& file) {
    std::error_code ignored;
    const std::string name = file.filename().string();
    if (fs::is_symlink(file, ignored))
        return fmt::format("{} is a link that leads nowhere: its download was not finished", name);
    return fmt::format("{} is missing", name);
}

WeightFiles sharded(const fs::path& folder, const fs::path& index) {
    WeightFiles found;
    const std::string name = index.filename().string();
    const auto text = read_small_file(index, largest_index);
    simdjson::dom::parser parser;
    simdjson::dom::object map;
    if (!text || parser.parse(*text)["weight_map"].get(map)) {
        found.why_not = fmt::format("{} lists no tensors", name);
        return found;
    }
    std::set<std::string> shards;
    for (const auto field : map) {
        std::string_view shard;
        if (field.value.get(shard)) continue;
        shards.emplace(shard);
    }
    for (const std::string& shard : shards) {
        // A shard lies beside its index and nowhere else.
        if (!is_plain_name(shard)) {
            found.why_not = fmt::format("{} names \"{}\", which is no file beside it", name, shard);
            return found;
        }
        if (!is_file(folder / shard)) {
            found.why_not = absence(folder / shard);
            return found;
        }
        found.size += size_of(folder / shard);
    }
    if (shards.empty()) found.why_not = fmt::format("{} lists no tensors", name);
    return found;
}

WeightFiles weight_files(const fs::path& folder) {
    const fs::path single = folder / "model.safetensors";
    if (is_file(single)) return {size_of(single), ""};
    const fs::path index = folder / "model.safetensors.index.json";
    if (is_file(index)) return sharded(folder, index);
    const OtherSafetensors other = find_other_safetensors(folder);
    if (!other.file.empty()) return {size_of(other.file), ""};
    const auto there = [&](std::string_view file) { return is_file(folder / file); };
    if (const ForeignWeights* foreign = find_foreign_weights(there))
        return {size_of(folder / foreign->file), foreign->refusal()};
    return {0, other.refusal.empty() ? absence(single) : other.refusal};
}

/// Which architectures are known is no news in a list of models.
std::string without_known(const std::string& why_not) {
    return why_not.substr(0, why_not.find(" (known: "));
}

/// What may be said of a config that cannot be run.
void read_labels(const std::string& json, FoundModel& model) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(json).get(root)) return;
    std::string_view type;
    if (!root["model_type"].get(type)) model.architecture = type;
    for (const char* key : {"max_position_embeddings", "n_positions", "n_ctx", "seq_length"}) {
        std::int64_t context = 0;
        if (model.context == 0 && !root[key].get(context) && context > 0) model.context = context;
    }
}

}  // namespace

FoundModel describe_folder(const fs::path& folder) {
    FoundModel model;
    model.path = folder;
    WeightFiles weights = weight_files(folder);
    model.size = weights.size;
    const auto json = read_small_file(folder / "config.json", largest_config);
    if (!json) {
        const fs::path file = folder / "config.json";
        model.why_not = is_file(file) ? "config.json cannot be read"
                                      : adapter_in(folder).value_or(absence(file));
        return model;
    }
    read_labels(*json, model);
    if (const auto parsed = parse_config(*json, "config.json"); !parsed) {
        model.why_not = without_known(parsed.message());
    } else {
        model.context = parsed->config.context;
        model.why_not = std::move(weights.why_not);
        // What the header of the weights does not let be said is said when they are opened.
        if (const auto checkpoint = Checkpoint::open_folder(folder);
            model.why_not.empty() && checkpoint)
            model.ability = ability_of(*parsed, *parsed->arch, **checkpoint);
    }
    model.can_open = model.why_not.empty();
    return model;
}

FoundModel describe_gguf(const fs::path& file) {
    FoundModel model;
    model.path = file;
    model.size = size_of(file);
    const auto glance = glance_at_gguf(file);
    if (!glance) {
        model.why_not = glance.message();
        return model;
    }
    model.architecture = glance->architecture;
    model.context = glance->context;
    model.ability = glance->ability;
    model.why_not = without_known(glance->why_not);
    model.can_open = model.why_not.empty();
    return model;
}

std::vector<fs::path> gguf_models(const std::vector<fs::path>& paths) {
    std::vector<fs::path> models;
    for (const fs::path& path : paths) {
        if (!is_gguf_model_name(path) || !is_file(path)) continue;
        // "model-00002-of-00003.gguf"
        const std::string stem = path.stem().string();
        const size_t of = stem.rfind("-of-");
        const bool later_part =
            of != stem.npos && of >= 6 && stem[of - 6] == '-' && stem.substr(of - 5, 5) != "00001";
        if (!later_part) models.push_back(path);
    }
    return models;
}

}  // namespace fovea
