#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/io/dtype.h"

namespace fovea {

class MappedFile;

/// A tensor inside a mapped file. The bytes live as long as the Checkpoint; nothing is copied.
struct TensorView {
    DType dtype = DType::f32;
    std::vector<Index> shape;
    std::span<const std::byte> bytes;
};

/// "[2, 3]", for sentences.
std::string shape_text(std::span<const Index> shape);

/// Named tensors of a file on disk.
class Checkpoint {
  public:
    /// Maps and checks a .safetensors file: no length, offset or shape of the header is trusted
    /// (overflow, overlap, holes, beyond the end, a header larger than the file).
    static Result<std::shared_ptr<const Checkpoint>> open_safetensors(
        const std::filesystem::path& file);

    /// The weights of a folder as the Hub has them: `model.safetensors`, or the files that
    /// `model.safetensors.index.json` names, as if they were one. Where only another framework's
    /// weights are there, the error says how to convert them: a pickle is never read.
    static Result<std::shared_ptr<const Checkpoint>> open_folder(
        const std::filesystem::path& folder);

    /// Like open_safetensors over bytes that the caller keeps alive (tests, fuzzing); `name` stands
    /// in errors.
    static Result<std::shared_ptr<const Checkpoint>> parse_safetensors(
        std::span<const std::byte> bytes, std::string_view name);

    /// Tensors that another reader has found and checked; `keep_alive` holds their bytes.
    static std::shared_ptr<const Checkpoint> of_tensors(
        std::string name, std::map<std::string, TensorView, std::less<>> tensors,
        std::shared_ptr<const void> keep_alive,
        std::vector<std::shared_ptr<const MappedFile>> files = {});

    /// An error once one of its files lost bytes: see MappedFile.
    Status intact() const;
    /// In which the tensors lie; none of bytes that somebody else keeps.
    const std::vector<std::shared_ptr<const MappedFile>>& files() const { return files_; }

    const TensorView* find(std::string_view name) const;
    const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
    const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }
    const std::string& name() const { return name_; }

  private:
    std::string name_;
    std::map<std::string, TensorView, std::less<>> tensors_;
    std::map<std::string, std::string, std::less<>> metadata_;
    std::vector<std::shared_ptr<const MappedFile>> files_;
    std::shared_ptr<const void> keep_alive_;  ///< of tensors that lie in no file
};

}  // namespace fovea
