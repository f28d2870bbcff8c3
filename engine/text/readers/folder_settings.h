#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/readers/folder_class.h"
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
    Family family() const { return tokenizer_class(class_name()).family; }
    /// The same as AutoTokenizer finds it beside a tokenizer.json, where many a folder states one
    /// that is not taken.
    TokenizerClass class_beside_file() const;
    /// No file beside says a word.
    bool says_nothing_of_tokens() const {
        return tokenizer_config_.empty() && special_tokens_.empty() && listed_.empty();
    }

    std::optional<bool> flag(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    /// A special token by its role: "cls_token".
    std::optional<std::string> special(std::string_view role) const;
    /// The same or, where no file says, as the class has it; `otherwise` where that has none.
    std::string special(std::string_view role, Family family,
                        std::string_view otherwise = {}) const;
    /// How many gaps to fill a T5 has: <extra_id_0> and on.
    std::int64_t gaps() const;

    /// The added tokens of a folder, in the form of tokenizer.json's "added_tokens" and in the
    /// order in which transformers adds them: those of a tokenizer.json (`of_file`), those that
    /// the files beside it list by id, those that they or the class call special.
    nlohmann::json tokens_beside(const nlohmann::json& of_file, Family family) const;

    /// The same of a folder without a tokenizer.json, with their ids, and with the tokens of the
    /// vocabulary that are `usual`.
    nlohmann::json added_tokens(const Vocabulary& vocabulary,
                                const std::vector<std::string>& usual) const;

  private:
    std::string stated_class() const;
    bool lists_by_id() const { return tokenizer_config_.contains("added_tokens_decoder"); }
    /// The tokens that the files call special: those with a role, which the class may have too,
    /// then all others.
    std::vector<nlohmann::json> specials(Family family) const;
    void list_added_tokens(const nlohmann::json& by_spelling);

    std::filesystem::path folder_;
    nlohmann::json tokenizer_config_ = nlohmann::json::object();
    nlohmann::json special_tokens_ = nlohmann::json::object();
    nlohmann::json model_config_ = nlohmann::json::object();
    std::map<std::int64_t, nlohmann::json> listed_;
};

/// A list of "added_tokens" in which a spelling stands once; a Gemma lists thousands.
class AddedTokenList {
  public:
    explicit AddedTokenList(nlohmann::json tokens = nlohmann::json::array());
    /// Puts a token at the end, where its spelling is not listed yet.
    void add(nlohmann::json token);
    /// The same, but where it is listed the token takes the old one's place.
    void put(nlohmann::json token);
    nlohmann::json take() { return std::move(tokens_); }

  private:
    nlohmann::json tokens_;
    std::map<std::string, size_t> places_;
};

}  // namespace fovea::text
