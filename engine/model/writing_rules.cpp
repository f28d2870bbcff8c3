#include "engine/model/writing_rules.h"

#include <algorithm>
#include <limits>
#include <span>

#include "engine/model/config_json.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

constexpr float impossible = -std::numeric_limits<float>::infinity();

Result<Index> whole_number(const Json& root, std::string_view file, std::string_view key) {
    const Json* value = look_up(root, key);
    if (!value) return Index{0};
    if (!value->is_number_integer() || *value < 0 || *value > (Index{1} << 31))
        return fail("{}: \"{}\" must be a whole number, not {}", file, key, value->dump());
    return value->get<Index>();
}

/// The keys that act on the likeliest token as well, and their values that do nothing.
const std::pair<std::string_view, Json> unfollowed_keys[] = {
    {"begin_suppress_tokens", Json::array()},
    {"encoder_no_repeat_ngram_size", 0},
    {"encoder_repetition_penalty", 1.0},
    {"exponential_decay_length_penalty", nullptr},
    {"min_new_tokens", 0},
    {"repetition_penalty", 1.0},
    {"sequence_bias", Json::object()},
    {"suppress_tokens", Json::array()},
};

Status read_never(const Json& root, std::string_view file, WritingRules& rules) {
    const Json* words = look_up(root, "bad_words_ids");
    if (!words) return {};
    if (!words->is_array())
        return fail("{}: \"bad_words_ids\" must be a list of lists of ids", file);
    for (const Json& word : *words) {
        const auto is_id = [](const Json& id) {
            return id.is_number_integer() && id >= 0 &&
                   id <= std::numeric_limits<std::int32_t>::max();
        };
        if (!word.is_array() || word.empty() || !std::ranges::all_of(word, is_id))
            return fail("{}: \"bad_words_ids\" must be a list of lists of ids", file);
        if (word.size() == 1)
            rules.never.push_back(word[0].get<std::int32_t>());
        else if (rules.unfollowed.empty() || rules.unfollowed.back() != "bad_words_ids")
            rules.unfollowed.push_back("bad_words_ids");
    }
    return {};
}

void rule_out(std::span<float> logits, std::int32_t id) {
    if (id >= 0 && static_cast<size_t>(id) < logits.size())
        logits[static_cast<size_t>(id)] = impossible;
}

}  // namespace

void WritingRules::apply(const std::vector<std::int32_t>& written, std::int32_t end_token,
                         std::span<float> logits) const {
    if (static_cast<Index>(written.size()) < shortest) rule_out(logits, end_token);
    for (const std::int32_t id : never)
        rule_out(logits, id);
    if (unrepeated > 0 && static_cast<Index>(written.size()) >= unrepeated) {
        const auto before = static_cast<std::ptrdiff_t>(unrepeated) - 1;
        const auto last = written.end() - before;
        for (auto at = written.begin(); at + before < written.end(); ++at)
            if (std::equal(at, at + before, last)) rule_out(logits, *(at + before));
    }
    // Last: what is forced is written whatever speaks against it.
    const bool forces = forced_first && written.size() == 1 && *forced_first >= 0 &&
                        static_cast<size_t>(*forced_first) < logits.size();
    if (!forces) return;
    std::ranges::fill(logits, impossible);
    logits[static_cast<size_t>(*forced_first)] = 0;
}

Result<WritingRules> parse_writing_rules(std::string_view json, std::string_view name) {
    const Json root = parse_python_json(json);
    if (root.is_discarded() || !root.is_object()) return fail("{}: not a JSON object", name);
    WritingRules rules;
    if (look_up(root, "forced_bos_token_id")) {
        FOVEA_TRY(const Index id, whole_number(root, name, "forced_bos_token_id"));
        rules.forced_first = static_cast<std::int32_t>(id);
    }
    FOVEA_TRY(rules.shortest, whole_number(root, name, "min_length"));
    FOVEA_TRY(rules.unrepeated, whole_number(root, name, "no_repeat_ngram_size"));
    FOVEA_CHECK(read_never(root, name, rules));
    for (const auto& [key, nothing] : unfollowed_keys)
        if (const Json* value = look_up(root, key); value && *value != nothing)
            rules.unfollowed.emplace_back(key);
    return rules;
}

}  // namespace fovea
