#include <charconv>

#include "engine/edit/head_names.h"
#include "engine/export/cells.h"
#include "engine/figure/selection.h"

namespace fovea {
namespace {

void append_cell(std::string& text, float value) {
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

class CellWriter {
  public:
    CellWriter(const ExportJob& job, const Selection& selection, OutputFile& file)
        : job_(job), trace_(*selection.trace), file_(file) {
        for (const std::string& text : query_texts(*job.reading, selection.part))
            query_fields_.push_back(csv_field(text));
        for (const std::string& text : key_texts(*job.reading, selection.part))
            key_fields_.push_back(csv_field(text));
        if (selection.part != Part::self) start_ = fmt::format("{},", part_name(selection.part));
    }

    // One row of the file for every cell of rows [begin, end) of a head's map.
    Status write(Index layer, Index head, Index begin, Index end) {
        const LayerTrace& source = *trace_.layers[static_cast<size_t>(layer)];
        MapRegion region = whole_map(source);
        region.query_begin = begin;
        region.query_end = end;
        const Tensor weights =
            job_.attentions ? head_map(source, head, Quantity::weights, region) : Tensor();
        const Tensor logits =
            job_.attention_logits ? head_map(source, head, Quantity::logits, region) : Tensor();
        for (Index row = 0; row < region.rows(); ++row) {
            const std::string start = fmt::format("{}{},{},{},", start_, layer, head, begin + row);
            const std::string& query_token = query_fields_[static_cast<size_t>(begin + row)];
            for (Index key = 0; key < region.columns(); ++key) {
                text_ += start;
                text_ += std::to_string(key);
                text_ += ',';
                text_ += query_token;
                text_ += ',';
                text_ += key_fields_[static_cast<size_t>(key)];
                for (const Tensor* map : {&weights, &logits})
                    if (!map->empty()) {
                        text_ += ',';
                        append_cell(text_, map->at(row, key));
                    }
                text_ += '\n';
            }
        }
        FOVEA_CHECK(file_.write(text_));
        text_.clear();
        return {};
    }

  private:
    const ExportJob& job_;
    const Trace& trace_;
    OutputFile& file_;
    std::string start_;  // of a row: the part, where there are several
    // [queries] and [keys], quoted where needed
    std::vector<std::string> query_fields_, key_fields_;
    std::string text_;
};

std::vector<TableContent::Column> columns(const ExportJob& job) {
    std::vector<TableContent::Column> list = {{"layer", "integer"},      {"head", "integer"},
                                              {"query", "integer"},      {"key", "integer"},
                                              {"query_token", "string"}, {"key_token", "string"}};
    const auto add = [&](std::string_view name) { list.push_back({std::string(name), "float"}); };
    if (job.reading && job.reading->original && job.reading->original->encoder)
        list.insert(list.begin(), {"part", "string"});
    if (job.attentions) add(quantity::attention_weight.column);
    if (job.attention_logits) add(quantity::attention_logit.column);
    return list;
}

struct NumberedHead {
    Index layer, head;
};

Status write_head(CellWriter& writer, const Projections& shape, NumberedHead place,
                  const std::function<void(double)>& advance, const CancelToken& cancel) {
    // A cell of text is some ten times a float: blocks that much smaller.
    const Index rows = std::max<Index>(1, rows_of_block(shape.keys) / 10);
    for (Index begin = 0; begin < shape.queries; begin += rows) {
        if (cancel.cancelled()) return Error{std::string(cancelled_message)};
        const Index end = std::min(shape.queries, begin + rows);
        FOVEA_CHECK(writer.write(place.layer, place.head, begin, end));
        advance(static_cast<double>(end) / static_cast<double>(shape.queries));
    }
    return {};
}

Status write_cells(const ExportJob& job, const std::vector<Selection>& selections, OutputFile& file,
                   const Progress& progress, const CancelToken& cancel) {
    double heads_in_all = 0, heads_done = 0;
    for (const Selection& selection : selections)
        heads_in_all += static_cast<double>(selection.layers.size() * selection.heads.size());
    for (const Selection& selection : selections) {
        CellWriter writer(job, selection, file);
        for (const Index layer : selection.layers) {
            for (const Index head : selection.heads) {
                const auto advance = [&](double share) {
                    if (progress)
                        progress(head_name({layer, head}), (heads_done + share) / heads_in_all);
                };
                FOVEA_CHECK(write_head(writer, selection.trace->projections(layer), {layer, head},
                                       advance, cancel));
                ++heads_done;
            }
        }
    }
    return {};
}

double numbers_of(const ExportJob& job, const std::vector<Selection>& selections) {
    double cells = 0;
    for (const Selection& selection : selections)
        for (const Index layer : selection.layers) {
            const Projections& shape = selection.trace->projections(layer);
            cells += static_cast<double>(selection.heads.size()) *
                     static_cast<double>(shape.queries) * static_cast<double>(shape.keys);
        }
    return cells * ((job.attentions ? 1 : 0) + (job.attention_logits ? 1 : 0));
}

}  // namespace

Result<TableContent> cell_table(const ExportJob& job) {
    if (job.hidden_states || job.logits || job.metrics || job.value_norms)
        return fail(
            "CSV has one row a cell of a head's map; hidden states, logits, value norms and "
            "metrics need .npz, .safetensors or .json");
    if (!job.attentions && !job.attention_logits)
        return fail("CSV needs attention weights or attention logits to write");
    FOVEA_TRY(std::vector<Selection> selections, select_parts(job));
    TableContent table{columns(job), numbers_of(job, selections), {}};
    table.write_rows = [&job, selections = std::move(selections)](
                           OutputFile& file, const Progress& progress, const CancelToken& cancel) {
        return write_cells(job, selections, file, progress, cancel);
    };
    return table;
}

}  // namespace fovea
