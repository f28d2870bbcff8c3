#include "engine/text/readers/class_steps.h"

namespace fovea::text {
namespace {

using Json = nlohmann::json;

std::int64_t id_of(const std::string& spelling, const Vocabulary& vocabulary, const Json& added) {
    std::int64_t id = vocabulary.find(spelling);
    for (const Json& token : added)
        if (id == Vocabulary::none && token["content"] == spelling) id = token["id"];
    return id;
}

}  // namespace

Json replace_step(Json pattern, std::string_view content) {
    return {{"type", "Replace"}, {"pattern", std::move(pattern)}, {"content", content}};
}

Json camembert_normalizer() {
    return {{"type", "Sequence"},
            {"normalizers",
             {replace_step({{"Regex", R"(\s{2,}|[\n\r\t])"}}, " "),
              {{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}}}}};
}

Json metaspace(std::string_view prepend, bool split) {
    return {
        {"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", prepend}, {"split", split}};
}

Json unigram_words(Family family, bool add_prefix_space) {
    const Json words = metaspace(add_prefix_space ? "always" : "never", true);
    if (family == Family::camembert) return words;
    return {{"type", "Sequence"}, {"pretokenizers", {{{"type", "WhitespaceSplit"}}, words}}};
}

Json template_of(const Vocabulary& vocabulary, const Json& added,
                 const std::vector<TemplatePlace>& single, const std::vector<TemplatePlace>& pair) {
    Json specials = Json::object();
    const auto written = [&](const std::vector<TemplatePlace>& places) {
        Json list = Json::array();
        for (const auto& [what, type] : places) {
            if (what == "$A" || what == "$B") {
                list.push_back({{"Sequence", {{"id", what.substr(1)}, {"type_id", type}}}});
                continue;
            }
            const std::int64_t id = id_of(what, vocabulary, added);
            if (id == Vocabulary::none) continue;
            list.push_back({{"SpecialToken", {{"id", what}, {"type_id", type}}}});
            specials[what] = {{"id", what}, {"ids", Json::array({id})}, {"tokens", {what}}};
        }
        return list;
    };
    Json made = {{"type", "TemplateProcessing"}, {"single", written(single)}};
    if (!pair.empty()) made["pair"] = written(pair);
    made["special_tokens"] = std::move(specials);
    return made;
}

Json class_template(Family family, const std::string& begin, const std::string& end,
                    const Vocabulary& vocabulary, const Json& added) {
    std::vector<TemplatePlace> single = {{begin}, {"$A"}, {end}};
    std::vector<TemplatePlace> pair = {{begin}, {"$A"}, {end}, {"$B", 1}, {end, 1}};
    if (family == Family::mpnet) {
        pair = {{begin}, {"$A"}, {end}, {end}, {"$B", 1}, {end, 1}};
    } else if (family == Family::xlm_roberta || family == Family::camembert) {
        pair = {{begin}, {"$A"}, {end}, {end}, {"$B"}, {end}};
    } else if (family == Family::t5) {
        single = {{"$A"}, {end}};
        pair = {{"$A"}, {end}, {"$B"}, {end}};
    }
    return template_of(vocabulary, added, single, pair);
}

Json roberta_post_processor(const FolderSettings& settings, const Vocabulary& vocabulary,
                            const Json& added) {
    const auto with_id = [&](const char* role) {
        const std::string spelling = settings.special(role, Family::roberta);
        return Json::array({spelling, id_of(spelling, vocabulary, added)});
    };
    return {{"type", "RobertaProcessing"},
            {"cls", with_id("cls_token")},
            {"sep", with_id("sep_token")},
            {"trim_offsets", settings.flag("trim_offsets").value_or(true)},
            {"add_prefix_space", settings.flag("add_prefix_space").value_or(false)}};
}

Json framed(const FolderSettings& settings, const Vocabulary& vocabulary, const Json& added,
            bool begins, bool ends) {
    const Family family = settings.family();
    const std::string begin = settings.special("bos_token", family, "<s>");
    const std::string end = settings.special("eos_token", family, "</s>");
    std::vector<TemplatePlace> single, pair;
    for (const int type : {0, 1}) {
        if (begins) pair.push_back({begin, type});
        pair.push_back({type == 0 ? "$A" : "$B", type});
        if (ends) pair.push_back({end, type});
        if (type == 0) single = pair;
    }
    return template_of(vocabulary, added, single, pair);
}

}  // namespace fovea::text
