#include "engine/figure/figure_captions.h"

#include <algorithm>

#include "engine/edit/head_names.h"
#include "engine/figure/selection.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

constexpr const char* separator = " · ";

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) {
        if (part.empty()) continue;
        if (!text.empty()) text += separator;
        text += part;
    }
    return text;
}

/// Empty for everywhere.
std::string place_name(const Scope& scope) {
    return scope_name(scope, "");
}

std::string place(const Scope& scope) {
    const std::string name = place_name(scope);
    return name.empty() ? name : " in " + name;
}

std::string counted(size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

// The first few, then how many more.
void append_some(std::vector<std::string>& parts, std::vector<std::string> list,
                 std::string_view what) {
    constexpr size_t shown = 3;
    if (list.size() > shown + 1) {
        const size_t more = list.size() - shown;
        list.resize(shown);
        list.push_back(fmt::format("{} more {}", more, what));
    }
    parts.insert(parts.end(), list.begin(), list.end());
}

// "0–5", "1, 3"
std::string listed(const std::vector<Index>& numbers) {
    const bool run = numbers.size() > 2 &&
                     std::adjacent_find(numbers.begin(), numbers.end(), [](Index a, Index b) {
                         return b != a + 1;
                     }) == numbers.end();
    if (run) return fmt::format("{}–{}", numbers.front(), numbers.back());
    std::string text;
    for (Index number : numbers) {
        if (!text.empty()) text += ", ";
        text += std::to_string(number);
    }
    return text;
}

}  // namespace

std::string describe_edits(const Edits& edits) {
    std::vector<std::string> parts;
    std::vector<std::string> temperatures;
    for (const TemperatureEdit& edit : edits.temperatures)
        if (edit.value != 1)
            temperatures.push_back(
                fmt::format("temperature {:.3g}{}", edit.value, place(edit.scope)));
    append_some(parts, std::move(temperatures), "temperatures");
    switch (edits.mask.kind) {
        case MaskKind::model:
            break;
        case MaskKind::none:
            parts.push_back("no mask");
            break;
        case MaskKind::causal:
            parts.push_back("causal mask");
            break;
        case MaskKind::window:
            parts.push_back(fmt::format("window of {} tokens", edits.mask.window));
            break;
    }
    size_t cells = 0, keys = 0, queries = 0;
    for (const BlockEdit& edit : edits.blocks)
        ++(edit.query && edit.key ? cells : edit.key ? keys : queries);
    if (cells > 0) parts.push_back(counted(cells, "cell", "cells") + " hidden");
    if (keys > 0) parts.push_back(counted(keys, "key", "keys") + " hidden");
    if (queries > 0) parts.push_back(counted(queries, "query", "queries") + " hidden");
    std::vector<std::string> ablations;
    for (const AblationEdit& edit : edits.ablations) {
        const char* to = edit.to == AblationTarget::zero ? "to zero" : "to the mean";
        const std::string name = place_name(edit.scope);
        const std::string what = name.empty() ? "every head" : name;
        ablations.push_back(fmt::format("{} silenced {}", what, to));
    }
    append_some(parts, std::move(ablations), "silenced");
    return joined(parts);
}

namespace {

/// "with the edits, less without them"; empty where no difference is drawn.
std::string difference_caption(const ShownHeads& job) {
    if (!job.less) return "";
    const Subtrahend& less = *job.less;
    std::vector<std::string> place;
    if (less.layer) place.push_back(layer_name(*less.layer));
    if (less.head) place.push_back(fmt::format("head {}", *less.head));
    const std::string other = fmt::format("less{}{}", place.empty() ? "" : " ", joined(place));
    const Reading& reading = *job.reading;
    if (&reading.shown(job.with_edits) == &reading.shown(less.with_edits)) return other;
    return job.with_edits ? fmt::format("with the edits, {} without them", other)
                          : fmt::format("without the edits, {} with them", other);
}

}  // namespace

std::string quantity_caption(const ShownHeads& job) {
    return fmt::format("{}{}", name_of(job.quantity).one, job.less ? ", difference" : "");
}

std::vector<std::string> figure_labels(const std::vector<std::string>& labels,
                                       const std::vector<std::string>& texts) {
    std::vector<std::string> shown(texts.size());
    for (size_t i = 0; i < shown.size(); ++i) {
        std::string label = visible_text(i < labels.size() ? labels[i] : texts[i]);
        const size_t begin = label.find_first_not_of(' ');
        const size_t end = label.find_last_not_of(' ');
        shown[i] = begin == std::string::npos ? "␣" : label.substr(begin, end + 1 - begin);
    }
    return shown;
}

std::string head_caption(const std::vector<HeadPicture>& pictures) {
    std::vector<Index> layers, heads;
    for (const HeadPicture& picture : pictures) {
        if (std::find(layers.begin(), layers.end(), picture.layer) == layers.end())
            layers.push_back(picture.layer);
        if (std::find(heads.begin(), heads.end(), picture.head) == heads.end())
            heads.push_back(picture.head);
    }
    return fmt::format("{} {}{}{} {}", layers.size() == 1 ? "layer" : "layers", listed(layers),
                       separator, heads.size() == 1 ? "head" : "heads", listed(heads));
}

std::vector<HeadingLine> figure_heading(const Figure& figure, const ShownHeads& job,
                                        const std::vector<HeadPicture>& pictures) {
    const Reading& reading = *job.reading;
    const Part part = picture_part(job);
    const Trace& trace = reading.shown(job.with_edits, part);
    std::vector<HeadingLine> lines;
    lines.push_back({joined({visible_text(model_name(reading)), std::string(part_name(part)),
                             head_caption(pictures)}),
                     figure.style(14, figure.theme.text, true)});
    lines.push_back(
        {joined({quantity_caption(job) + (figure.scale.logarithmic ? ", logarithmic scale" : ""),
                 difference_caption(job),
                 part == Part::cross
                     ? fmt::format("{} × {} tokens", trace.ids.size(), trace.key_ids.size())
                     : counted(trace.ids.size(), "token", "tokens")}),
         figure.style(11, figure.theme.muted)});
    const std::string edits =
        joined({describe_edits(trace.edits),
                !trace.edits.empty() && trace.picture_only ? "edits act on the picture only" : ""});
    if (!edits.empty()) lines.push_back({edits, figure.style(11, figure.theme.amber)});
    return lines;
}

std::string pooling_note(const HeadPicture& picture) {
    if (!picture.pooled()) return "";
    return fmt::format("{} × {} cells pooled to {} × {}: each shows the largest value below it.",
                       picture.queries, picture.keys, picture.rows(), picture.columns());
}

}  // namespace fovea
