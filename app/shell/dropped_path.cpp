#include "app/shell/dropped_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "engine/io/files.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_json_bytes = std::uintmax_t{256} << 20;
constexpr std::array<std::string_view, 12> files_of_a_model{
    "config.json", "tokenizer.json",          "tokenizer_config.json",
    "vocab.json",  "special_tokens_map.json", "model.safetensors.index.json",
    "vocab.txt",   "generation_config.json",  "added_tokens.json",
    "merges.txt",  "tokenizer.model",         "sentencepiece.bpe.model"};
constexpr std::array<std::string_view, 4> keys_of_edits{"temperature", "mask", "block", "ablate"};

std::string name_of(const fs::path& path) {
    // "folder/" has no file name.
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

std::string folder_of(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path().string() : ".";
}

Result<Dropped> read_json(const fs::path& file) {
    std::error_code unknown;
    const std::uintmax_t size = fs::file_size(file, unknown);
    if (!unknown && size > largest_json_bytes)
        return fail("{}: too large for a session or edits", file.string());
    FOVEA_TRY(const std::string text, read_text_file(file));
    const auto root = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (root.is_discarded()) return fail("{}: not valid JSON", file.string());
    if (root.is_object() && root.contains("format")) {
        FOVEA_TRY(Session session, parse_session(text, file.string()));
        return Dropped(std::move(session));
    }
    const bool edits = root.is_object() && std::ranges::any_of(keys_of_edits, [&](auto key) {
                           return root.contains(key);
                       });
    if (!edits)
        return fail("{}: neither a session nor edits, nor a file of a model", file.string());
    FOVEA_TRY(Edits parsed, parse_edits(text, file.string()));
    return Dropped(std::move(parsed));
}

/// "a" and "b" and 3 more.
std::string listed(const std::vector<fs::path>& paths) {
    constexpr size_t most = 3;
    std::string text;
    for (size_t i = 0; i < std::min(most, paths.size()); ++i) {
        const bool last = i + 1 == paths.size();
        text += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", name_of(paths[i]));
    }
    if (paths.size() > most) text += fmt::format(" and {} more", paths.size() - most);
    return text;
}

}  // namespace

Result<Dropped> read_dropped(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return fail("{}: no such file or folder", path.string());
    if (fs::is_directory(status)) return Dropped(DroppedModel{path.string()});
    // A pipe or a device would keep the window waiting.
    if (!fs::is_regular_file(status)) return fail("{}: not a file or a folder", path.string());
    const std::string name = path.filename().string(), ending = ending_of(path);
    if (ending == ".gguf") return Dropped(DroppedModel{path.string()});
    if (ending == ".safetensors" ||
        std::ranges::find(files_of_a_model, name) != files_of_a_model.end())
        return Dropped(DroppedModel{folder_of(path)});
    if (ending == ".json") return read_json(path);
    return fail(
        "{}: cannot be opened here; drop a model's folder, a .safetensors or .gguf file, a saved "
        "session or edits (.json)",
        path.string());
}

Result<DropChoice> choose_dropped(const std::vector<fs::path>& paths) {
    Result<Dropped> chosen = read_dropped(paths.front());
    size_t at = 0;
    for (size_t i = 1; i < paths.size(); ++i) {
        if (chosen && std::holds_alternative<DroppedModel>(*chosen)) break;
        Result<Dropped> other = read_dropped(paths[i]);
        if (!other || (chosen && !std::holds_alternative<DroppedModel>(*other))) continue;
        chosen = std::move(other);
        at = i;
    }
    if (!chosen) return chosen.error();

    const auto* model = std::get_if<DroppedModel>(&*chosen);
    std::vector<fs::path> left;
    for (size_t i = 0; i < paths.size(); ++i)
        if (i != at && !(model && folder_of(paths[i]) == model->path)) left.push_back(paths[i]);
    std::string left_out;
    if (!left.empty())
        left_out = fmt::format(
            "of what was dropped only {} is opened, not {}: one model, session or file of edits "
            "at a time",
            name_of(model ? fs::path(model->path) : paths[at]), listed(left));
    return DropChoice{*std::move(chosen), paths[at], std::move(left_out)};
}

}  // namespace fovea::app
