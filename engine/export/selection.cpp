#include "engine/export/selection.h"

#include <algorithm>
#include <numeric>

namespace fovea {
namespace {

Result<std::vector<Index>> checked(const std::vector<Index>& wanted, Index count,
                                   std::string_view what) {
    std::vector<Index> chosen = wanted;
    if (chosen.empty()) {
        chosen.resize(static_cast<size_t>(count));
        std::iota(chosen.begin(), chosen.end(), Index{0});
    }
    for (size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i] < 0 || chosen[i] >= count)
            return fail("{} {} does not exist: the model has {} 0 to {}", what, chosen[i], what,
                        count - 1);
        if (std::find(chosen.begin(), chosen.begin() + static_cast<Index>(i), chosen[i]) !=
            chosen.begin() + static_cast<Index>(i))
            return fail("{} {} is named twice", what, chosen[i]);
    }
    return chosen;
}

}  // namespace

Result<Selection> select_heads(const ExportJob& job) {
    if (!job.reading || !job.reading->original) return fail("there is nothing to export yet");
    Selection selection;
    selection.trace = &job.reading->shown(job.with_edits);
    const auto layers = static_cast<Index>(selection.trace->layers.size());
    if (layers == 0 || selection.trace->ids.empty()) return fail("the reading has no attention");
    FOVEA_TRY(selection.layers, checked(job.layers, layers, "layer"));
    FOVEA_TRY(selection.heads, checked(job.heads, selection.trace->projections(0).heads, "head"));
    return selection;
}

Index rows_of_block(Index columns) {
    return std::max<Index>(1, (Index{1} << 18) / std::max<Index>(1, columns));
}

std::string model_name(const Reading& reading) {
    return reading.request.model ? reading.request.model->name : std::string();
}

std::vector<std::string> token_texts(const Reading& reading) {
    const Trace& trace = *reading.original;
    std::vector<std::string> texts(static_cast<size_t>(trace.length()));
    for (size_t i = 0; i < texts.size(); ++i)
        texts[i] =
            i < reading.tokens.size() ? reading.tokens[i].text : fmt::format("<{}>", trace.ids[i]);
    return texts;
}

}  // namespace fovea
