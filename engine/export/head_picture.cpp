#include "engine/export/head_picture.h"

#include <algorithm>
#include <cmath>

#include "engine/export/selection.h"
#include "engine/model/value_norms.h"

namespace fovea {
namespace {

class HeadReader {
  public:
    HeadReader(const ExportJob& job, const CancelToken& cancel, Index extent)
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

    Result<HeadPicture> read(Index head) const {
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
        const Index block = std::max<Index>(1, rows * rows_of_block(shape.keys) / shape.queries);
        for (Index begin = 0; begin < rows; begin += block) {
            if (cancel_.cancelled()) return Error{std::string(cancelled_message)};
            read_rows(picture, begin, std::min(rows, begin + block));
        }
        const HeadEdits& edits = edits_of(head);
        picture.silenced = edits.ablation.has_value();
        if (job_.quantity != Quantity::raw_scores) mark_hidden(picture, edits.mask);
        const auto values = picture.values.values();
        for (size_t i = 0; i < values.size(); ++i)
            if (picture.states[i] == CellState::value && !std::isfinite(values[i]))
                picture.states[i] = CellState::not_finite;
        return picture;
    }

  private:
    // Rows [begin, end) of the picture; each stands for queries [r Q / R, (r + 1) Q / R).
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
        for (Index row = begin; row < end; ++row) {
            region.query_begin = first(row, picture.queries, picture.rows());
            region.query_end = first(row + 1, picture.queries, picture.rows());
            const Tensor part = pooled_head_map(*source_, picture.head, job_.quantity, region, 1,
                                                picture.columns(), Pooling::largest, norms);
            std::copy_n(part.data(), picture.columns(), target);
            target += picture.columns();
        }
    }

    static Index first(Index cell, Index whole, Index cells) { return cell * whole / cells; }

    // A pooled cell is hidden where everything below it is.
    static void mark_hidden(HeadPicture& picture, const AttentionMask& mask) {
        AttentionMask rule;
        rule.causal = mask.causal;
        rule.window = mask.window;
        const bool all_visible = mask == AttentionMask{};
        if (all_visible) return;
        for (Index row = 0; row < picture.rows(); ++row)
            for (Index column = 0; column < picture.columns(); ++column) {
                bool visible = false, by_rule = false;
                const Index query_end = first(row + 1, picture.queries, picture.rows());
                const Index key_begin = first(column, picture.keys, picture.columns());
                const Index key_end = first(column + 1, picture.keys, picture.columns());
                for (Index query = first(row, picture.queries, picture.rows());
                     query < query_end && !visible; ++query)
                    for (Index key = key_begin; key < key_end && !visible; ++key) {
                        visible = mask.visible(query, key);
                        by_rule = by_rule || rule.visible(query, key);
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

    const ExportJob& job_;
    const CancelToken& cancel_;
    const Index extent_;
    Index layer_ = 0;
    const LayerTrace* source_ = nullptr;
    Tensor norms_;  // [heads, keys], value_weighted only
};

}  // namespace

Result<std::vector<HeadPicture>> head_pictures(const ExportJob& job, Index extent,
                                               const Progress& progress,
                                               const CancelToken& cancel) {
    FOVEA_TRY(const Selection selection, select_heads(job));
    std::vector<HeadPicture> pictures;
    const size_t count = selection.layers.size() * selection.heads.size();
    pictures.reserve(count);
    HeadReader reader(job, cancel, extent);
    for (Index layer : selection.layers) {
        FOVEA_CHECK(reader.open_layer(*selection.trace, layer));
        for (Index head : selection.heads) {
            FOVEA_TRY(HeadPicture picture, reader.read(head));
            pictures.push_back(std::move(picture));
            if (progress)
                progress(fmt::format("layer {} head {}", layer, head),
                         0.9 * static_cast<double>(pictures.size()) / static_cast<double>(count));
        }
    }
    return pictures;
}

}  // namespace fovea
