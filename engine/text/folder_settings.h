#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// What the small JSON files beside an older tokenizer say about it. A file that is absent says
/// nothing; one that is broken is an error.
class FolderSettings {
  public:
    static Result<FolderSettings> read(const std::filesystem::path& folder);

    const std::filesystem::path& folder() const { return folder_; }

    /// The tokenizer's class without "Fast", such as "RobertaTokenizer", from tokenizer_config.json
    /// or, where that does not say, the one that belongs to config.json's model_type; empty where
    /// neither says.
    std::string class_name() const;

    std::optional<bool> flag(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    /// A special token by its role: "cls_token".
    std::optional<std::string> special(std::string_view role) const;

    /// Tokens beside the vocabulary's own, in the form of tokenizer.json's "added_tokens": those
    /// that the files list by id, and those of the vocabulary that they, or `usual`, call special.
    nlohmann::json added_tokens(const Vocabulary& vocabulary,
                                const std::vector<std::string>& usual) const;

  private:
    std::map<std::string, nlohmann::json> specials() const;
    void list_added_tokens(const nlohmann::json& by_spelling);

    std::filesystem::path folder_;
    nlohmann::json tokenizer_config_ = nlohmann::json::object();
    nlohmann::json special_tokens_ = nlohmann::json::object();
    nlohmann::json model_config_ = nlohmann::json::object();
    std::map<std::int64_t, nlohmann::json> listed_;
};

}  // namespace fovea::text
