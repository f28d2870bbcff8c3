#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/io/gguf.h"

namespace fovea {

/// Bytes of one value; 0 for strings and arrays, which have none of their own.
size_t gguf_type_bytes(GgufType type);

/// Reads a GGUF file from its first byte to its last tensor.
class GgufReader {
  public:
    GgufReader(std::span<const std::byte> bytes, std::string_view file)
        : bytes_(bytes), file_(file) {}

    Status read();

    std::map<std::string_view, GgufValue> metadata;
    std::map<std::string, TensorView, std::less<>> tensors;

  private:
    struct Entry {
        std::string_view name;
        TensorView view;
        std::uint64_t begin = 0;  // from the start of the data
        std::uint64_t size = 0;   // in bytes
    };

    Status read_counts();
    Status read_pair();
    Result<GgufValue> read_value(GgufType type, std::string_view key);
    Result<GgufValue> read_array(std::string_view key);
    Status read_entry();
    Status measure(Entry& entry) const;
    Result<std::uint64_t> read_alignment() const;
    Status place_tensors(std::uint64_t alignment);
    Status check_overlap();

    // The next bytes; nothing where the file ends before.
    template <class T>
    std::optional<T> take();
    std::optional<std::string_view> take_text();
    Result<GgufType> take_type(std::string_view key);
    std::uint64_t left() const { return bytes_.size() - at_; }
    Error ends_within(std::string_view what) const;

    std::span<const std::byte> bytes_;
    std::string_view file_;
    size_t at_ = 0;
    std::uint64_t pair_count_ = 0;
    std::uint64_t tensor_count_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace fovea
