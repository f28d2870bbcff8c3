#include "engine/text/added_tokens.h"

#include <algorithm>

namespace fovea::text {
namespace {

bool word_before(std::string_view text, size_t position) {
    return position > 0 && is_word_character(character_before(text, position).code);
}

bool word_at(std::string_view text, size_t position) {
    return position < text.size() && is_word_character(character_at(text, position).code);
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

void AddedTokens::Set::add(std::string_view spelling, const Entry& entry) {
    if (spelling.empty()) return;
    spellings.insert(spelling, static_cast<std::int32_t>(entries.size()));
    entries.push_back(entry);
}

std::int64_t AddedIds::of(const std::string& content) {
    std::int64_t id = vocabulary_.find(content);
    if (const auto known = new_ids_.find(content); known != new_ids_.end()) {
        id = known->second;
    } else if (id == Vocabulary::none) {
        id = std::max(largest_ + 1, model_tokens_);
        new_ids_.emplace(content, id);
    }
    largest_ = std::max(largest_, id);
    return id;
}

Result<AddedTokens> AddedTokens::read(const JsonSection& root, const Normalizer* normalizer,
                                      Vocabulary& vocabulary) {
    AddedTokens added;
    if (!root.find("added_tokens")) return added;
    FOVEA_TRY(const std::vector<JsonSection> sections, root.sections("added_tokens"));
    vocabulary.expect(sections.size(), 0);
    AddedIds ids(vocabulary);
    for (const JsonSection& section : sections) {
        FOVEA_TRY(const std::string_view content, section.text("content"));
        FOVEA_CHECK(section.integer("id"));
        FOVEA_TRY(const bool special, section.flag_or("special", false));
        FOVEA_TRY(const bool is_normalized, section.flag_or("normalized", !special));
        Entry entry;
        FOVEA_TRY(entry.single_word, section.flag_or("single_word", false));
        FOVEA_TRY(entry.strips_left, section.flag_or("lstrip", false));
        FOVEA_TRY(entry.strips_right, section.flag_or("rstrip", false));
        if (content.empty()) continue;
        const std::int64_t id = ids.of(std::string(content));
        if (vocabulary.find(content) == Vocabulary::none) {
            if (Status status = vocabulary.add(content, id); !status) {
                return fail("{}: {}", section.where(), status.message());
            }
        }
        entry.id = static_cast<std::int32_t>(id);
        added.ids_.push_back(entry.id);
        // Some files call line ends and runs of spaces special.
        if (special && !is_blank(content)) added.special_ids_.push_back(entry.id);
        if (!is_normalized || !normalizer) {
            (is_normalized ? added.normalized_ : added.typed_).add(content, entry);
            continue;
        }
        AlignedText spelling(content, 0);
        FOVEA_CHECK(normalizer->apply(spelling));
        added.normalized_.add(spelling.text(), entry);
    }
    std::sort(added.ids_.begin(), added.ids_.end());
    std::sort(added.special_ids_.begin(), added.special_ids_.end());
    return added;
}

bool AddedTokens::holds(std::int32_t id) const {
    return std::binary_search(ids_.begin(), ids_.end(), id);
}

bool AddedTokens::is_special(std::int32_t id) const {
    return std::binary_search(special_ids_.begin(), special_ids_.end(), id);
}

std::vector<AddedTokens::Stretch> AddedTokens::find(const Set& set, std::string_view text) {
    std::vector<Stretch> found;
    size_t done = 0;
    for (size_t at = 0; at < text.size() && !set.entries.empty();) {
        const PrefixTrie::Match match = set.spellings.longest(PrefixTrie::root, text, at);
        if (match.bytes == 0) {
            ++at;
            continue;
        }
        const Entry& entry = set.entries[static_cast<size_t>(match.value)];
        size_t begin = at;
        size_t end = at + match.bytes;
        at = end;
        if (entry.single_word && (word_before(text, begin) || word_at(text, end))) continue;
        while (entry.strips_left && begin > done) {
            const Character before = character_before(text, begin);
            if (!is_whitespace(before.code)) break;
            begin -= before.bytes;
        }
        while (entry.strips_right && end < text.size()) {
            const Character after = character_at(text, end);
            if (!is_whitespace(after.code)) break;
            end += after.bytes;
        }
        if (done < begin) found.push_back({Vocabulary::none, done, begin});
        found.push_back({entry.id, begin, end});
        done = at = end;
    }
    if (done < text.size()) found.push_back({Vocabulary::none, done, text.size()});
    return found;
}

}  // namespace fovea::text
