// Small parts (normaliser, added tokens, what stands around a sentence) are described as a
// tokenizer.json would describe them, and made by what reads those.
#include "engine/text/readers/gguf_tokenizer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/core/base64.h"
#include "engine/text/make_tokenizer.h"
#include "engine/text/models/gguf_scored_pairs.h"
#include "engine/text/readers/gguf_pre_tokenizers.h"
#include "engine/text/unicode.h"

namespace fovea {
namespace text {
namespace {

using Json = nlohmann::json;

/// `tokenizer.ggml.token_type`.
enum class TokenType { normal = 1, unknown, control, user_defined, unused, byte };

struct Words {
    std::vector<std::string> changed;  // where spellings differ from the file's
    std::vector<std::string_view> spellings;
    std::vector<TokenType> types;
    std::vector<float> scores;
};

class GgufTokenizerMaker {
  public:
    explicit GgufTokenizerMaker(const Gguf& gguf) : gguf_(gguf) {}

    Result<std::shared_ptr<const Tokenizer>> make() {
        const auto model = gguf_.text("tokenizer.ggml.model");
        if (!model) return std::shared_ptr<const Tokenizer>();
        FOVEA_CHECK(read_words());
        if (*model == "llama") return scored_pairs();
        if (*model == "gpt2") return byte_pairs();
        if (*model == "bert") return word_piece();
        if (*model == "t5") return unigram();
        return fail("{}: the tokenizer \"{}\" is not known (known: llama, gpt2, bert, t5)",
                    gguf_.name(), *model);
    }

  private:
    Status read_words();
    std::optional<std::int64_t> special_id(std::string_view name) const;
    bool flag(std::string_view key, bool fallback) const {
        return gguf_.flag("tokenizer.ggml." + std::string(key)).value_or(fallback);
    }

    Json added_tokens() const;
    Json frame(std::optional<std::int64_t> first, std::optional<std::int64_t> last) const;
    Json frame_of_flags(bool begins, bool ends) const;
    std::string vocabulary_json() const;
    Result<std::shared_ptr<const Tokenizer>> from(const Json& description,
                                                  const std::string& model) const;

    Result<std::shared_ptr<const Tokenizer>> scored_pairs();
    Result<std::shared_ptr<const Tokenizer>> byte_pairs();
    Result<std::shared_ptr<const Tokenizer>> word_piece();
    Result<std::shared_ptr<const Tokenizer>> unigram();

