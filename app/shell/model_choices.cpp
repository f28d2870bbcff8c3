#include "app/shell/model_choices.h"

#include <fmt/format.h>

#include <cctype>
#include <set>

#include "app/ui/units.h"
#include "engine/analysis/analysis.h"

namespace fovea::app {
namespace {

/// "Hugging Face cache · gpt2 · 548.1 MB · 1,024 tokens", as far as it is known.
std::string detail_of(const FoundModel& model) {
    std::string detail(source_label(model.source));
    if (!model.can_open) return detail + " · " + model.why_not;
    if (!model.architecture.empty()) detail += " · " + model.architecture;
    if (model.size > 0) detail += " · " + bytes_text(model.size);
    if (model.context > 0)
        detail += fmt::format(" · {} tokens", grouped(static_cast<std::uint64_t>(model.context)));
    return detail;
}

}  // namespace

std::string asked_of(Ability ability) {
    std::string text(ability_label(ability));
    if (!has_language_head(ability)) return text;
    for (const Analysis& analysis : analyses()) {
        if (!analysis.needs.language_head) continue;
        std::string title(analysis.title);
        title[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(title[0])));
        text += ", " + title;
    }
    return text;
}

std::string questions_of(Ability ability) {
    std::string lines;
    for (const Analysis& analysis : analyses())
        if (!analysis.needs.language_head || has_language_head(ability))
            lines += (lines.empty() ? "" : "\n") + std::string(analysis.question);
    return lines;
}

std::vector<ModelChoice> model_choices(const Discovery& discovery,
                                       const std::vector<CatalogueEntry>& to_fetch) {
    std::vector<ModelChoice> choices;
    std::set<std::string> named;
    for (const FoundModel& model : discovery.models) {
        // A name means the first that can be opened; any other of that name is asked for by path.
        const bool by_name = model.can_open && named.insert(model.name).second;
        choices.push_back({by_name ? model.name : model.path.string(),
                           model.name,
                           detail_of(model),
                           model.can_open,
                           {},
                           model.ability});
    }
    for (const CatalogueEntry& entry : to_fetch)
        choices.push_back({entry.name, entry.name,
                           entry.licence.empty()
                               ? entry.description
                               : fmt::format("{} · {}", entry.description, entry.licence),
                           true, entry, entry.ability});
    return choices;
}

}  // namespace fovea::app
