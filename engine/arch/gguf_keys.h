#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/gguf.h"

namespace fovea {

/// A GGUF file's metadata as what describes the model reads them: only keys that are listed as read
/// for the file's architecture are there. What is not listed cannot be read in silence.
class GgufMetadata {
  public:
    explicit GgufMetadata(const Gguf& gguf);

    std::optional<std::string_view> text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;  ///< integers too
    std::optional<bool> flag(std::string_view key) const;
    const GgufNumbers* numbers(std::string_view key) const;

    const std::string& name() const { return gguf_.name(); }
    const std::shared_ptr<const Checkpoint>& checkpoint() const { return gguf_.checkpoint(); }

    /// A key that is read and holds a value of another kind is an error that names it.
    Status check_kinds() const;

    /// Keys of the file that nothing reads and that are not known to mean nothing.
    std::vector<std::string> unread() const;

  private:
    bool reads(std::string_view key) const;
    bool neutral(std::string_view key, const GgufValue& value) const;
    /// Behind "ARCHITECTURE."; nothing where the key is no such one.
    std::optional<std::string_view> of_architecture(std::string_view key) const;

    const Gguf& gguf_;
    std::string_view architecture_;
};

/// Tensors of GGUF files that no layer takes: read otherwise, or heads for other tasks.
std::span<const std::string_view> gguf_neutral_tensors();

}  // namespace fovea
