// A tokenizer.json and the small files beside it, as transformers 5 reads them: for most classes it
// takes the vocabulary and the post-processor from the file, and makes all else anew out of what
// tokenizer_config.json says. Where the file has other steps than the class would make,
// the file counts, and a warning says so.
#include <simdjson.h>

#include <algorithm>

#include "engine/text/make_tokenizer.h"
#include "engine/text/readers/class_model.h"
#include "engine/text/readers/class_steps.h"
#include "engine/text/readers/folder_tokenizer.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

/// All of a tokenizer.json but its model, which may be large.
Json small_parts(simdjson::dom::object root) {
    Json parts = Json::object();
    for (const simdjson::dom::key_value_pair member : root)
        if (member.key != "model")
            parts[std::string(member.key)] =
                Json::parse(simdjson::minify(member.value), nullptr, false);
    return parts;
}

std::string type_of(const Json& step) {
    if (!step.is_object()) return {};
    const auto type = step.find("type");
    return type != step.end() && type->is_string() ? type->get<std::string>() : std::string();
}

/// The first step of a type, in a step or in a sequence of them.
Json* find_step(Json& step, std::string_view type) {
    if (type_of(step) == type) return &step;
    if (!step.is_object()) return nullptr;
    for (const char* key : {"normalizers", "pretokenizers", "processors"})
        if (const auto steps = step.find(key); steps != step.end() && steps->is_array())
            for (Json& inner : *steps)
                if (Json* found = find_step(inner, type)) return found;
    return nullptr;
}

class Beside {
  public:
    Beside(const FolderSettings& settings, const JsonSection& root)
        : settings_(settings), class_(settings.class_beside_file()), model_(model_type(root)) {
        if (!says_nothing()) parts_ = small_parts(root.object());
    }

    Result<TokenizerPointer> make(const JsonSection& root) {
        auto vocabulary = std::make_shared<Vocabulary>();
        FOVEA_TRY(const JsonSection section, root.section("model"));
        // What is odd about the file is its reader's to say.
        if (says_nothing() || !has_added_tokens()) {
            FOVEA_TRY(SubwordModelPointer model, make_subword_model({section, vocabulary}));
            return make_tokenizer(root, std::move(model), vocabulary);
        }
        if (!is_of_this_class()) {
            warn(
                "it is not of the kind that a {} is, as which the files beside it name it; the "
                "file counts",
                class_.name);
            class_ = {};
        }
        FOVEA_TRY(SubwordModelPointer model, model_of_class(section, vocabulary));
        add_tokens(*vocabulary);
        follow_class(*vocabulary);
        note_what_is_not_followed();
        FolderParts made;
        made.description = std::move(parts_);
        made.model = std::move(model);
        made.vocabulary = std::move(vocabulary);
        made.warnings = std::move(warnings_);
        made.mask = special("mask_token");
        return assemble(settings_, std::move(made));
    }

