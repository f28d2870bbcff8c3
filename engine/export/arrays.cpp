#include "engine/export/arrays.h"

#include <bit>
#include <cstring>
#include <memory>

#include "engine/figure/selection.h"
#include "engine/metrics/quantity_names.h"
#include "engine/metrics/row_metric.h"
#include "engine/model/forward.h"
#include "engine/model/value_norms.h"

namespace fovea {
namespace {

static_assert(std::endian::native == std::endian::little, "files are written little-endian");

ExportArray token_ids(const Trace& trace, const char* name) {
    return {name,
            ArrayType::int64,
            {trace.length()},
            1,
            [&trace](Index, std::vector<std::byte>& bytes) {
                const std::vector<std::int64_t> ids(trace.ids.begin(), trace.ids.end());
                const auto raw = std::as_bytes(std::span(ids));
                bytes.assign(raw.begin(), raw.end());
            }};
}

// Head maps of one layer, [heads, queries, keys], some rows of one head at a time. `norms` are
// needed for value-weighted ones only.
ExportArray head_maps(const Selection& selection, Index layer, Quantity quantity,
                      std::string_view name,
                      const std::shared_ptr<const ValueNorms>& norms = nullptr) {
    const Trace& trace = *selection.trace;
    const std::vector<Index>& heads = selection.heads;
    const Projections& shape = trace.projections(layer);
    const Index rows = std::min(shape.queries, rows_of_block(shape.keys));
    const Index blocks_per_head = (shape.queries + rows - 1) / rows;
    const auto count = static_cast<Index>(heads.size());
    const LayerTrace& source = *trace.layers[static_cast<size_t>(layer)];
    return {fmt::format("{}{}.{}", selection.prefix(), name, layer),
            ArrayType::float32,
            {count, shape.queries, shape.keys},
            count * blocks_per_head,
            [&source, heads, quantity, rows, blocks_per_head, norms](
                Index block, std::vector<std::byte>& bytes) {
                MapRegion region = whole_map(source);
                region.query_begin = block % blocks_per_head * rows;
                region.query_end = std::min(region.query_end, region.query_begin + rows);
                const Index head = heads[static_cast<size_t>(block / blocks_per_head)];
                const auto of_head = norms ? norms->of_head(head) : std::span<const float>();
                assign_bytes(bytes, head_map(source, head, quantity, region, of_head).values());
            }};
}

ExportArray metric_rows(const Selection& selection, Index layer, Index metric) {
    const HeadScores& scores = selection.trace->scores(layer);
    const std::vector<Index>& heads = selection.heads;
    const Index queries = scores.metrics.extent(2);
    const auto count = static_cast<Index>(heads.size());
    return {fmt::format("{}{}.{}", selection.prefix(),
                        row_metrics()[static_cast<size_t>(metric)].name, layer),
            ArrayType::float32,
            {count, queries},
            count,
            [&scores, heads, metric, queries](Index block, std::vector<std::byte>& bytes) {
                const float* row =
                    scores.metrics.slice(metric) + heads[static_cast<size_t>(block)] * queries;
                assign_bytes(bytes, {row, static_cast<size_t>(queries)});
            }};
}

ExportArray hidden_state(const Selection& selection, Index i) {
    const Tensor& state = *selection.trace->hidden_states[static_cast<size_t>(i)];
    const Index positions = state.extent(0), width = state.extent(1);
    const Index rows = std::min(positions, rows_of_block(width));
    return {fmt::format("{}{}.{}", selection.prefix(), quantity::hidden_state.array, i),
            ArrayType::float32, state.shape(), (positions + rows - 1) / rows,
            [&state, rows, positions, width](Index block, std::vector<std::byte>& bytes) {
                const Index begin = block * rows;
                const Index count = std::min(rows, positions - begin) * width;
                assign_bytes(bytes, {state.slice(begin), static_cast<size_t>(count)});
            }};
}

Result<ExportArray> logit_rows(const Reading& reading, const Trace& trace) {
    const Model* model = reading.request.model ? reading.request.model->model.get() : nullptr;
    if (!model || !model->has_language_head())
        return fail("{} has no language-model head, so there are no logits to write",
                    model_name(reading));
    const Index positions = trace.length();
    const Index rows = std::min(positions, rows_of_block(model->vocabulary()));
    return ExportArray{
        std::string(quantity::token_logit.array),
        ArrayType::float32,
        {positions, model->vocabulary()},
        (positions + rows - 1) / rows,
        [model, &trace, rows, positions](Index block, std::vector<std::byte>& bytes) {
            const Index begin = block * rows;
            const Index end = std::min(positions, begin + rows);
            assign_bytes(bytes, logits(*model, trace, begin, end).values());
        }};
}

Status add_part(const ExportJob& job, const Selection& selection,
                std::vector<ExportArray>& arrays) {
    for (Index layer : selection.layers) {
        const auto add = [&](Quantity quantity, const QuantityName& name,
                             const std::shared_ptr<const ValueNorms>& norms = nullptr) {
            arrays.push_back(head_maps(selection, layer, quantity, name.array, norms));
        };
        if (job.attentions) add(Quantity::weights, quantity::attention_weight);
        if (job.attention_logits) add(Quantity::logits, quantity::attention_logit);
        if (job.value_norms && !job.reading->request.model)
            return fail("value norms need the model's weights");
        if (job.value_norms)
            add(Quantity::value_weighted, quantity::value_norm,
                std::make_shared<const ValueNorms>(
                    job.reading->request.model->model,
                    selection.trace->layers[static_cast<size_t>(layer)], layer, selection.part));
        if (job.metrics)
            for (Index metric = 0; metric < static_cast<Index>(row_metrics().size()); ++metric)
                arrays.push_back(metric_rows(selection, layer, metric));
    }
    // Cross-attention has no states of its own: it is a step of the decoder's layers.
    if (!job.hidden_states || selection.part == Part::cross) return {};
    const Trace& trace = *selection.trace;
    if (trace.hidden_states.size() != trace.layers.size() + 1)
        return fail("the reading keeps no hidden states");
    arrays.push_back(hidden_state(selection, 0));
    for (Index layer : selection.layers)
        arrays.push_back(hidden_state(selection, layer + 1));
    return {};
}

}  // namespace

void assign_bytes(std::vector<std::byte>& bytes, std::span<const float> values) {
    const auto raw = std::as_bytes(values);
    bytes.assign(raw.begin(), raw.end());
}

Result<std::vector<ExportArray>> export_arrays(const ExportJob& job) {
    FOVEA_TRY(const std::vector<Selection> selections, select_parts(job));
    const Trace& main = job.reading->shown(job.with_edits);
    std::vector<ExportArray> arrays;
    if (main.encoder) {
        arrays.push_back(token_ids(*main.encoder, "input_ids"));
        arrays.push_back(token_ids(main, "decoder_input_ids"));
    } else {
        arrays.push_back(token_ids(main, "input_ids"));
    }
    for (const Selection& selection : selections)
        FOVEA_CHECK(add_part(job, selection, arrays));
    if (job.logits) {
        FOVEA_TRY(ExportArray array, logit_rows(*job.reading, main));
        arrays.push_back(std::move(array));
    }
    return arrays;
}

ByteProgress::ByteProgress(const Progress& progress, const std::vector<ExportArray>& arrays)
    : progress_(progress) {
    for (const ExportArray& array : arrays)
        total_ += static_cast<double>(array.byte_count());
}

void ByteProgress::advance(std::string_view what, size_t bytes) {
    done_ += static_cast<double>(bytes);
    if (progress_) progress_(what, total_ > 0 ? std::min(1.0, done_ / total_) : 1.0);
}

Status write_blocks(const ExportArray& array, OutputFile& file, ByteProgress& counter,
                    const CancelToken& cancel) {
    std::vector<std::byte> bytes;
    for (Index block = 0; block < array.blocks; ++block) {
        if (cancel.cancelled()) return Error{std::string(cancelled_message)};
        array.fill(block, bytes);
        FOVEA_CHECK(file.write(bytes));
        counter.advance(array.name, bytes.size());
    }
    return {};
}

}  // namespace fovea
