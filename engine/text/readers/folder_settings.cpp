#include "engine/text/readers/folder_settings.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/io/files.h"
#include "engine/text/readers/folder_tokenizer.h"

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
    // Where tokenizer_config.json lists them, the two older files say nothing.
    if (lists_by_id()) {
        special_tokens_ = Json::object();
        const Json& by_id = tokenizer_config_["added_tokens_decoder"];
        if (!by_id.is_object()) return;
        for (const auto& [key, token] : by_id.items()) {
            if (!spelling_of(token) || key.empty() || key.size() > 9 ||
                key.find_first_not_of("0123456789") != std::string::npos)
                continue;
            listed_[std::stoll(key)] = describe(token, false);
        }
        return;
    }
    std::set<std::string> special;
    for (const Json& token : specials(family()))
        special.insert(token["content"].get<std::string>());
    for (const auto& [content, id] : by_spelling.items())
        if (id.is_number_integer())
            listed_[id.get<std::int64_t>()] = describe(Json(content), special.contains(content));
}

std::string FolderSettings::stated_class() const {
    if (const auto name = text_of(tokenizer_config_, "tokenizer_class")) return *name;
    return text_of(model_config_, "tokenizer_class").value_or("");
}

std::string FolderSettings::class_name() const {
    if (const std::string stated = stated_class(); !stated.empty())
        return tokenizer_class(stated).name;
    return std::string(usual_class(text_of(model_config_, "model_type").value_or("")));
}

TokenizerClass FolderSettings::class_beside_file() const {
    return class_beside_tokenizer_json(stated_class(),
                                       text_of(model_config_, "model_type").value_or(""));
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

std::string FolderSettings::special(std::string_view role, Family family,
                                    std::string_view otherwise) const {
    if (auto named = special(role)) return *std::move(named);
    const auto usual = usual_specials(family);
    const auto found = usual.find(std::string(role));
    return found == usual.end() ? std::string(otherwise) : found->second;
}

std::int64_t FolderSettings::gaps() const {
    constexpr std::int64_t most_gaps = 1000;
    return std::min(integer("extra_ids").value_or(100), most_gaps);
}

AddedTokenList::AddedTokenList(Json tokens) : tokens_(std::move(tokens)) {
    for (size_t i = 0; i < tokens_.size(); ++i)
        places_.emplace(tokens_[i]["content"].get<std::string>(), i);
}

void AddedTokenList::add(Json token) {
    if (places_.emplace(token["content"].get<std::string>(), tokens_.size()).second)
        tokens_.push_back(std::move(token));
}

void AddedTokenList::put(Json token) {
    const auto [place, is_new] =
        places_.emplace(token["content"].get<std::string>(), tokens_.size());
    if (is_new)
        tokens_.push_back(std::move(token));
    else
        tokens_[place->second] = std::move(token);
}

Json FolderSettings::tokens_beside(const Json& of_file, Family family) const {
    const bool rebuilt = family != Family::file;
    std::map<std::int64_t, Json> listed = listed_;
    if (!lists_by_id()) {
        for (const Json& token : of_file)
            if (token.contains("id") && token["id"].is_number_integer())
                listed[token["id"].get<std::int64_t>()] = token;
    }
    AddedTokenList tokens(rebuilt ? Json::array() : of_file);
    for (auto& [id, token] : listed)
        tokens.put(std::move(token));  // said again: the same token, of other flags
    for (Json& token : specials(family)) {
        // This class adds all of them once more, by their spelling alone.
        if (family == Family::qwen2)
            tokens.put(describe(token["content"], true));
        else
            tokens.add(std::move(token));
    }
    return tokens.take();
}

Json FolderSettings::added_tokens(const Vocabulary& vocabulary,
                                  const std::vector<std::string>& usual) const {
    AddedTokenList tokens(tokens_beside(Json::array(), family()));
    for (const std::string& spelling : usual)
        if (vocabulary.find(spelling) != Vocabulary::none)
            tokens.add(describe(Json(spelling), true));
    return numbered(tokens.take(), vocabulary);
}

std::vector<Json> FolderSettings::specials(Family family) const {
    std::vector<Json> found;
    const auto add = [&](const Json& token) {
        if (!spelling_of(token)) return;
        found.push_back(describe(token, true));
        found.back()["special"] = true;
    };
    const std::map<std::string, std::string> usual = usual_specials(family);
    for (const char* role : roles) {
        const Json* said = nullptr;
        for (const Json* file : {&tokenizer_config_, &special_tokens_})
            if (const auto token = file->find(role); token != file->end()) said = &*token;
        const auto known = usual.find(role);
        if (said) {
            add(*said);
        } else if (known != usual.end()) {
            add(Json(known->second));
        } else {
            continue;
        }
        // The space before a mask belongs to it.
        const bool eats_space = family == Family::camembert || family == Family::mpnet;
        if (std::string_view(role) == "mask_token" && eats_space && (!said || said->is_string()))
            found.back()["lstrip"] = true;
    }
    bool has_more = false;
    for (const Json* file : {&tokenizer_config_, &special_tokens_}) {
        for (const auto& [key, token] : file->items()) {
            const bool has_role = std::find(roles.begin(), roles.end(), key) != roles.end();
            if (key.ends_with("_token") && !has_role && token.is_string()) add(token);
        }
        for (const char* key : {"extra_special_tokens", "additional_special_tokens"}) {
            const auto more = file->find(key);
            if (more == file->end() || !(more->is_array() || more->is_object())) continue;
            has_more = true;
            for (const Json& token : *more)
                add(token);
        }
    }
    if (has_more) return found;
    for (std::int64_t i = 0; family == Family::t5 && i < gaps(); ++i)
        add(Json(fmt::format("<extra_id_{}>", i)));
    for (const char* unused : {"<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"})
        if (family == Family::camembert) add(Json(unused));
    return found;
}

}  // namespace fovea::text
