#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "engine/export/export.h"
#include "engine/export/output_file.h"

namespace fovea {

enum class ArrayType { float32, int64 };

/// One array of a file, made block by block while it is written: never whole in memory.
struct ExportArray {
    std::string name;  ///< as in the golden files: "attentions.0"
    ArrayType type = ArrayType::float32;
    std::vector<Index> shape;
    Index blocks = 1;
    /// Replaces `bytes` by those of one block: row-major, little-endian, blocks in order.
    std::function<void(Index block, std::vector<std::byte>& bytes)> fill;

    Index byte_count() const { return element_count(shape) * (type == ArrayType::float32 ? 4 : 8); }
};

/// Replaces `bytes` by those of the values: a block of an array.
void assign_bytes(std::vector<std::byte>& bytes, std::span<const float> values);

/// The arrays that a job asks for, `input_ids` first. They read job.reading, which must outlive
/// them.
Result<std::vector<ExportArray>> export_arrays(const ExportJob& job);

/// Counts bytes towards the whole and tells Progress.
class ByteProgress {
  public:
    ByteProgress(const Progress& progress, const std::vector<ExportArray>& arrays);
    void advance(std::string_view what, size_t bytes);

  private:
    const Progress& progress_;
    double total_ = 0;
    double done_ = 0;
};

/// Writes an array's bytes, one block in memory at a time.
Status write_blocks(const ExportArray& array, OutputFile& file, ByteProgress& counter,
                    const CancelToken& cancel);

}  // namespace fovea
