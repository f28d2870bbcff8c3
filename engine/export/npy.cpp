#include <nlohmann/json.hpp>

#include "engine/export/file_content.h"
#include "engine/export/npy_header.h"
#include "engine/export/output_file.h"

namespace fovea {
namespace {

// The file has no names, so it must be clear which array is meant: that of one layer and one kind
// of numbers. The ids, which every archive begins with, stand among the metadata beside it.
Result<ExportArray> only_array(const FileContent& content) {
    std::vector<ExportArray> arrays = content.arrays().arrays;
    std::erase_if(arrays, [](const ExportArray& a) { return a.type == ArrayType::int64; });
    if (arrays.empty()) return fail("nothing is chosen to write");
    if (arrays.size() > 1)
        return fail(
            ".npy holds one array, and {} are chosen ({} to {}): choose one layer and one kind of "
            "numbers, or .npz, which holds them all",
            arrays.size(), arrays.front().name, arrays.back().name);
    return std::move(arrays.front());
}

Status write_npy(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress& progress, const CancelToken& cancel) {
    FOVEA_TRY(const ExportArray array, only_array(content));
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    FOVEA_CHECK(file.write(npy_header(array)));
    ByteProgress counter(progress, {array});
    FOVEA_CHECK(write_blocks(array, file, counter, cancel));
    return file.close();
}

std::string npy_companion(const FileContent& content) {
    nlohmann::ordered_json about;
    if (const auto array = only_array(content)) {
        about["array"] = array->name;
        about["shape"] = array->shape;
    }
    about.update(nlohmann::ordered_json::parse(metadata_json(content.metadata, -1)));
    return about.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

Exporter npy_exporter() {
    return {".npy", "NumPy array", false, write_npy, npy_companion, Exporter::Holds::array};
}

}  // namespace fovea
