#include "app/shell/first_start.h"

#include <fmt/format.h>

#include <algorithm>

namespace fovea::app {
namespace {

const CatalogueEntry* default_of(const std::vector<CatalogueEntry>& catalogue) {
    const auto found = std::find_if(catalogue.begin(), catalogue.end(),
                                    [](const CatalogueEntry& entry) { return entry.is_default; });
    return found == catalogue.end() ? nullptr : &*found;
}

/// "fetches it (98 MB)", "opens it"
std::string what_opens(const CatalogueEntry& entry) {
    if (installed(entry)) return "opens it";
    return fmt::format("fetches it ({:.0f} MB)", static_cast<double>(entry.total_size()) / 1e6);
}

}  // namespace

FirstStart first_start(const std::vector<CatalogueEntry>& catalogue) {
    const CatalogueEntry* usual = default_of(catalogue);
    if (!usual) return {};
    FirstStart start;
    start.model = start.usual = usual->name;
    if (usual->example) start.text = usual->example->text;
    const auto there = [](const CatalogueEntry& entry) { return installed(entry).has_value(); };
    const auto other = std::find_if(catalogue.begin(), catalogue.end(), there);
    if (there(*usual) || other == catalogue.end()) {
        if (usual->example) start.head = {usual->example->layer, usual->example->head};
        return start;
    }
    start.model = other->name;
    start.remark = fmt::format(
        "Fovea starts with {}, a language model, where it is installed; this is {}. Ctrl+O {}",
        usual->name, other->name, what_opens(*usual));
    return start;
}

std::string news_of_default(const std::vector<CatalogueEntry>& catalogue, const Session& last) {
    const CatalogueEntry* usual = default_of(catalogue);
    const std::string& model = last.document.model;
    if (!usual || usual->name == last.view.known_default || model.empty() || model == usual->name)
        return {};
    return fmt::format(
        "New: a first start shows {} now, a language model, so that next tokens are seen at once. "
        "Ctrl+O {}; your own model and sentence are as you left them",
        usual->name, what_opens(*usual));
}

}  // namespace fovea::app
