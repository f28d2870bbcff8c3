#include "engine/session/predict.h"

#include <algorithm>
#include <utility>

#include "engine/session/vocabulary_index.h"

namespace fovea {
namespace {

constexpr Index most_found = 8;

std::optional<Index> default_position(const Reading& reading) {
    if (reading.request.model->model->predicts_next()) return reading.original->length() - 1;
    return first_mask(reading);
}

/// Logits are a product with every row of the vocabulary, which takes as long as some layers: while
/// the trace and the position stand they are kept.
void take_logits(Reading& reading, const Reading* previous, Index at) {
    const Model& model = *reading.request.model->model;
    const bool same_place = previous && previous->prediction_position == at;
    const auto made = [&](const std::shared_ptr<const Trace>& trace,
                          const std::shared_ptr<const Trace>& before,
                          const std::shared_ptr<const Tensor>& kept) {
        if (same_place && kept && trace == before) return kept;
        return std::make_shared<const Tensor>(logits(model, *trace, at, at + 1));
    };
    reading.own_logits = made(reading.original, previous ? previous->original : nullptr,
                              previous ? previous->own_logits : nullptr);
    if (edits_reach_predictions(reading))
        reading.edited_logits = made(reading.edited, previous ? previous->edited : nullptr,
                                     previous ? previous->edited_logits : nullptr);
}

/// Entries that match what was looked up, the best first; they are likely ones, where many match.
std::vector<std::int32_t> look_up(Reading& reading, const Reading* previous,
                                  std::span<const float> shown) {
    if (previous) reading.vocabulary = previous->vocabulary;
    if (reading.request.lookup.empty()) return {};
    const LoadedModel& loaded = *reading.request.model;
    if (!reading.vocabulary)
        reading.vocabulary = std::make_shared<const VocabularyIndex>(
            loaded.tokenizer_of_predictions(), static_cast<std::int32_t>(shown.size()));
    auto matches = reading.vocabulary->find(reading.request.lookup);
    reading.found_count = static_cast<Index>(matches.size());
    const auto logit = [&](const VocabularyIndex::Match& match) {
        return shown[static_cast<size_t>(match.id)];
    };
    const auto best = matches.begin() + std::min(most_found, reading.found_count);
    std::partial_sort(matches.begin(), best, matches.end(), [&](const auto& a, const auto& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        return logit(a) != logit(b) ? logit(a) > logit(b) : a.id < b.id;
    });
    std::vector<std::int32_t> ids;
    for (auto match = matches.begin(); match != best; ++match)
        ids.push_back(match->id);
    return ids;
}

/// The vocabulary's entries with their standing under both rows of logits.
class Table {
  public:
    Table(const Reading& reading, std::vector<std::int32_t> ids) : ids_(std::move(ids)) {
        std::sort(ids_.begin(), ids_.end());
        ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
        tokenizer_ = reading.request.model->tokenizer_of_predictions();
        without_ = standings_of(reading.own_logits->values(), ids_);
        with_edits_ =
            reading.edited_logits ? standings_of(reading.edited_logits->values(), ids_) : without_;
    }

    std::vector<PredictionChange> rows(const std::vector<std::int32_t>& ids) const {
        std::vector<PredictionChange> result;
        for (const std::int32_t id : ids) {
            const auto at =
                static_cast<size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
            std::string piece = tokenizer_ ? tokenizer_->piece(id) : std::to_string(id);
            result.push_back({id, std::move(piece), with_edits_[at], without_[at]});
        }
        return result;
    }

  private:
    const Tokenizer* tokenizer_;
    std::vector<std::int32_t> ids_;  // sorted
    std::vector<Standing> with_edits_, without_;
};

/// What decides all of it is the same as before.
bool stands(const Reading& reading, const Reading* previous) {
    return previous && reading.own_logits == previous->own_logits &&
           reading.edited_logits == previous->edited_logits &&
           reading.request.prediction_count == previous->request.prediction_count &&
           reading.request.watched == previous->request.watched &&
           reading.request.lookup == previous->request.lookup;
}

}  // namespace

bool edits_reach_predictions(const Reading& reading) {
    return reading.edited && !reading.edited->picture_only;
}

std::optional<Index> first_mask(const Reading& reading) {
    const Tokenizer* tokenizer = reading.request.model->tokenizer.get();
    const auto mask = tokenizer ? tokenizer->mask_id() : std::nullopt;
    if (!mask) return std::nullopt;
    for (size_t i = 0; i < reading.tokens.size(); ++i)
        if (reading.tokens[i].id == *mask) return static_cast<Index>(i);
    return std::nullopt;
}

std::shared_ptr<const Tensor> logits_at(const Reading& reading, bool with_edits, Index position) {
    const bool edited = with_edits && edits_reach_predictions(reading);
    const auto& kept = edited ? reading.edited_logits : reading.own_logits;
    if (kept && reading.prediction_position == position) return kept;
    return std::make_shared<const Tensor>(
        logits(*reading.request.model->model, reading.shown(edited), position, position + 1));
}

void predict(Reading& reading, const Reading* previous) {
    if (!reading.request.model->model->has_language_head()) return;
    reading.prediction_position = reading.request.prediction_position;
    if (!reading.prediction_position || *reading.prediction_position >= reading.original->length())
        reading.prediction_position = default_position(reading);
    if (!reading.prediction_position) return;
    take_logits(reading, previous, *reading.prediction_position);
    if (stands(reading, previous)) {
        reading.predictions = previous->predictions;
        reading.fallen = previous->fallen;
        reading.watched = previous->watched;
        reading.found = previous->found;
        reading.found_count = previous->found_count;
        reading.vocabulary = previous->vocabulary;
        return;
    }
    const Index count = reading.request.prediction_count;
    const auto own = reading.own_logits->values();
    const auto shown = reading.edited_logits ? reading.edited_logits->values() : own;
    const std::vector<std::int32_t> best = top_ids(shown, count);
    std::vector<std::int32_t> fallen, watched;
    if (reading.edited_logits)
        for (const std::int32_t id : top_ids(own, count))
            if (std::find(best.begin(), best.end(), id) == best.end()) fallen.push_back(id);
    for (const std::int32_t id : reading.request.watched)
        if (id >= 0 && id < static_cast<Index>(own.size())) watched.push_back(id);
    const std::vector<std::int32_t> found = look_up(reading, previous, shown);

    std::vector<std::int32_t> all;
    for (const auto* ids : {&best, &std::as_const(fallen), &std::as_const(watched), &found})
        all.insert(all.end(), ids->begin(), ids->end());
    const Table table(reading, std::move(all));
    reading.predictions = table.rows(best);
    reading.fallen = table.rows(fallen);
    reading.watched = table.rows(watched);
    reading.found = table.rows(found);
}

}  // namespace fovea
