// The safetensors format: eight bytes of header length (little-endian), a JSON header, the data.
// https://huggingface.co/docs/safetensors gives the rules that are checked here.
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "engine/io/checkpoint.h"
#include "engine/io/mapped_file.h"

namespace fovea {
namespace {

static_assert(std::endian::native == std::endian::little, "weights are read where they lie");

constexpr size_t length_bytes = 8;
/// The reference implementation's limit; a header so large is a broken or hostile file.
constexpr std::uint64_t largest_header = 100'000'000;
constexpr std::string_view metadata_key = "__metadata__";

std::optional<DType> dtype_from_name(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(DType::boolean); ++i) {
        if (dtype_name(static_cast<DType>(i)) == name) return static_cast<DType>(i);
    }
    return std::nullopt;
}

/// One entry of the header, before the data behind it are known to be there.
struct Entry {
    std::string name;
    TensorView view;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Elements times the element's size, or nothing where that exceeds an Index.
std::optional<std::uint64_t> byte_count(const TensorView& view) {
    Index count = static_cast<Index>(dtype_block_bytes(view.dtype));
    for (const Index extent : view.shape) {
        if (__builtin_mul_overflow(count, extent, &count)) return std::nullopt;
    }
    return static_cast<std::uint64_t>(count);
}

class HeaderReader {
  public:
    HeaderReader(std::string_view file, std::uint64_t data_size)
        : file_(file), data_size_(data_size) {}

    Status read(std::string_view json);

    std::vector<Entry> entries;
    std::map<std::string, std::string, std::less<>> metadata;

  private:
    Status read_metadata(simdjson::dom::element value);
    Status read_tensor(std::string_view name, simdjson::dom::element value);
    Status read_field(std::string_view key, simdjson::dom::element value, Entry& entry);
    Status check_names();
    Status check_layout();

