#include <nlohmann/json.hpp>

#include "engine/export/arrays.h"
#include "engine/export/output_file.h"

namespace fovea {
namespace {

// The format: eight bytes with the header's length, the header as JSON (padded with spaces so that
// the data begin at a multiple of eight), then the arrays without gaps. The one int64 array comes
// first, so every array is aligned to its element.
std::string header_of(const ExportJob& job, const std::vector<ExportArray>& arrays) {
    nlohmann::ordered_json header;
    for (const auto& [key, value] : export_metadata(job))
        header["__metadata__"][key] = value;
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

Status write_safetensors(const ExportJob& job, const std::filesystem::path& temporary,
                         const Progress& progress, const CancelToken& cancel) {
    FOVEA_TRY(const auto arrays, export_arrays(job));
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    const std::string header = header_of(job, arrays);
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
