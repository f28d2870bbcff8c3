#include "engine/text/folder_settings.h"

#include <array>

#include "engine/io/files.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

Result<Json> read_object(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return Json::object();
    FOVEA_TRY(const std::string text, read_text_file(file));
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return fail("{}: not a JSON object", file.string());
    return json;
}

/// "<s>", or {"content": "<s>", "lstrip": false, ...}.
std::optional<std::string> spelling_of(const Json& token) {
    if (token.is_string()) return token.get<std::string>();
    if (!token.is_object()) return {};
    const auto content = token.find("content");
    if (content == token.end() || !content->is_string()) return {};
    return content->get<std::string>();
}

/// The entry of "added_tokens" for a token in either form.
Json describe(const Json& token, bool special) {
    Json entry = {{"content", *spelling_of(token)}, {"special", special}, {"normalized", !special}};
    if (!token.is_object()) return entry;
    for (const char* key : {"special", "normalized", "lstrip", "rstrip", "single_word"}) {
        const auto value = token.find(key);
        if (value != token.end() && value->is_boolean()) entry[key] = *value;
    }
    return entry;
}

constexpr std::array roles = {"bos_token", "eos_token", "unk_token", "sep_token",
                              "pad_token", "cls_token", "mask_token"};

struct ModelType {
    std::string_view model_type;
    std::string_view class_name;
};

// Whose folders have older files; the others on the Hub come with a tokenizer.json.
constexpr std::array model_types = {
    ModelType{"albert", "AlbertTokenizer"},
    ModelType{"bart", "BartTokenizer"},
    ModelType{"bert", "BertTokenizer"},
    ModelType{"distilbert", "DistilBertTokenizer"},
    ModelType{"electra", "ElectraTokenizer"},
    ModelType{"gemma", "GemmaTokenizer"},
    ModelType{"gpt2", "GPT2Tokenizer"},
    ModelType{"gpt_neo", "GPT2Tokenizer"},
    ModelType{"gptj", "GPT2Tokenizer"},
    ModelType{"llama", "LlamaTokenizer"},
    ModelType{"longformer", "LongformerTokenizer"},
    ModelType{"marian", "MarianTokenizer"},
    ModelType{"mistral", "LlamaTokenizer"},
    ModelType{"mpnet", "MPNetTokenizer"},
    ModelType{"mt5", "T5Tokenizer"},
    ModelType{"opt", "GPT2Tokenizer"},
    ModelType{"qwen2", "Qwen2Tokenizer"},
    ModelType{"qwen3", "Qwen2Tokenizer"},
    ModelType{"roberta", "RobertaTokenizer"},
    ModelType{"t5", "T5Tokenizer"},
    ModelType{"xlm-roberta", "XLMRobertaTokenizer"},
};

std::optional<std::string> text_of(const Json& object, const char* key) {
    const auto value = object.find(key);
    if (value == object.end() || !value->is_string()) return {};
    return value->get<std::string>();
}

}  // namespace

Result<FolderSettings> FolderSettings::read(const std::filesystem::path& folder) {
    FolderSettings settings;
    settings.folder_ = folder;
    FOVEA_TRY(settings.tokenizer_config_, read_object(folder / "tokenizer_config.json"));
    FOVEA_TRY(settings.special_tokens_, read_object(folder / "special_tokens_map.json"));
    FOVEA_TRY(settings.model_config_, read_object(folder / "config.json"));
    FOVEA_TRY(const Json added, read_object(folder / "added_tokens.json"));
    settings.list_added_tokens(added);
    return settings;
}

void FolderSettings::list_added_tokens(const Json& by_spelling) {
    std::map<std::string, Json> special = specials();
    for (const auto& [content, id] : by_spelling.items()) {
        if (!id.is_number_integer()) continue;
        const auto known = special.find(content);
        Json entry = known != special.end() ? known->second : describe(Json(content), false);
        entry["id"] = id;
        listed_[id.get<std::int64_t>()] = std::move(entry);
    }
    const auto by_id = tokenizer_config_.find("added_tokens_decoder");
    if (by_id == tokenizer_config_.end() || !by_id->is_object()) return;
    for (const auto& [key, token] : by_id->items()) {
        if (!spelling_of(token) || key.empty() || key.size() > 9 ||
            key.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        const std::int64_t id = std::stoll(key);
        listed_[id] = describe(token, false);
        listed_[id]["id"] = id;
    }
}

std::string FolderSettings::class_name() const {
    auto name = text_of(tokenizer_config_, "tokenizer_class");
    if (!name) name = text_of(model_config_, "tokenizer_class");
    if (name) {
        constexpr std::string_view fast = "Fast";
        if (name->ends_with(fast)) name->resize(name->size() - fast.size());
        return *name;
    }
    const auto model_type = text_of(model_config_, "model_type");
    for (const ModelType& row : model_types)
        if (model_type == row.model_type) return std::string(row.class_name);
    return {};
}

std::optional<bool> FolderSettings::flag(std::string_view key) const {
    const auto value = tokenizer_config_.find(key);
    if (value == tokenizer_config_.end() || !value->is_boolean()) return {};
    return value->get<bool>();
}

std::optional<std::int64_t> FolderSettings::integer(std::string_view key) const {
    const auto value = tokenizer_config_.find(key);
    if (value == tokenizer_config_.end() || !value->is_number_integer()) return {};
    return value->get<std::int64_t>();
}

std::optional<std::string> FolderSettings::special(std::string_view role) const {
    for (const Json* file : {&special_tokens_, &tokenizer_config_}) {
        const auto token = file->find(role);
        if (token == file->end()) continue;
        if (auto spelling = spelling_of(*token)) return spelling;
    }
    return {};
}

Json FolderSettings::added_tokens(const Vocabulary& vocabulary,
                                  const std::vector<std::string>& usual) const {
    std::map<std::string, Json> special = specials();
    for (const std::string& spelling : usual)
        special.emplace(spelling, describe(Json(spelling), true));
    std::map<std::int64_t, Json> by_id = listed_;
    for (const auto& [spelling, description] : special) {
        const std::int32_t id = vocabulary.find(spelling);
        if (id == Vocabulary::none || by_id.contains(id)) continue;
        by_id[id] = description;
        by_id[id]["id"] = id;
    }
    Json tokens = Json::array();
    for (auto& [id, description] : by_id)
        tokens.push_back(std::move(description));
    return tokens;
}

std::map<std::string, Json> FolderSettings::specials() const {
    std::map<std::string, Json> found;
    const auto add = [&](const Json& token) {
        if (const auto spelling = spelling_of(token))
            found.emplace(*spelling, describe(token, true));
    };
    for (const Json* file : {&special_tokens_, &tokenizer_config_}) {
        for (const char* role : roles) {
            if (const auto token = file->find(role); token != file->end()) add(*token);
        }
        const auto more = file->find("additional_special_tokens");
        if (more == file->end() || !more->is_array()) continue;
        for (const Json& token : *more)
            add(token);
    }
    for (auto& [spelling, description] : found)
        description["special"] = true;
    return found;
}

}  // namespace fovea::text
