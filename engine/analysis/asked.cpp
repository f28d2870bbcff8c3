#include "engine/analysis/asked.h"

#include <algorithm>

#include "engine/model/prediction.h"
#include "engine/session/predict.h"
#include "engine/trace/head_map.h"

namespace fovea::asked {
namespace {

Status check_entry(const Subjects& subjects, std::int32_t id, std::string_view what) {
    const Index all = subjects.model().vocabulary();
    if (id < 0 || id >= all)
        return fail("{} {} is out of range: the vocabulary has {} entries", what, id, all);
    return {};
}

Status check_index(std::string_view what, Index index, Index all) {
    if (index < 0 || index >= all)
        return fail("{} {} is out of range: there are {} (0 to {})", what, index, all, all - 1);
    return {};
}

}  // namespace

Result<Index> position(const Subjects& subjects, const Parameters& parameters) {
    const Index n = subjects.a->original->length();
    if (parameters.position) {
        FOVEA_CHECK(check_index("position", *parameters.position, n));
        return *parameters.position;
    }
    return std::min(subjects.a->prediction_position.value_or(n - 1), n - 1);
}

Result<std::int32_t> target(const Subjects& subjects, const Parameters& parameters,
                            Index position) {
    if (parameters.target) {
        FOVEA_CHECK(check_entry(subjects, *parameters.target, "target"));
        return *parameters.target;
    }
    const auto logits = logits_at(*subjects.a, subjects.with_edits, position);
    return top_ids(logits->values(), 1).front();
}

Result<std::optional<std::int32_t>> versus(const Subjects& subjects, const Parameters& parameters) {
    if (parameters.versus) FOVEA_CHECK(check_entry(subjects, *parameters.versus, "versus"));
    return parameters.versus;
}

Result<HeadCell> cell(const Subjects& subjects, const Parameters& parameters) {
    const Trace& trace = subjects.trace();
    HeadCell cell;
    if (parameters.cell) {
        cell = *parameters.cell;
    } else {
        cell.layer = static_cast<Index>(trace.layers.size()) - 1;
        cell.query = trace.length() - 1;
        cell.key = heaviest_key(*trace.layers.back(), cell.head, cell.query);
    }
    FOVEA_CHECK(check_index("layer", cell.layer, static_cast<Index>(trace.layers.size())));
    const Projections& p = trace.projections(cell.layer);
    FOVEA_CHECK(check_index("head", cell.head, p.heads));
    FOVEA_CHECK(check_index("query", cell.query, p.queries));
    FOVEA_CHECK(check_index("key", cell.key, p.keys));
    return cell;
}

}  // namespace fovea::asked