    const Gguf& gguf_;
    Words words_;
};

Status GgufTokenizerMaker::read_words() {
    const auto* tokens = gguf_.texts("tokenizer.ggml.tokens");
    if (!tokens || tokens->empty())
        return fail("{}: \"tokenizer.ggml.tokens\" is missing", gguf_.name());
    words_.spellings = *tokens;
    for (size_t id = 0; id < tokens->size(); ++id)
        if (!simdjson::validate_utf8((*tokens)[id]))
            return fail("{}: the spelling of token {} is not valid UTF-8", gguf_.name(), id);
    words_.types.assign(tokens->size(), TokenType::normal);
    words_.scores.assign(tokens->size(), 0.0f);
    const auto* types = gguf_.numbers("tokenizer.ggml.token_type");
    const auto* scores = gguf_.numbers("tokenizer.ggml.scores");
    const auto count = static_cast<Index>(tokens->size());
    for (const auto& [list, name] : {std::pair(types, "token_type"), std::pair(scores, "scores")})
        if (list && list->size() != count)
            return fail("{}: {} tokens, but {} entries in \"tokenizer.ggml.{}\"", gguf_.name(),
                        count, list->size(), name);
    for (Index id = 0; types && id < count; ++id) {
        const double type = (*types)[id];
        const bool known = type >= 1 && type <= 6;
        words_.types[static_cast<size_t>(id)] =
            known ? static_cast<TokenType>(static_cast<int>(type)) : TokenType::normal;
    }
    for (Index id = 0; scores && id < count; ++id) {
        const double score = (*scores)[id];
        if (!std::isfinite(score))
            return fail("{}: the score of token {} is not finite", gguf_.name(), id);
        words_.scores[static_cast<size_t>(id)] = static_cast<float>(score);
    }
    return {};
}

/// The id under "tokenizer.ggml.NAME_token_id"; nothing where there is none, or no such token.
std::optional<std::int64_t> GgufTokenizerMaker::special_id(std::string_view name) const {
    const auto id = gguf_.integer(fmt::format("tokenizer.ggml.{}_token_id", name));
    if (!id || *id < 0 || *id >= static_cast<std::int64_t>(words_.spellings.size()) ||
        words_.spellings[static_cast<size_t>(*id)].empty())
        return std::nullopt;
    return id;
}

Json GgufTokenizerMaker::added_tokens() const {
    Json list = Json::array();
    for (size_t id = 0; id < words_.spellings.size(); ++id) {
        const TokenType type = words_.types[id];
        if (type != TokenType::control && type != TokenType::user_defined &&
            type != TokenType::unknown)
            continue;
        list.push_back({{"id", id},
                        {"content", words_.spellings[id]},
                        {"special", type != TokenType::user_defined},
                        {"normalized", false}});
    }
    return list;
}

/// Tokens before and after a sentence, as a post-processor.
Json GgufTokenizerMaker::frame(std::optional<std::int64_t> first,
                               std::optional<std::int64_t> last) const {
    Json single = Json::array();
    Json tokens = Json::object();
    const auto add = [&](std::optional<std::int64_t> id) {
        if (!id) return;
        const std::string name(words_.spellings[static_cast<size_t>(*id)]);
        single.push_back({{"SpecialToken", {{"id", name}, {"type_id", 0}}}});
        tokens[name] = {{"id", name}, {"ids", Json::array({*id})}};
    };
    add(first);
    single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    add(last);
    return {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", tokens}};
}

Json GgufTokenizerMaker::frame_of_flags(bool begins, bool ends) const {
    const auto none = std::optional<std::int64_t>();
    return frame(flag("add_bos_token", begins) ? special_id("bos") : none,
                 flag("add_eos_token", ends) ? special_id("eos") : none);
}

void append_quoted(std::string& json, std::string_view text) {
    json += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            json += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
            json += c;
    }
    json += '"';
}

/// {"token": id, ...}, by hand since it is large.
std::string GgufTokenizerMaker::vocabulary_json() const {
    std::string json = "{";
    for (size_t id = 0; id < words_.spellings.size(); ++id) {
        if (words_.spellings[id].empty()) continue;
        if (json.size() > 1) json += ',';
        append_quoted(json, words_.spellings[id]);
        fmt::format_to(std::back_inserter(json), ":{}", id);
    }
    return json + "}";
}

/// `model` is JSON, or empty where only the other parts are described.
Result<std::shared_ptr<const Tokenizer>> GgufTokenizerMaker::from(const Json& description,
                                                                  const std::string& model) const {
    std::string json = description.dump();
    json.pop_back();
    json += ",\"model\":" + model + "}";
    return Tokenizer::parse(json, gguf_.name());
}

Result<std::shared_ptr<const Tokenizer>> GgufTokenizerMaker::scored_pairs() {
    ScoredPairs pairs;
    auto vocabulary = std::make_shared<Vocabulary>();
    size_t bytes = 0;
    for (const auto spelling : words_.spellings)
        bytes += spelling.size();
    vocabulary->expect(words_.spellings.size(), bytes);
    pairs.tokens.resize(words_.spellings.size());
    for (size_t id = 0; id < words_.spellings.size(); ++id) {
        const TokenType type = words_.types[id];
        pairs.tokens[id] = {words_.scores[id], type != TokenType::control &&
                                                   type != TokenType::unknown &&
                                                   type != TokenType::byte};
        if (words_.spellings[id].empty()) continue;
        if (Status added = vocabulary->add(words_.spellings[id], static_cast<std::int64_t>(id));
            !added)
            return fail("{}: {}", gguf_.name(), added.message());
    }
    if (const auto unknown = special_id("unknown"))
        pairs.unknown = static_cast<std::int32_t>(*unknown);
    pairs.vocabulary = vocabulary;

    Json normalizer = {{"type", "Sequence"}, {"normalizers", Json::array()}};
    if (flag("add_space_prefix", true))
        normalizer["normalizers"].push_back({{"type", "Prepend"}, {"prepend", "▁"}});
    const Json space = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}};
    normalizer["normalizers"].push_back(space);
    const Json back = {{"type", "Replace"}, {"pattern", {{"String", "▁"}}}, {"content", " "}};
    const Json description = {
        {"added_tokens", added_tokens()},
        {"normalizer", normalizer},
        {"post_processor", frame_of_flags(true, false)},
        {"decoder", {{"type", "Sequence"}, {"decoders", {back, {{"type", "ByteFallback"}}}}}}};

    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(simdjson::padded_string(description.dump())).get(object))
        return fail("{}: the tokenizer's special tokens cannot be read", gguf_.name());
    auto made = make_tokenizer(JsonSection(object, ""), make_scored_pairs(std::move(pairs)),
                               std::move(vocabulary));
    if (!made) return fail("{}: {}", gguf_.name(), made.message());
    return made;
}

Result<std::shared_ptr<const Tokenizer>> GgufTokenizerMaker::byte_pairs() {
    const auto* merges = gguf_.texts("tokenizer.ggml.merges");
    if (!merges) return fail("{}: \"tokenizer.ggml.merges\" is missing", gguf_.name());
    const std::string_view name = gguf_.text("tokenizer.ggml.pre").value_or("default");
    const Result<GgufPreTokenizer> splitter = gguf_pre_tokenizer(name);
    if (!splitter) return fail("{}: {}", gguf_.name(), splitter.message());

    std::string model = R"({"type":"BPE","ignore_merges":)";
    model += splitter->whole_words ? "true" : "false";
    model += ",\"vocab\":" + vocabulary_json() + ",\"merges\":[";
    for (const auto merge : *merges) {
        if (!simdjson::validate_utf8(merge))
            return fail("{}: a merge is not valid UTF-8", gguf_.name());
        if (model.back() != '[') model += ',';
        append_quoted(model, merge);
    }
    model += "]}";
    Json description = {{"added_tokens", added_tokens()},
                        {"pre_tokenizer", Json::parse(splitter->json)},
                        {"post_processor", frame_of_flags(splitter->begins_sentence, false)},
                        {"decoder", {{"type", "ByteLevel"}}}};
    if (splitter->composes) description["normalizer"] = {{"type", "NFC"}};
    return from(description, model);
}

