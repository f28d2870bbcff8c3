#include "engine/io/gguf.h"

#include <cstring>
#include <fstream>
#include <limits>

#include "engine/io/files.h"
#include "engine/io/gguf_reader.h"
#include "engine/io/mapped_file.h"

namespace fovea {
namespace {

template <class T>
double element(std::span<const std::byte> bytes, Index i) {
    T value;
    std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    return static_cast<double>(value);
}

}  // namespace

Index GgufNumbers::size() const {
    return static_cast<Index>(bytes.size() / gguf_type_bytes(type));
}

double GgufNumbers::operator[](Index i) const {
    switch (type) {
        case GgufType::u8:
        case GgufType::boolean:
            return element<std::uint8_t>(bytes, i);
        case GgufType::i8:
            return element<std::int8_t>(bytes, i);
        case GgufType::u16:
            return element<std::uint16_t>(bytes, i);
        case GgufType::i16:
            return element<std::int16_t>(bytes, i);
        case GgufType::u32:
            return element<std::uint32_t>(bytes, i);
        case GgufType::i32:
            return element<std::int32_t>(bytes, i);
        case GgufType::f32:
            return element<float>(bytes, i);
        case GgufType::u64:
            return element<std::uint64_t>(bytes, i);
        case GgufType::i64:
            return element<std::int64_t>(bytes, i);
        case GgufType::f64:
            return element<double>(bytes, i);
        case GgufType::string:
        case GgufType::array:
            break;  // the reader makes no numbers of them
    }
    return std::numeric_limits<double>::quiet_NaN();
}

Result<std::shared_ptr<const Gguf>> Gguf::parse(std::span<const std::byte> bytes,
                                                std::string_view name) {
    GgufReader reader(bytes, name);
    FOVEA_CHECK(reader.read());
    auto gguf = std::make_shared<Gguf>();
    gguf->name_ = name;
    gguf->metadata_ = std::move(reader.metadata);
    gguf->checkpoint_ = Checkpoint::of_tensors(std::string(name), std::move(reader.tensors), {});
    return std::shared_ptr<const Gguf>(std::move(gguf));
}

Result<std::shared_ptr<const Gguf>> Gguf::open(const std::filesystem::path& file) {
    FOVEA_TRY(std::shared_ptr<const MappedFile> mapped, MappedFile::open(file));
    FOVEA_TRY(std::shared_ptr<const Gguf> parsed, parse(mapped->bytes(), file.string()));
    auto gguf = std::make_shared<Gguf>(*parsed);
    gguf->checkpoint_ =
        Checkpoint::of_tensors(file.string(), parsed->checkpoint_->tensors(), {}, {mapped});
    gguf->keep_alive_ = std::move(mapped);
    return std::shared_ptr<const Gguf>(std::move(gguf));
}

const GgufValue* Gguf::find(std::string_view key) const {
    const auto found = metadata_.find(key);
    return found == metadata_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> Gguf::text(std::string_view key) const {
    const auto* value = find(key);
    const auto* text = value ? std::get_if<std::string_view>(value) : nullptr;
    return text ? std::optional(*text) : std::nullopt;
}

std::optional<std::int64_t> Gguf::integer(std::string_view key) const {
    const auto* value = find(key);
    if (!value) return std::nullopt;
    if (const auto* integer = std::get_if<std::int64_t>(value)) return *integer;
    if (const auto* natural = std::get_if<std::uint64_t>(value))
        if (*natural <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return static_cast<std::int64_t>(*natural);
    return std::nullopt;
}

std::optional<double> Gguf::number(std::string_view key) const {
    const auto* value = find(key);
    if (!value) return std::nullopt;
    if (const auto* number = std::get_if<double>(value)) return *number;
    if (const auto* natural = std::get_if<std::uint64_t>(value))
        return static_cast<double>(*natural);
    if (const auto* integer = std::get_if<std::int64_t>(value))
        return static_cast<double>(*integer);
    return std::nullopt;
}

std::optional<bool> Gguf::flag(std::string_view key) const {
    const auto* value = find(key);
    const auto* flag = value ? std::get_if<bool>(value) : nullptr;
    return flag ? std::optional(*flag) : std::nullopt;
}

const GgufNumbers* Gguf::numbers(std::string_view key) const {
    const auto* value = find(key);
    return value ? std::get_if<GgufNumbers>(value) : nullptr;
}

const std::vector<std::string_view>* Gguf::texts(std::string_view key) const {
    const auto* value = find(key);
    return value ? std::get_if<std::vector<std::string_view>>(value) : nullptr;
}

bool is_gguf_file(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return false;
    std::ifstream stream(file, std::ios::binary);
    char magic[4] = {};
    return stream.read(magic, sizeof magic) && std::memcmp(magic, "GGUF", 4) == 0;
}

bool is_gguf_model_name(const std::filesystem::path& file) {
    return ending_of(file) == ".gguf" &&
           file.filename().string().find("mmproj") == std::string::npos;
}

Result<std::optional<std::filesystem::path>> find_gguf(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        const bool named_so = ending_of(path) == ".gguf" && fs::exists(path, error);
        if (named_so || is_gguf_file(path)) return std::optional(path);
        return std::optional<fs::path>();
    }
    if (fs::exists(path / "config.json", error)) return std::optional<fs::path>();
    std::optional<fs::path> found;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& file = entry->path();
        if (!is_gguf_model_name(file)) continue;
        if (found)
            return fail("{}: holds more than one GGUF file; name the one that is meant",
                        path.string());
        found = file;
    }
    return found;
}

}  // namespace fovea
