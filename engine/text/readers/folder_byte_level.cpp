#include <algorithm>
#include <array>

#include "engine/io/files.h"
#include "engine/text/models/subword_models.h"
#include "engine/text/readers/class_steps.h"
#include "engine/text/readers/folder_tokenizer.h"
#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

constexpr std::string_view qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

/// "a b" a line, in the order in which they were learnt; the first line may be a comment.
Result<std::vector<TokenPair>> read_merges(std::string_view text) {
    if (const auto invalid = first_invalid_byte(text)) {
        return fail("not valid UTF-8 at byte {}", *invalid);
    }
    std::vector<TokenPair> merges;
    for (size_t number = 1; !text.empty(); ++number) {
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with("#version")) continue;
        const size_t space = line.find(' ');
        if (space == std::string_view::npos ||
            line.find(' ', space + 1) != std::string_view::npos) {
            return fail("line {} is not two tokens with one space between", number);
        }
        merges.push_back({line.substr(0, space), line.substr(space + 1)});
    }
    return merges;
}

Json pre_tokenizer(Family family, bool add_prefix_space) {
    const Json bytes = {{"type", "ByteLevel"},
                        {"add_prefix_space", add_prefix_space},
                        {"use_regex", family != Family::qwen2}};
    if (family != Family::qwen2) return bytes;
    const Json split = {{"type", "Split"},
                        {"pattern", {{"Regex", qwen2_pattern}}},
                        {"behavior", "Isolated"},
                        {"invert", false}};
    return {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}};
}

class ByteLevelFolder {
  public:
    explicit ByteLevelFolder(const FolderSettings& settings) : settings_(settings) {}

    Result<TokenizerPointer> make() {
        FOVEA_TRY(vocabulary_, read_vocabulary_file(settings_.folder() / "vocab.json"));
        FOVEA_CHECK(choose_family());
        const std::filesystem::path merges_file = settings_.folder() / "merges.txt";
        FOVEA_TRY(const std::string text, read_text_file(merges_file));
        const auto merges = read_merges(text);
        if (!merges) return fail("{}: {}", merges_file.string(), merges.message());

        FolderParts parts;
        const bool add_prefix_space = settings_.flag("add_prefix_space").value_or(false);
        const Json added = added_tokens();
        parts.description = {{"added_tokens", added},
                             {"pre_tokenizer", pre_tokenizer(family_, add_prefix_space)},
                             {"post_processor", post_processor(added)},
                             {"decoder", {{"type", "ByteLevel"}}}};
        if (family_ == Family::qwen2 || family_ == Family::gpt_neox)
            parts.description["normalizer"] = {{"type", "NFC"}};
        auto model = make_byte_pair_encoding(vocabulary_, *merges, {});
        if (!model) return fail("{}: {}", merges_file.string(), model.message());
        parts.model = *std::move(model);
        parts.vocabulary = vocabulary_;
        parts.warnings = std::move(warnings_);
        auto made = assemble(settings_, std::move(parts));
        if (!made) return fail("{}: {}", settings_.folder().string(), made.message());
        return made;
    }

  private:
    Status choose_family() {
        if (settings_.class_name().empty()) {
            const bool has_mask = vocabulary_->find("<mask>") != Vocabulary::none;
            family_ = has_mask ? Family::roberta : Family::gpt2;
            return {};
        }
        family_ = settings_.family();
        constexpr std::array known = {Family::gpt2, Family::gpt_neox, Family::qwen2,
                                      Family::roberta};
        if (std::find(known.begin(), known.end(), family_) != known.end()) return {};
        return unknown_class(settings_, "vocab.json and merges.txt");
    }

    Json added_tokens() {
        const bool is_known = !settings_.class_name().empty();
        if (family_ != Family::roberta) return settings_.added_tokens(*vocabulary_, {});
        const std::vector<std::string> usual = {"<s>", "</s>", "<unk>", "<pad>", "<mask>"};
        Json tokens = settings_.added_tokens(*vocabulary_, usual);
        for (Json& token : tokens) {
            if (token["content"] != "<mask>" || token.contains("lstrip")) continue;
            token["lstrip"] = true;
            if (is_known)
                warnings_.push_back(
                    "no file says so, but the space before <mask> belongs to it, as these models "
                    "were trained; transformers 5 reads a token more there");
        }
        return tokens;
    }

    Json post_processor(const Json& added) const {
        if (family_ == Family::roberta)
            return roberta_post_processor(settings_, *vocabulary_, added);
        const bool begins = settings_.flag("add_bos_token").value_or(false);
        const bool ends = settings_.flag("add_eos_token").value_or(false);
        if (begins || ends) return framed(settings_, *vocabulary_, added, begins, ends);
        return {{"type", "ByteLevel"}, {"trim_offsets", false}};
    }

    const FolderSettings& settings_;
    std::vector<std::string> warnings_;
    std::shared_ptr<Vocabulary> vocabulary_;
    Family family_ = Family::gpt2;
};

}  // namespace

Result<TokenizerPointer> make_byte_level_folder(const FolderSettings& settings) {
    return ByteLevelFolder(settings).make();
}

}  // namespace fovea::text