    std::string_view file_;
    std::uint64_t data_size_;
};

Status HeaderReader::read(std::string_view json) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    const simdjson::padded_string padded(json);
    simdjson::dom::element root;
    if (const auto error = parser.parse(padded).get(root)) {
        return fail("{}: the header is not valid JSON: {}", file_, simdjson::error_message(error));
    }
    if (root.get(object)) return fail("{}: the header is not a JSON object", file_);
    entries.reserve(object.size());
    for (const auto field : object) {
        if (field.key == metadata_key) {
            FOVEA_CHECK(read_metadata(field.value));
        } else {
            FOVEA_CHECK(read_tensor(field.key, field.value));
        }
    }
    FOVEA_CHECK(check_names());
    return check_layout();
}

Status HeaderReader::read_metadata(simdjson::dom::element value) {
    simdjson::dom::object object;
    if (value.get(object)) return fail("{}: {} is not an object", file_, metadata_key);
    for (const auto field : object) {
        std::string_view text;
        if (field.value.get(text)) {
            return fail("{}: {} '{}' is not a string", file_, metadata_key, field.key);
        }
        metadata.insert_or_assign(std::string(field.key), std::string(text));
    }
    return {};
}

Status HeaderReader::read_tensor(std::string_view name, simdjson::dom::element value) {
    simdjson::dom::object object;
    if (value.get(object)) return fail("{}: tensor '{}' is not an object", file_, name);
    Entry entry;
    entry.name = name;
    for (const std::string_view key : {"dtype", "shape", "data_offsets"}) {
        const auto count = std::count_if(object.begin(), object.end(),
                                         [&](const auto& field) { return field.key == key; });
        if (count == 0) return fail("{}: tensor '{}' has no {}", file_, name, key);
        if (count > 1) return fail("{}: tensor '{}' has more than one {}", file_, name, key);
    }
    for (const auto field : object)
        FOVEA_CHECK(read_field(field.key, field.value, entry));

    const TensorView& view = entry.view;
    const auto bytes = byte_count(view);
    if (!bytes) {
        return fail("{}: tensor '{}' of shape {} is too large", file_, name,
                    shape_text(view.shape));
    }
    if (entry.begin > entry.end || entry.end > data_size_) {
        return fail("{}: tensor '{}' is said to lie at bytes {} to {} of {}", file_, name,
                    entry.begin, entry.end, data_size_);
    }
    if (entry.end - entry.begin != *bytes) {
        return fail("{}: tensor '{}' ({} {}) needs {} bytes, but its data_offsets hold {}", file_,
                    name, dtype_name(view.dtype), shape_text(view.shape), *bytes,
                    entry.end - entry.begin);
    }
    entries.push_back(std::move(entry));
    return {};
}

Status HeaderReader::read_field(std::string_view key, simdjson::dom::element value, Entry& entry) {
    if (key == "dtype") {
        std::string_view text;
        if (value.get(text)) {
            return fail("{}: the dtype of tensor '{}' is not a string", file_, entry.name);
        }
        const auto dtype = dtype_from_name(text);
        if (!dtype) {
            return fail("{}: tensor '{}' has the unknown dtype '{}'", file_, entry.name, text);
        }
        entry.view.dtype = *dtype;
        return {};
    }
    if (key != "shape" && key != "data_offsets") return {};
    std::vector<Index> numbers;
    simdjson::dom::array array;
    if (value.get(array)) {
        return fail("{}: the {} of tensor '{}' is not a list", file_, key, entry.name);
    }
    for (const simdjson::dom::element element : array) {
        std::uint64_t number = 0;
        if (element.get(number) || number > std::numeric_limits<Index>::max()) {
            return fail("{}: the {} of tensor '{}' holds what is not a size", file_, key,
                        entry.name);
        }
        numbers.push_back(static_cast<Index>(number));
    }
    if (key == "shape") {
        entry.view.shape = std::move(numbers);
    } else if (numbers.size() == 2) {
        entry.begin = static_cast<std::uint64_t>(numbers[0]);
        entry.end = static_cast<std::uint64_t>(numbers[1]);
    } else {
        return fail("{}: the data_offsets of tensor '{}' are not two numbers", file_, entry.name);
    }
    return {};
}

Status HeaderReader::check_names() {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    const auto twice =
        std::adjacent_find(entries.begin(), entries.end(),
                           [](const Entry& a, const Entry& b) { return a.name == b.name; });
    if (twice == entries.end()) return {};
    return fail("{}: tensor '{}' stands in the header twice", file_, twice->name);
}

/// The tensors must cover the data without a hole and without sharing a byte.
Status HeaderReader::check_layout() {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t covered = 0;
    const Entry* before = nullptr;
    for (const Entry& entry : entries) {
        if (entry.begin < covered) {
            return fail("{}: tensors '{}' and '{}' overlap", file_, before->name, entry.name);
        }
        if (entry.begin > covered) {
            return fail("{}: {} bytes before tensor '{}' belong to no tensor", file_,
                        entry.begin - covered, entry.name);
        }
        covered = entry.end;
        before = &entry;
    }
    if (covered != data_size_) {
        return fail("{}: {} bytes at the end belong to no tensor", file_, data_size_ - covered);
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> Checkpoint::parse_safetensors(
    std::span<const std::byte> bytes, std::string_view name) {
    if (bytes.size() < length_bytes) {
        return fail("{}: {} bytes are too few for a safetensors file", name, bytes.size());
    }
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, bytes.data(), length_bytes);
    const std::uint64_t rest = bytes.size() - length_bytes;
    if (header_size > rest) {
        return fail(
            "{}: the header is said to have {} bytes, but only {} follow (a truncated file"
            " or no safetensors file)",
            name, header_size, rest);
    }
    if (header_size > largest_header) {
        return fail("{}: a header of {} bytes is beyond the format's limit of {}", name,
                    header_size, largest_header);
    }
    const auto header = bytes.subspan(length_bytes, static_cast<size_t>(header_size));
    const auto data = bytes.subspan(length_bytes + static_cast<size_t>(header_size));

    HeaderReader reader(name, data.size());
    FOVEA_CHECK(reader.read({reinterpret_cast<const char*>(header.data()), header.size()}));

    auto checkpoint = std::make_shared<Checkpoint>();
    checkpoint->name_ = name;
    checkpoint->metadata_ = std::move(reader.metadata);
    for (Entry& entry : reader.entries) {
        entry.view.bytes = data.subspan(static_cast<size_t>(entry.begin),
                                        static_cast<size_t>(entry.end - entry.begin));
        checkpoint->tensors_.emplace(std::move(entry.name), std::move(entry.view));
    }
    return std::shared_ptr<const Checkpoint>(std::move(checkpoint));
}

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open_safetensors(
    const std::filesystem::path& file) {
    FOVEA_TRY(std::shared_ptr<const MappedFile> mapped, MappedFile::open(file));
    FOVEA_TRY(std::shared_ptr<const Checkpoint> parsed,
              parse_safetensors(mapped->bytes(), file.string()));
    auto checkpoint = std::make_shared<Checkpoint>(*parsed);
    checkpoint->files_.push_back(std::move(mapped));
    return std::shared_ptr<const Checkpoint>(std::move(checkpoint));
}

}  // namespace fovea
