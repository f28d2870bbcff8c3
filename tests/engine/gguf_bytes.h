#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fovea::test {

/// Writes a GGUF file into memory, a piece at a time and as wrong as a test wants it.
class GgufBytes {
  public:
    std::uint32_t version = 3;
    std::uint64_t alignment = 32;  // what is done, whatever the metadata say
    std::optional<std::uint64_t> pair_count, tensor_count;  // what is said instead of the truth

    template <class T>
    static void put(std::string& to, T value) {
        char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        to.append(bytes, sizeof(T));
    }
    static void put_text(std::string& to, std::string_view text) {
        put<std::uint64_t>(to, text.size());
        to += text;
    }

    /// Any value: its type's number and its bytes.
    GgufBytes& pair(std::string_view key, std::uint32_t type, std::string_view value) {
        put_text(pairs_, key);
        put(pairs_, type);
        pairs_ += value;
        ++pairs_written_;
        return *this;
    }
    GgufBytes& text(std::string_view key, std::string_view value) {
        std::string bytes;
        put_text(bytes, value);
        return pair(key, 8, bytes);
    }
    GgufBytes& natural(std::string_view key, std::uint32_t value) {
        return pair(key, 4, bytes_of(value));
    }
    GgufBytes& number(std::string_view key, float value) { return pair(key, 6, bytes_of(value)); }
    GgufBytes& flag(std::string_view key, bool value) {
        return pair(key, 7, bytes_of<std::uint8_t>(value));
    }
    GgufBytes& texts(std::string_view key, const std::vector<std::string>& values) {
        std::string bytes;
        put<std::uint32_t>(bytes, 8);
        put<std::uint64_t>(bytes, values.size());
        for (const auto& value : values)
            put_text(bytes, value);
        return pair(key, 9, bytes);
    }
    GgufBytes& integers(std::string_view key, const std::vector<std::int32_t>& values) {
        return list<std::int32_t>(key, 5, values);
    }
    GgufBytes& floats(std::string_view key, const std::vector<float>& values) {
        return list<float>(key, 6, values);
    }

    /// A tensor in PyTorch's order of axes; its data are put where there is room.
    GgufBytes& tensor(std::string_view name, const std::vector<std::int64_t>& shape,
                      std::uint32_t type, std::string_view data) {
        const std::uint64_t begin = data_.size();
        data_ += data;
        data_.resize((data_.size() + alignment - 1) / alignment * alignment);
        return entry(name, {shape.rbegin(), shape.rend()}, type, begin);
    }
    GgufBytes& tensor(std::string_view name, const std::vector<std::int64_t>& shape,
                      std::span<const float> values) {
        return tensor(name, shape, 0,
                      {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    }
    /// What the file says of a tensor, in its own order of axes.
    GgufBytes& entry(std::string_view name, const std::vector<std::uint64_t>& extents,
                     std::uint32_t type, std::uint64_t begin) {
        put_text(entries_, name);
        put(entries_, static_cast<std::uint32_t>(extents.size()));
        for (const std::uint64_t extent : extents)
            put(entries_, extent);
        put(entries_, type);
        put(entries_, begin);
        ++entries_written_;
        return *this;
    }
    GgufBytes& data(size_t bytes) {
        data_.resize(bytes);
        return *this;
    }

    std::string str() const {
        std::string file = "GGUF";
        put(file, version);
        put(file, tensor_count.value_or(entries_written_));
        put(file, pair_count.value_or(pairs_written_));
        file += pairs_ + entries_;
        if (!data_.empty()) file.resize((file.size() + alignment - 1) / alignment * alignment);
        return file + data_;
    }

    template <class T>
    static std::string bytes_of(T value) {
        std::string bytes;
        put(bytes, value);
        return bytes;
    }

  private:
    template <class T>
    GgufBytes& list(std::string_view key, std::uint32_t type, const std::vector<T>& values) {
        std::string bytes = bytes_of(type);
        put<std::uint64_t>(bytes, values.size());
        for (const T value : values)
            put(bytes, value);
        return pair(key, 9, bytes);
    }

    std::string pairs_, entries_, data_;
    std::uint64_t pairs_written_ = 0, entries_written_ = 0;
};

inline std::span<const std::byte> as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace fovea::test
