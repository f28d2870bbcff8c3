#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/io/checkpoint.h"

namespace fovea {

/// The types that metadata may have, as the file numbers them.
enum class GgufType : std::uint32_t {
    u8,
    i8,
    u16,
    i16,
    u32,
    i32,
    f32,
    boolean,
    string,
    array,
    u64,
    i64,
    f64,
};

/// A list of numbers (or truth values), read where it lies.
struct GgufNumbers {
    GgufType type = GgufType::u8;
    std::span<const std::byte> bytes;

    Index size() const;
    double operator[](Index i) const;
};

/// Integers and truth values are widened, floats too; strings point into the file.
using GgufValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view,
                               GgufNumbers, std::vector<std::string_view>>;

/// A GGUF file (versions 2 and 3, little-endian): metadata and tensors. The bytes are mapped, and
/// strings are views into them. Immutable; any thread may read it.
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md gives the format.
class Gguf {
  public:
    /// No length, count, offset, type, alignment or shape of the file is trusted. A tensor of a
    /// type that `unpack` does not know is an error that names it.
    static Result<std::shared_ptr<const Gguf>> open(const std::filesystem::path& file);

    /// Same over bytes that the caller keeps alive (tests, fuzzing); `name` stands in errors.
    static Result<std::shared_ptr<const Gguf>> parse(std::span<const std::byte> bytes,
                                                     std::string_view name);

    /// The tensors under their GGUF names ("blk.0.attn_q.weight"). Shapes are in the order of
    /// PyTorch, [outputs, inputs]: the file has them the other way round.
    const std::shared_ptr<const Checkpoint>& checkpoint() const { return checkpoint_; }

    const std::map<std::string_view, GgufValue>& metadata() const { return metadata_; }
    const std::string& name() const { return name_; }

    // Metadata by key; nothing where the key is absent or its value is of another kind.
    std::optional<std::string_view> text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;  ///< integers too
    std::optional<bool> flag(std::string_view key) const;
    const GgufNumbers* numbers(std::string_view key) const;
    const std::vector<std::string_view>* texts(std::string_view key) const;

  private:
    const GgufValue* find(std::string_view key) const;

    std::string name_;
    std::map<std::string_view, GgufValue> metadata_;
    std::shared_ptr<const Checkpoint> checkpoint_;
    std::shared_ptr<const void> keep_alive_;
};

/// A GGUF file by its first bytes, whatever its name. Links are followed; devices and pipes, which
/// would block, are none.
bool is_gguf_file(const std::filesystem::path& file);

/// The name of a model in GGUF. What makes tokens of pictures and comes along under a name with
/// "mmproj" is none.
bool is_gguf_model_name(const std::filesystem::path& file);

/// The model's file where `path` is a GGUF file, or a folder that holds one by its name and no
/// config.json. Nothing where there is none; more than one is an error.
Result<std::optional<std::filesystem::path>> find_gguf(const std::filesystem::path& path);

}  // namespace fovea