/// Spellings as vocab.txt has them: the file marks what begins a word ("▁the") instead of what
/// continues one ("##ing"), and leaves "[CLS]" alone.
void restore_word_pieces(Words& words) {
    constexpr std::string_view sign = "▁";
    words.changed.reserve(words.spellings.size());
    for (std::string_view& spelling : words.spellings) {
        if (spelling.starts_with('[') && spelling.ends_with(']')) continue;
        if (spelling.starts_with(sign)) {
            spelling.remove_prefix(sign.size());
        } else {
            words.changed.push_back("##" + std::string(spelling));
            spelling = words.changed.back();
        }
    }
}

/// The file does not say whether the vocabulary tells capitals from small letters.
bool has_capitals(const Words& words) {
    return std::any_of(words.spellings.begin(), words.spellings.end(), [](std::string_view word) {
        return !word.starts_with('[') &&
               std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    });
}

Result<std::shared_ptr<const Tokenizer>> GgufTokenizerMaker::word_piece() {
    restore_word_pieces(words_);
    const auto unknown = special_id("unknown");
    const std::string unknown_text(unknown ? words_.spellings[static_cast<size_t>(*unknown)]
                                           : std::string_view("[UNK]"));
    const auto cls = special_id("cls");
    // The format's own spelling of "separator".
    const auto separator = special_id("seperator");
    Json added = Json::array();
    for (size_t id = 0; id < words_.spellings.size(); ++id)
        for (const char* name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
            if (words_.spellings[id] == name)
                added.push_back({{"id", id}, {"content", name}, {"special", true}});
    Json around = frame(cls ? cls : special_id("bos"), separator ? separator : special_id("eos"));
    // [CLS] A [SEP] B [SEP]: the second sentence, and what ends it, are of their own type.
    Json second = Json::array();
    second.push_back({{"Sequence", {{"id", "B"}, {"type_id", 1}}}});
    if (Json end = around["single"].back(); end.contains("SpecialToken")) {
        end["SpecialToken"]["type_id"] = 1;
        second.push_back(std::move(end));
    }
    around["pair"] = around["single"];
    around["pair"].insert(around["pair"].end(), second.begin(), second.end());
    const Json description = {
        {"added_tokens", added},
        {"normalizer",
         {{"type", "BertNormalizer"},
          {"clean_text", true},
          {"handle_chinese_chars", true},
          {"strip_accents", nullptr},
          {"lowercase", !has_capitals(words_)}}},
        {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
        {"post_processor", around},
        {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}}};
    std::string model = R"({"type":"WordPiece","continuing_subword_prefix":"##","unk_token":)";
    append_quoted(model, unknown_text);
    return from(description, model + ",\"vocab\":" + vocabulary_json() + "}");
}

Result<std::shared_ptr<const Tokenizer>> GgufTokenizerMaker::unigram() {
    Json steps = Json::array();
    const auto* charsmap = gguf_.numbers("tokenizer.ggml.precompiled_charsmap");
    if (charsmap && !charsmap->bytes.empty())
        steps.push_back(
            {{"type", "Precompiled"}, {"precompiled_charsmap", base64(charsmap->bytes)}});
    if (flag("remove_extra_whitespaces", true)) {
        steps.push_back({{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}});
        steps.push_back({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}});
    }
    Json metaspace = {{"type", "Metaspace"}, {"replacement", "▁"}};
    metaspace["prepend_scheme"] = flag("add_space_prefix", true) ? "always" : "never";
    std::string model = R"({"type":"Unigram","byte_fallback":false,"unk_id":)";
    const auto unknown = special_id("unknown");
    model += unknown ? std::to_string(*unknown) : "null";
    model += ",\"vocab\":[";
    for (size_t id = 0; id < words_.spellings.size(); ++id) {
        if (id > 0) model += ',';
        model += '[';
        append_quoted(model, words_.spellings[id]);
        fmt::format_to(std::back_inserter(model), ",{}]", double{words_.scores[id]});
    }
    const Json description = {{"added_tokens", added_tokens()},
                              {"normalizer", {{"type", "Sequence"}, {"normalizers", steps}}},
                              {"pre_tokenizer", metaspace},
                              {"post_processor", frame_of_flags(false, true)},
                              {"decoder", metaspace}};
    return from(description, model + "]}");
}

}  // namespace
}  // namespace text

Result<std::shared_ptr<const Tokenizer>> gguf_tokenizer(const Gguf& gguf) {
    return text::GgufTokenizerMaker(gguf).make();
}

}  // namespace fovea
