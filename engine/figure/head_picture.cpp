#include "engine/figure/head_picture.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/core/memory_shortage.h"
#include "engine/core/task_pool.h"
#include "engine/edit/head_names.h"
#include "engine/figure/selection.h"
#include "engine/model/value_norms.h"
#include "engine/trace/cell_difference.h"

namespace fovea {
namespace {

class HeadReader {
  public:
    HeadReader(const ShownHeads& job, const CancelToken& cancel, Index extent)
        : job_(job), cancel_(cancel), extent_(extent) {}

    Status open_layer(const Trace& trace, Index layer) {
        layer_ = layer;
        source_ = trace.layers[static_cast<size_t>(layer)].get();
        if (job_.quantity != Quantity::value_weighted) return {};
        const auto& loaded = job_.reading->request.model;
        if (!loaded || !loaded->model) return fail("value norms need the model's weights");
        norms_ = value_norms(*loaded->model, *source_, layer, trace.part);
        return {};
    }

    /// `advance` is told the share of the head that is there.
    Result<HeadPicture> read(Index head, const std::function<void(double)>& advance) const {
        const Projections& shape = *source_->projections;
        HeadPicture picture;
        picture.layer = layer_;
        picture.head = head;
        picture.queries = shape.queries;
        picture.keys = shape.keys;
        const Index rows = std::min(shape.queries, extent_);
        const Index columns = std::min(shape.keys, extent_);
        picture.values = Tensor::uninitialised({rows, columns});
        picture.states.assign(static_cast<size_t>(rows * columns), CellState::value);
        const HeadEdits& edits = edits_of(head);
        picture.silenced = edits.ablation.has_value();
        // Pooled rows take next to no memory, but time.
        const Index block = picture.pooled() ? 64 : rows_of_block(shape.keys);
        for (Index begin = 0; begin < rows; begin += block) {
            if (cancel_.cancelled()) return Error{std::string(cancelled_message)};
            const Index end = std::min(rows, begin + block);
            read_rows(picture, begin, end);
            if (job_.quantity != Quantity::logits) mark_hidden(picture, edits.mask, begin, end);
            advance(static_cast<double>(end) / static_cast<double>(rows));
        }
        const auto values = picture.values.values();
        for (size_t i = 0; i < values.size(); ++i)
            if (picture.states[i] == CellState::value && !std::isfinite(values[i]))
                picture.states[i] = CellState::not_finite;
        return picture;
    }

  private:
    // Rows [begin, end) of the picture.
    void read_rows(HeadPicture& picture, Index begin, Index end) const {
        const std::span<const float> norms =
            norms_.empty()
                ? std::span<const float>()
                : std::span(norms_.slice(picture.head), static_cast<size_t>(norms_.extent(1)));
        MapRegion region = whole_map(*source_);
        float* target = picture.values.data() + begin * picture.columns();
        if (!picture.pooled()) {
            region.query_begin = begin;
            region.query_end = end;
            const Tensor part = head_map(*source_, picture.head, job_.quantity, region, norms);
            std::copy_n(part.data(), part.size(), target);
            return;
        }
        parallel_for(end - begin, [&](Index i) {
            MapRegion of_row = region;
            of_row.query_begin = pooled_begin(begin + i, picture.rows(), picture.queries);
            of_row.query_end = pooled_begin(begin + i + 1, picture.rows(), picture.queries);
            const Tensor part =
                pooled_head_map(*source_, picture.head, job_.quantity, of_row, 1, picture.columns(),
                                Pooling::largest, norms, cancel_);
            std::copy_n(part.data(), picture.columns(), target + i * picture.columns());
        });
    }

    // A pooled cell is hidden where everything below it is.
    static void mark_hidden(HeadPicture& picture, const AttentionMask& mask, Index begin,
                            Index end) {
        AttentionMask rule;
        rule.causal = mask.causal;
        rule.window = mask.window;
        const bool all_visible = mask == AttentionMask{};
        if (all_visible) return;
        for (Index row = begin; row < end; ++row)
            for (Index column = 0; column < picture.columns(); ++column) {
                bool visible = false, by_rule = false;
                const Index query_end = pooled_begin(row + 1, picture.rows(), picture.queries);
                const Index key_begin = pooled_begin(column, picture.columns(), picture.keys);
                const Index key_end = pooled_begin(column + 1, picture.columns(), picture.keys);
                for (Index query = pooled_begin(row, picture.rows(), picture.queries);
                     query < query_end && !visible; ++query) {
                    const auto ruled = rule.visible_range(query, key_end);
                    by_rule = by_rule || std::max(ruled.begin, key_begin) < ruled.end;
                    const auto range = mask.visible_range(query, key_end);
                    for (Index key = std::max(range.begin, key_begin); key < range.end && !visible;
                         ++key)
                        visible = mask.visible(query, key);
                }
                if (!visible)
                    picture.states[static_cast<size_t>(row * picture.columns() + column)] =
                        by_rule ? CellState::painted : CellState::hidden;
            }
    }

