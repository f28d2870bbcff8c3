#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/analysis/analysis.h"
#include "engine/analysis/list.h"
#include "engine/analysis/wording.h"
#include "engine/edit/head_names.h"

namespace fovea {

#define FOVEA_DECLARE(name) Analysis name##_analysis();
FOVEA_ANALYSES(FOVEA_DECLARE)
#undef FOVEA_DECLARE

std::span<const Analysis> analyses() {
#define FOVEA_MAKE(name) name##_analysis(),
    static const std::array all = {FOVEA_ANALYSES(FOVEA_MAKE)};
#undef FOVEA_MAKE
    return all;
}

const Analysis* analysis_by_name(std::string_view name) {
    const auto all = analyses();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Analysis& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

namespace {

bool lacks_head(const Analysis& analysis, const Subjects& subjects) {
    return analysis.needs.language_head && !subjects.model().has_language_head();
}

bool lacks_sentence(const Analysis& analysis, const Subjects& subjects) {
    return analysis.needs.second_sentence && !subjects.b;
}

/// "cell, norms": those whose needs are met.
std::string others_in_words(const Subjects& subjects) {
    std::string names;
    for (const Analysis& one : analyses())
        if (!lacks_head(one, subjects) && !lacks_sentence(one, subjects))
            names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
    return names;
}

Status check_own(const Analysis& analysis, const Parameters& parameters) {
    for (const auto& set : parameters.own) {
        const std::string &name = set.first, &value = set.second;
        const auto found = std::find_if(analysis.own.begin(), analysis.own.end(),
                                        [&](const OwnParameter& one) { return one.name == name; });
        if (found == analysis.own.end()) return fail("{} has no parameter {}", analysis.name, name);
        if (std::find(found->choices.begin(), found->choices.end(), value) == found->choices.end())
            return fail("{}: {} is none of {}", name, value, fmt::join(found->choices, ", "));
    }
    return {};
}

Status check_finite(const Subjects& subjects) {
    const Trace& main = subjects.model_trace();
    for (const Trace* trace : {&main, main.encoder.get(), main.cross.get()})
        if (trace && trace->first_non_finite_layer)
            return fail("{} of {} leaves numbers that are not finite: there is nothing to explain",
                        wording::state(std::max<Index>(0, *trace->first_non_finite_layer + 1)),
                        subjects.model().name());
    return {};
}

}  // namespace

std::optional<std::string> cannot_ask(const Analysis& analysis, const Subjects& subjects) {
    if (lacks_head(analysis, subjects))
        return fmt::format(
            "{} has no language-model head, so it predicts no token: {} cannot be asked of it; {} "
            "can",
            subjects.a->request.model->name, analysis.name, others_in_words(subjects));
    if (lacks_sentence(analysis, subjects))
        return fmt::format("{} compares two sentences, and there is one; {} can be asked of it",
                           analysis.name, others_in_words(subjects));
    return std::nullopt;
}

Result<Findings> analyse(const Analysis& analysis, const Subjects& subjects,
                         const Parameters& parameters, const JobContext& context) {
    if (const auto why = cannot_ask(analysis, subjects)) return Error{*why};
    FOVEA_CHECK(check_own(analysis, parameters));
    FOVEA_CHECK(check_finite(subjects));
    return analysis.compute(subjects, parameters, context);
}

}  // namespace fovea
