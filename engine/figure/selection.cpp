#include "engine/figure/selection.h"

#include <algorithm>
#include <numeric>

namespace fovea {
namespace {

/// Those of the wanted that are below `count`; all where none are named.
std::vector<Index> existing(const std::vector<Index>& wanted, Index count) {
    std::vector<Index> chosen;
    for (const Index index : wanted)
        if (index < count) chosen.push_back(index);
    if (wanted.empty()) {
        chosen.resize(static_cast<size_t>(count));
        std::iota(chosen.begin(), chosen.end(), Index{0});
    }
    return chosen;
}

Status check_list(const std::vector<Index>& wanted, Index count, std::string_view what) {
    for (auto at = wanted.begin(); at != wanted.end(); ++at) {
        if (*at < 0 || *at >= count)
            return fail("{} {} does not exist: the model has {} 0 to {}", what, *at, what,
                        count - 1);
        if (std::find(wanted.begin(), at, *at) != at)
            return fail("{} {} is named twice", what, *at);
    }
    return {};
}

std::vector<std::string> texts_of(const std::vector<Token>& tokens,
                                  const std::vector<std::int32_t>& ids) {
    std::vector<std::string> texts(ids.size());
    for (size_t i = 0; i < texts.size(); ++i)
        texts[i] = i < tokens.size() ? tokens[i].text : fmt::format("<{}>", ids[i]);
    return texts;
}

}  // namespace

std::string Selection::prefix() const {
    const std::string name(part_name(part));
    return name.empty() ? name : name + ".";
}

Result<std::vector<Selection>> select_parts(const ShownHeads& job) {
    if (!job.reading || !job.reading->original) return fail("there is nothing to export yet");
    const Trace& main = job.reading->shown(job.with_edits);
    std::vector<Part> parts = {main.part};
    if (main.encoder) parts = {Part::encoder, Part::decoder, Part::cross};
    if (job.part && !main.encoder)
        return fail("part \"{}\": the model is no encoder-decoder", part_name(*job.part));
    if (job.part) parts = {*job.part};

    std::vector<Selection> selections;
    Index layers = 0, heads = 0;
    for (const Part part : parts) {
        const Trace& trace = main.of(part);
        const auto own_layers = static_cast<Index>(trace.layers.size());
        if (own_layers == 0 || trace.ids.empty()) return fail("the reading has no attention");
        const Index own_heads = trace.projections(0).heads;
        layers = std::max(layers, own_layers);
        heads = std::max(heads, own_heads);
        Selection selection{part, &trace, existing(job.layers, own_layers),
                            existing(job.heads, own_heads)};
        if (!selection.layers.empty() && !selection.heads.empty())
            selections.push_back(std::move(selection));
    }
    FOVEA_CHECK(check_list(job.layers, layers, "layer"));
    FOVEA_CHECK(check_list(job.heads, heads, "head"));
    return selections;
}

Part picture_part(const ShownHeads& job) {
    if (job.part) return *job.part;
    return job.reading->original->encoder ? Part::cross : job.reading->original->part;
}

Result<Selection> select_heads(const ShownHeads& job) {
    ShownHeads one = job;
    if (job.reading && job.reading->original && job.reading->original->encoder)
        one.part = picture_part(job);
    FOVEA_TRY(const auto selections, select_parts(one));
    return selections.front();
}

Index rows_of_block(Index columns) {
    return std::max<Index>(1, (Index{1} << 18) / std::max<Index>(1, columns));
}

std::string model_name(const Reading& reading) {
    return reading.request.model ? reading.request.model->name : std::string();
}

std::vector<std::string> query_texts(const Reading& reading, Part part) {
    return texts_of(reading.query_tokens(part), reading.original->of(part).ids);
}

std::vector<std::string> key_texts(const Reading& reading, Part part) {
    return texts_of(reading.key_tokens(part), reading.original->of(part).key_ids);
}

}  // namespace fovea
