#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/export/metadata_json.h"
#include "engine/export/output_file.h"
#include "engine/export/selection.h"

namespace fovea {
namespace {

// RFC 4180: a field with a comma, a quote or a line break stands in quotes, its quotes doubled.
std::string field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

void append_cell(std::string& text, float value) {
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

class CellWriter {
  public:
    CellWriter(const ExportJob& job, const Selection& selection, OutputFile& file)
        : job_(job), trace_(*selection.trace), file_(file) {
        for (const std::string& text : query_texts(*job.reading, selection.part))
            query_fields_.push_back(field(text));
        for (const std::string& text : key_texts(*job.reading, selection.part))
            key_fields_.push_back(field(text));
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

std::vector<std::pair<std::string_view, std::string_view>> columns(const ExportJob& job) {
    std::vector<std::pair<std::string_view, std::string_view>> list = {
        {"layer", "integer"}, {"head", "integer"},       {"query", "integer"},
        {"key", "integer"},   {"query_token", "string"}, {"key_token", "string"}};
    if (job.reading && job.reading->original && job.reading->original->encoder)
        list.insert(list.begin(), {"part", "string"});
    if (job.attentions) list.emplace_back(quantity::attention_weight.column, "float");
    if (job.attention_logits) list.emplace_back(quantity::attention_logit.column, "float");
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

Status write_csv(const ExportJob& job, const std::filesystem::path& temporary,
                 const Progress& progress, const CancelToken& cancel) {
    if (job.hidden_states || job.logits || job.metrics)
        return fail(
            "CSV has one row a cell of a head's map; hidden states, logits and metrics need "
            ".npz, .safetensors or .json");
    if (!job.attentions && !job.attention_logits)
        return fail("CSV needs attention weights or attention logits to write");
    FOVEA_TRY(const std::vector<Selection> selections, select_parts(job));
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    std::string header;
    for (const auto& [name, type] : columns(job))
        (header += header.empty() ? "" : ",") += name;
    FOVEA_CHECK(file.write(header + "\n"));

    double heads_in_all = 0, heads_done = 0;
    for (const Selection& selection : selections)
        heads_in_all += static_cast<double>(selection.layers.size() * selection.heads.size());
    for (const Selection& selection : selections) {
        CellWriter writer(job, selection, file);
        for (const Index layer : selection.layers) {
            for (const Index head : selection.heads) {
                const auto advance = [&](double share) {
                    if (progress)
                        progress(fmt::format("layer {} head {}", layer, head),
                                 (heads_done + share) / heads_in_all);
                };
                FOVEA_CHECK(write_head(writer, selection.trace->projections(layer), {layer, head},
                                       advance, cancel));
                ++heads_done;
            }
        }
    }
    return file.close();
}

// Comments in a CSV file break plain readers, so its origin is told in a file beside it, named and
// laid out as "CSV on the Web" (W3C 2015) has it.
std::string csv_companion(const ExportJob& job) {
    nlohmann::ordered_json table;
    table["@context"] = "http://www.w3.org/ns/csvw";
    table["url"] = job.file.filename().string();
    for (const auto& [name, type] : columns(job))
        table["tableSchema"]["columns"].push_back({{"name", name}, {"datatype", type}});
    nlohmann::ordered_json origin;
    for (const auto& [key, value] : export_metadata(job))
        origin[key] = value;
    table["notes"].push_back(origin);
    return table.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

Exporter csv_exporter() {
    // "0,0,0,0,a,a,0" of a cell, which may have two numbers
    return {".csv", "Table (CSV)", false, write_csv, csv_companion, Exporter::Holds::cells, 7};
}

}  // namespace fovea
