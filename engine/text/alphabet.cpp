#include "engine/text/alphabet.h"

#include <map>
#include <nlohmann/json.hpp>

#include "engine/io/files.h"
#include "engine/text/unicode.h"

namespace fovea {
namespace {

class Alphabet final : public Tokenizer {
  public:
    Alphabet(std::vector<std::string> characters, const AlphabetSpecials& specials)
        : characters_(std::move(characters)), specials_(specials) {
        for (size_t i = 0; i < characters_.size(); ++i)
            ids_.emplace(characters_[i], static_cast<std::int32_t>(i));
        const std::pair<std::int32_t, const char*> names[] = {{specials.padding, "<pad>"},
                                                              {specials.begin, "<s>"},
                                                              {specials.end, "</s>"},
                                                              {specials.unknown, "<unk>"}};
        for (const auto& [id, name] : names) {
            if (id < 0 || static_cast<size_t>(id) >= characters_.size()) continue;
            std::string& character = characters_[static_cast<size_t>(id)];
            if (const auto found = ids_.find(character); found != ids_.end() && found->second == id)
                ids_.erase(found);
            character = name;
        }
    }

    Result<std::vector<Token>> encode(std::string_view text, bool add_special) const override {
        if (const auto invalid = text::first_invalid_byte(text))
            return fail("the text is not valid UTF-8: byte {}", *invalid);
        std::vector<Token> tokens;
        if (add_special) append_special(specials_.begin, 0, tokens);
        for (size_t at = 0; at < text.size();) {
            const size_t bytes = text::character_at(text, at).bytes;
            const std::string character(text.substr(at, bytes));
            const auto found = ids_.find(character);
            if (found == ids_.end() && specials_.unknown < 0)
                return fail("the alphabet has no \"{}\"", character);
            const std::int32_t id = found == ids_.end() ? specials_.unknown : found->second;
            tokens.push_back({id, token_text(id), at, at + bytes, false});
            at += bytes;
        }
        if (add_special) append_special(specials_.end, text.size(), tokens);
        return tokens;
    }

    std::string token_text(std::int32_t id) const override {
        return known(id) ? characters_[static_cast<size_t>(id)] : std::string();
    }
    std::optional<std::int32_t> token_id(std::string_view text) const override {
        for (size_t i = 0; i < characters_.size(); ++i)
            if (characters_[i] == text) return static_cast<std::int32_t>(i);
        return std::nullopt;
    }
    std::string piece(std::int32_t id) const override { return token_text(id); }
    std::string bytes(std::int32_t id) const override {
        return is_special(id) ? std::string() : token_text(id);
    }
    bool is_special(std::int32_t id) const override {
        return id == specials_.padding || id == specials_.begin || id == specials_.end ||
               id == specials_.unknown;
    }
    std::int32_t vocabulary_size() const override {
        return static_cast<std::int32_t>(characters_.size());
    }
    std::optional<std::int32_t> mask_id() const override { return std::nullopt; }

  private:
    bool known(std::int32_t id) const {
        return id >= 0 && static_cast<size_t>(id) < characters_.size();
    }
    void append_special(std::int32_t id, size_t at, std::vector<Token>& tokens) const {
        if (known(id)) tokens.push_back({id, token_text(id), at, at, true});
    }

    std::vector<std::string> characters_;  // [vocabulary]
    AlphabetSpecials specials_;
    std::map<std::string, std::int32_t, std::less<>> ids_;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> make_alphabet(std::string_view characters,
                                                       const AlphabetSpecials& specials) {
    if (characters.empty()) return fail("the alphabet is empty");
    if (text::first_invalid_byte(characters)) return fail("the alphabet is not valid UTF-8");
    std::vector<std::string> list;
    for (size_t at = 0; at < characters.size(); at += list.back().size())
        list.emplace_back(characters.substr(at, text::character_at(characters, at).bytes));
    return std::shared_ptr<const Tokenizer>(std::make_shared<Alphabet>(std::move(list), specials));
}

Result<Alphabets> load_alphabets(const std::filesystem::path& config_file) {
    FOVEA_TRY(const std::string text, read_text_file(config_file));
    const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    Alphabets alphabets;
    if (!json.is_object()) return alphabets;
    const auto source = json.find("grapheme_chars"), target = json.find("phoneme_chars");
    if (source == json.end() || target == json.end() || !source->is_string() ||
        !target->is_string())
        return alphabets;
    const auto id = [&](const char* key) {
        const auto found = json.find(key);
        return found != json.end() && found->is_number_unsigned() && *found < 1'000'000
                   ? found->get<std::int32_t>()
                   : -1;
    };
    // The first places of the lists are the specials'; that of the unknown has no key.
    AlphabetSpecials specials{id("bos_token_id"), id("eos_token_id"), 3, id("pad_token_id")};
    FOVEA_TRY(alphabets.source, make_alphabet(source->get<std::string>(), specials));
    FOVEA_TRY(alphabets.target, make_alphabet(target->get<std::string>(), specials));
    return alphabets;
}

}  // namespace fovea