    const HeadEdits& edits_of(Index head) const {
        static const HeadEdits none;
        const auto i = static_cast<size_t>(head);
        return i < source_->edits.size() ? source_->edits[i] : none;
    }

    const ShownHeads& job_;
    const CancelToken& cancel_;
    const Index extent_;
    Index layer_ = 0;
    const LayerTrace* source_ = nullptr;
    Tensor norms_;  // [heads, keys], value_weighted only
};

/// What the pictures of a job show the difference to.
class Difference {
  public:
    /// Nothing where the job wants none.
    static Result<std::optional<Difference>> of(const ShownHeads& job, const Selection& selection,
                                                const CancelToken& cancel, Index extent) {
        if (!job.less) return std::optional<Difference>();
        const Subtrahend& less = *job.less;
        const Trace& trace = job.reading->shown(less.with_edits, selection.part);
        if (&trace == selection.trace && !less.layer && !less.head)
            return fail("there are no edits, and a head differs in nothing from itself");
        const auto layers = static_cast<Index>(trace.layers.size());
        if (less.layer && (*less.layer < 0 || *less.layer >= layers))
            return fail("there is no layer {} to take away", *less.layer);
        const Index heads = layers > 0 ? trace.projections(0).heads : 0;
        if (less.head && (*less.head < 0 || *less.head >= heads))
            return fail("there is no head {} to take away", *less.head);
        return std::optional<Difference>(Difference{trace, less, job, cancel, extent});
    }

    Status open_layer(Index layer) {
        return reader_.open_layer(trace_, less_.layer.value_or(layer));
    }

    /// `picture` less what is taken away from its head.
    Status take_from(HeadPicture& picture, const std::function<void(double)>& advance) const {
        FOVEA_TRY(const HeadPicture other,
                  reader_.read(less_.head.value_or(picture.head), advance));
        float* values = picture.values.data();
        for (size_t i = 0; i < picture.states.size(); ++i)
            values[i] =
                subtract(values[i], picture.states[i], other.values.data()[i], other.states[i]);
        return {};
    }

  private:
    Difference(const Trace& trace, const Subtrahend& less, const ShownHeads& job,
               const CancelToken& cancel, Index extent)
        : trace_(trace), less_(less), quantity_(job.quantity), reader_(job, cancel, extent) {}

    /// The cell's value; `state` becomes that of the difference.
    float subtract(float value, CellState& state, float other, CellState below) const {
        if (state == CellState::not_finite || below == CellState::not_finite) {
            state = CellState::not_finite;
            return value;
        }
        const auto seen = [](float cell, CellState it) {
            return it == CellState::value ? std::optional(cell) : std::nullopt;
        };
        const auto difference = cell_difference(quantity_, seen(value, state), seen(other, below));
        if (difference) {
            state = CellState::value;
        } else if (state == CellState::value) {
            state = below;
        }
        return difference.value_or(value);
    }

    const Trace& trace_;
    const Subtrahend& less_;
    Quantity quantity_;
    HeadReader reader_;
};

/// Value, state and colour of every cell that is drawn.
Status check_memory(const Selection& selection, size_t heads, Index extent) {
    constexpr double cell_bytes = sizeof(float) + sizeof(CellState) + 4;
    const double cells = static_cast<double>(std::min(selection.trace->length(), extent)) *
                         static_cast<double>(std::min(selection.trace->key_length(), extent));
    const double need = static_cast<double>(heads) * cells * cell_bytes;
    const auto shortage = memory_shortage(need);
    if (!shortage) return {};
    return fail("the maps of {} heads need about {} of memory, and {}: choose fewer heads", heads,
                size_in_words(need), *shortage);
}

}  // namespace

Result<std::vector<HeadPicture>> head_pictures(const ShownHeads& job, Index extent,
                                               const Progress& progress,
                                               const CancelToken& cancel) {
    FOVEA_TRY(const Selection selection, select_heads(job));
    std::vector<HeadPicture> pictures;
    const size_t count = selection.layers.size() * selection.heads.size();
    FOVEA_CHECK(check_memory(selection, count, extent));
    pictures.reserve(count);
    HeadReader reader(job, cancel, extent);
    FOVEA_TRY(auto difference, Difference::of(job, selection, cancel, extent));
    for (Index layer : selection.layers) {
        FOVEA_CHECK(reader.open_layer(*selection.trace, layer));
        if (difference) FOVEA_CHECK(difference->open_layer(layer));
        for (Index head : selection.heads) {
            const auto advance = [&](double share) {
                if (progress)
                    progress(head_name({layer, head}),
                             0.9 * (static_cast<double>(pictures.size()) + share) /
                                 static_cast<double>(count));
            };
            FOVEA_TRY(HeadPicture picture, reader.read(head, advance));
            if (difference) FOVEA_CHECK(difference->take_from(picture, advance));
            pictures.push_back(std::move(picture));
        }
    }
    return pictures;
}

}  // namespace fovea