  private:
    bool says_nothing() const {
        return class_.family == Family::file && settings_.says_nothing_of_tokens();
    }

    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) {
        warnings_.push_back("tokenizer.json: " + fmt::format(format, std::forward<Args>(args)...));
    }

    static std::string model_type(const JsonSection& root) {
        const auto section = root.section("model");
        if (!section) return {};
        const auto type = subword_model_type(*section);
        return type ? std::string(*type) : std::string();
    }

    /// Whatever is wrong with the list is said where it is read.
    bool has_added_tokens() const {
        const auto tokens = parts_.find("added_tokens");
        if (tokens == parts_.end() || tokens->is_null()) return true;
        if (!tokens->is_array()) return false;
        return std::all_of(tokens->begin(), tokens->end(), [](const Json& token) {
            return token.is_object() && token.contains("content") && token["content"].is_string() &&
                   token.contains("id") && token["id"].is_number_integer();
        });
    }

    bool cuts_bytes() { return find_step(parts_["pre_tokenizer"], "ByteLevel") != nullptr; }

    bool is_of_this_class() {
        switch (class_.family) {
            case Family::bert:
            case Family::mpnet:
                return model_ == "WordPiece";
            case Family::gpt2:
            case Family::gpt_neox:
            case Family::qwen2:
            case Family::roberta:
                return model_ == "BPE" && cuts_bytes();
            case Family::llama:
            case Family::gemma:
                return model_ == "BPE" && !cuts_bytes();
            case Family::t5:
            case Family::albert:
            case Family::xlm_roberta:
            case Family::camembert:
                return model_ == "Unigram";
            case Family::marian:
            case Family::file:
                break;
        }
        class_ = {};
        return true;
    }

    Result<SubwordModelPointer> model_of_class(const JsonSection& section,
                                               const std::shared_ptr<Vocabulary>& vocabulary) {
        const std::string unknown = special("unk_token");
        Json instead = settings_of_class(class_.family, unknown, section);
        // The reference then fails at the first word that it does not know.
        const auto words = section.section("vocab");
        if (instead.value("unk_token", Json()) == unknown && words && !words->find(unknown)) {
            warn("its vocabulary has no \"{}\", which is a {}'s unk_token; the file's counts",
                 unknown, class_.name);
            instead.erase("unk_token");
        }
        note_other_unknown(section, instead);
        simdjson::dom::parser parser;
        simdjson::dom::object object;
        if (parser.parse(simdjson::padded_string(instead.dump())).get(object))
            return fail("the special tokens cannot be read");
        const JsonSection settings(object, section.where());
        return make_subword_model({section, vocabulary, &settings});
    }

    /// A token for what is unknown that neither file names.
    void note_other_unknown(const JsonSection& section, const Json& instead) {
        if (settings_.special("unk_token")) return;
        for (const char* key : {"unk_token", "unk_id"}) {
            const auto in_file = section.find(key);
            const auto read = instead.find(key);
            if (!in_file || read == instead.end() || read->is_null()) continue;
            const std::string was = simdjson::minify(*in_file);
            if (was != read->dump())
                warn("its \"{}\" is {}, a {} has {}; read as transformers reads it", key, was,
                     class_.name, read->dump());
        }
    }

    void add_tokens(const Vocabulary& vocabulary) {
        const Json of_file = parts_.value("added_tokens", Json());
        parts_["added_tokens"] = numbered(
            settings_.tokens_beside(of_file.is_array() ? of_file : Json::array(), class_.family),
            vocabulary);
    }

    std::string special(const char* role) const { return settings_.special(role, class_.family); }

    void follow_class(const Vocabulary& vocabulary) {
        switch (class_.family) {
            case Family::bert:
            case Family::mpnet:
                follow_bert(vocabulary);
                break;
            case Family::roberta:
                follow_byte_level();
                parts_["post_processor"] =
                    roberta_post_processor(settings_, vocabulary, parts_["added_tokens"]);
                break;
            case Family::gpt2:
            case Family::gpt_neox:
            case Family::qwen2:
                follow_byte_level();
                break;
            case Family::llama:
                follow_llama();
                break;
            case Family::t5:
            case Family::albert:
            case Family::xlm_roberta:
            case Family::camembert:
                follow_metaspace(vocabulary);
                break;
            case Family::gemma:
            case Family::marian:
            case Family::file:
                break;
        }
    }

    /// Sets what tokenizer_config.json says, or the class without being told.
    void set(Json& step, const char* in_step, const char* key, bool usual) {
        const bool was = step.value(in_step, Json(usual)) == Json(true);
        const auto said = settings_.flag(key);
        step[in_step] = said.value_or(usual);
        if (!said && was != usual)
            warn(
                "its \"{}\" is {}, a {} has {} unless tokenizer_config.json says \"{}\"; read as "
                "transformers reads it",
                in_step, was, class_.name, usual, key);
    }

    void follow_bert(const Vocabulary& vocabulary) {
        if (Json* step = find_step(parts_["normalizer"], "BertNormalizer")) {
            set(*step, "lowercase", "do_lower_case", true);
            set(*step, "handle_chinese_chars", "tokenize_chinese_chars", true);
            const auto accents = settings_.flag("strip_accents");
            (*step)["strip_accents"] = accents ? Json(*accents) : Json();
        } else {
            keep_steps("normalizer");
        }
        put_template(vocabulary, special("cls_token"), special("sep_token"));
    }

    void put_template(const Vocabulary& vocabulary, const std::string& begin,
                      const std::string& end) {
        parts_["post_processor"] =
            class_template(class_.family, begin, end, vocabulary, parts_["added_tokens"]);
    }

    void follow_byte_level() {
        set(*find_step(parts_["pre_tokenizer"], "ByteLevel"), "add_prefix_space",
            "add_prefix_space", false);
        const bool composes = class_.family == Family::gpt_neox || class_.family == Family::qwen2;
        Json& normalizer = parts_["normalizer"];
        if (normalizer.is_null() && composes) normalizer = {{"type", "NFC"}};
        if (type_of(normalizer) != (composes ? "NFC" : "")) keep_steps("normalizer");
        const bool one_step = type_of(parts_["pre_tokenizer"]) == "ByteLevel";
        if (!one_step && class_.family != Family::qwen2) keep_steps("pre_tokenizer");
    }

    void follow_llama() {
        // Older files write the space in front by a normaliser, in front of every stretch.
        const char* in_front = settings_.flag("legacy").value_or(false) ? "always" : "first";
        const bool space = settings_.flag("add_prefix_space").value_or(true);
        parts_["normalizer"] = nullptr;
        parts_["pre_tokenizer"] = metaspace(space ? in_front : "never", false);
    }

    void follow_metaspace(const Vocabulary& vocabulary) {
        const Family family = class_.family;
        const bool space =
            family == Family::t5 || settings_.flag("add_prefix_space").value_or(true);
        parts_["pre_tokenizer"] = unigram_words(family, space);
        Json& normalizer = parts_["normalizer"];
        if (family == Family::albert) {
            follow_albert();
        } else if (family == Family::camembert) {
            normalizer = camembert_normalizer();
        } else {
            const Json* charsmap = find_step(normalizer, "Precompiled");
            normalizer = charsmap ? Json(*charsmap) : Json();
        }
        const bool albert = family == Family::albert;
        put_template(vocabulary, special(albert ? "cls_token" : "bos_token"),
                     special(albert ? "sep_token" : "eos_token"));
    }

    /// transformers 5 lower-cases and strips accents whatever it is told.
    void follow_albert() {
        const auto step = [](const char* type) { return Json{{"type", type}}; };
        parts_["normalizer"] = {
            {"type", "Sequence"},
            {"normalizers",
             {replace_step({{"String", "``"}}, "\""), replace_step({{"String", "''"}}, "\""),
              step("NFKD"), step("StripAccents"), step("Lowercase"),
              replace_step({{"Regex", " {2,}"}}, " ")}}};
        for (const auto& [key, wish] : {std::pair("do_lower_case", false), {"keep_accents", true}})
            if (settings_.flag(key) == wish)
                warnings_.push_back(
                    fmt::format("tokenizer_config.json: an AlbertTokenizer lower-cases and strips "
                                "accents in transformers 5 although \"{}\" is {}; so here",
                                key, wish));
    }

    void keep_steps(const char* part) {
        warn("its {} is not a {}'s, which transformers puts in its place; the file counts", part,
             class_.name);
    }

    void note_what_is_not_followed() {
        if (settings_.flag("split_special_tokens").value_or(false))
            warnings_.push_back(
                "tokenizer_config.json: \"split_special_tokens\" is not followed: special tokens "
                "that are typed are recognised");
    }

    const FolderSettings& settings_;
    TokenizerClass class_;
    Json parts_;
    std::string model_;
    std::vector<std::string> warnings_;
};

}  // namespace

Result<TokenizerPointer> make_beside(const FolderSettings& settings,
                                     const std::filesystem::path& file) {
    FOVEA_TRY(const simdjson::padded_string json, load_json(file));
    simdjson::dom::parser parser;
    FOVEA_TRY(const JsonSection root, parse_object(parser, json, file.string()));
    auto made = Beside(settings, root).make(root);
    if (!made) return fail("{}: {}", file.string(), made.message());
    return made;
}

}  // namespace fovea::text
