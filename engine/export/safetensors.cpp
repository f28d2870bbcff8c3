#include <nlohmann/json.hpp>

#include "engine/export/file_content.h"
#include "engine/export/output_file.h"

namespace fovea {
namespace {

// The format: eight bytes with the header's length, the header as JSON (padded with spaces so that
// the data begin at a multiple of eight), then the arrays without gaps. Those of int64 come
// first, so every array is aligned to its element.
std::string header_of(const Metadata& metadata, const std::vector<ExportArray>& arrays) {
    nlohmann::ordered_json header;
    for (const MetadataEntry& entry : metadata)
        header["__metadata__"][entry.key] = entry.value;
    Index offset = 0;
    for (const ExportArray& array : arrays) {
        header[array.name] = {{"dtype", array.type == ArrayType::float32 ? "F32" : "I64"},
                              {"shape", array.shape},
                              {"data_offsets", {offset, offset + array.byte_count()}}};
        offset += array.byte_count();
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

Status write_safetensors(const FileContent& content, const std::filesystem::path& temporary,
                         const Progress& progress, const CancelToken& cancel) {
    const std::vector<ExportArray>& arrays = content.arrays().arrays;
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    const std::string header = header_of(content.metadata, arrays);
    const std::uint64_t length = header.size();
    FOVEA_CHECK(file.write(std::as_bytes(std::span(&length, 1))));
    FOVEA_CHECK(file.write(header));
    ByteProgress counter(progress, arrays);
    for (const ExportArray& array : arrays)
        FOVEA_CHECK(write_blocks(array, file, counter, cancel));
    return file.close();
}

}  // namespace

Exporter safetensors_exporter() {
    return {".safetensors", "safetensors", false, write_safetensors};
}

}  // namespace fovea
