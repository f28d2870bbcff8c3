// Layout: magic and version, two counts, the metadata's key-value pairs, the tensors' names,
// shapes, types and offsets, padding, the data. Numbers are little-endian and stand unaligned.
#include "engine/io/gguf_reader.h"

#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace fovea {
namespace {

static_assert(std::endian::native == std::endian::little, "weights are read where they lie");

constexpr std::uint64_t longest_key = 65535;  // the format's limit
constexpr std::uint64_t longest_name = 64;    // likewise, of a tensor
constexpr std::uint32_t most_extents = 4;     // likewise
constexpr std::uint64_t default_alignment = 32;
constexpr std::uint64_t largest_alignment = 1 << 20;
// What the shortest pair and the shortest entry take: counts beyond that are lies.
constexpr std::uint64_t least_pair_bytes = 8 + 1 + 4 + 1;
constexpr std::uint64_t least_entry_bytes = 8 + 1 + 4 + 4 + 8;

/// Types of tensors as the file numbers them; those without a DType are refused by their name.
struct TensorType {
    std::uint32_t number;
    std::string_view name;
    std::optional<DType> dtype;
};
constexpr TensorType tensor_types[] = {
    {0, "F32", DType::f32},       {1, "F16", DType::f16},        {2, "Q4_0", DType::q4_0},
    {3, "Q4_1", DType::q4_1},     {6, "Q5_0", DType::q5_0},      {7, "Q5_1", DType::q5_1},
    {8, "Q8_0", DType::q8_0},     {9, "Q8_1", std::nullopt},     {10, "Q2_K", std::nullopt},
    {11, "Q3_K", std::nullopt},   {12, "Q4_K", DType::q4_k},     {13, "Q5_K", DType::q5_k},
    {14, "Q6_K", DType::q6_k},    {15, "Q8_K", std::nullopt},    {16, "IQ2_XXS", std::nullopt},
    {17, "IQ2_XS", std::nullopt}, {18, "IQ3_XXS", std::nullopt}, {19, "IQ1_S", std::nullopt},
    {20, "IQ4_NL", std::nullopt}, {21, "IQ3_S", std::nullopt},   {22, "IQ2_S", std::nullopt},
    {23, "IQ4_XS", std::nullopt}, {24, "I8", DType::i8},         {25, "I16", DType::i16},
    {26, "I32", DType::i32},      {27, "I64", DType::i64},       {28, "F64", DType::f64},
    {29, "IQ1_M", std::nullopt},  {30, "BF16", DType::bf16},     {34, "TQ1_0", std::nullopt},
    {35, "TQ2_0", std::nullopt},  {39, "MXFP4", std::nullopt},   {40, "NVFP4", std::nullopt},
    {41, "Q1_0", std::nullopt},
};

}  // namespace

size_t gguf_type_bytes(GgufType type) {
    constexpr std::array<size_t, 13> bytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return bytes[static_cast<size_t>(type)];
}

Error GgufReader::ends_within(std::string_view what) const {
    return fail("{}: the file ends within {}", file_, what);
}

template <class T>
std::optional<T> GgufReader::take() {
    if (left() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
}

std::optional<std::string_view> GgufReader::take_text() {
    const auto size = take<std::uint64_t>();
    if (!size || *size > left()) return std::nullopt;
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data() + at_),
                                static_cast<size_t>(*size));
    at_ += static_cast<size_t>(*size);
    return text;
}

Result<GgufType> GgufReader::take_type(std::string_view key) {
    const auto number = take<std::uint32_t>();
    if (!number) return ends_within(fmt::format("the metadata '{}'", key));
    if (*number > static_cast<std::uint32_t>(GgufType::f64))
        return fail("{}: the metadata '{}' has the unknown type {}", file_, key, *number);
    return static_cast<GgufType>(*number);
}

Status GgufReader::read() {
    FOVEA_CHECK(read_counts());
    for (std::uint64_t i = 0; i < pair_count_; ++i)
        FOVEA_CHECK(read_pair());
    for (std::uint64_t i = 0; i < tensor_count_; ++i)
        FOVEA_CHECK(read_entry());
    FOVEA_TRY(const std::uint64_t alignment, read_alignment());
    FOVEA_CHECK(place_tensors(alignment));
    FOVEA_CHECK(check_overlap());
    for (Entry& entry : entries_)
        if (!tensors.try_emplace(std::string(entry.name), std::move(entry.view)).second)
            return fail("{}: tensor '{}' stands in the file twice", file_, entry.name);
    return {};
}

Status GgufReader::read_counts() {
    if (bytes_.size() < 4 || std::memcmp(bytes_.data(), "GGUF", 4) != 0)
        return fail("{}: does not begin with GGUF", file_);
    at_ = 4;
    const auto version = take<std::uint32_t>();
    if (!version) return ends_within("its first line");
    if (*version == 2u << 24 || *version == 3u << 24)
        return fail("{}: is a big-endian GGUF file, which Fovea does not read", file_);
    if (*version != 2 && *version != 3)
        return fail("{}: is a GGUF file of version {}; Fovea reads versions 2 and 3", file_,
                    *version);
    const auto tensor_count = take<std::uint64_t>();
    const auto pair_count = take<std::uint64_t>();
    if (!tensor_count || !pair_count) return ends_within("its first line");
    if (*pair_count > left() / least_pair_bytes)
        return fail("{}: {} bytes cannot hold {} pieces of metadata", file_, left(), *pair_count);
    if (*tensor_count > left() / least_entry_bytes)
        return fail("{}: {} bytes cannot hold {} tensors", file_, left(), *tensor_count);
    tensor_count_ = *tensor_count;
    pair_count_ = *pair_count;
    return {};
}

Status GgufReader::read_pair() {
    const auto key = take_text();
    if (!key) return ends_within("a key of the metadata");
    if (key->empty() || key->size() > longest_key || !simdjson::validate_utf8(*key))
        return fail("{}: a key of the metadata is no name", file_);
    FOVEA_TRY(const GgufType type, take_type(*key));
    FOVEA_TRY(GgufValue value, read_value(type, *key));
    if (!metadata.try_emplace(*key, std::move(value)).second)
        return fail("{}: the metadata '{}' stands in the file twice", file_, *key);
    return {};
}

Result<GgufValue> GgufReader::read_value(GgufType type, std::string_view key) {
    const auto widened = [&]<class T, class Wide>(std::optional<T> value,
                                                  Wide) -> Result<GgufValue> {
        if (!value) return ends_within(fmt::format("the metadata '{}'", key));
        return GgufValue(static_cast<Wide>(*value));
    };
    switch (type) {
        case GgufType::u8:
            return widened(take<std::uint8_t>(), std::uint64_t{});
        case GgufType::i8:
            return widened(take<std::int8_t>(), std::int64_t{});
        case GgufType::u16:
            return widened(take<std::uint16_t>(), std::uint64_t{});
        case GgufType::i16:
            return widened(take<std::int16_t>(), std::int64_t{});
        case GgufType::u32:
            return widened(take<std::uint32_t>(), std::uint64_t{});
        case GgufType::i32:
            return widened(take<std::int32_t>(), std::int64_t{});
        case GgufType::f32:
            return widened(take<float>(), double{});
        case GgufType::boolean:
            return widened(take<std::uint8_t>(), bool{});
        case GgufType::u64:
            return widened(take<std::uint64_t>(), std::uint64_t{});
        case GgufType::i64:
            return widened(take<std::int64_t>(), std::int64_t{});
        case GgufType::f64:
            return widened(take<double>(), double{});
        case GgufType::string:
            return widened(take_text(), std::string_view{});
        case GgufType::array:
            break;
    }
    return read_array(key);
}

Result<GgufValue> GgufReader::read_array(std::string_view key) {
    FOVEA_TRY(const GgufType type, take_type(key));
    const auto count = take<std::uint64_t>();
    if (!count) return ends_within(fmt::format("the metadata '{}'", key));
    if (type == GgufType::array)
        return fail("{}: the metadata '{}' is a list of lists, which Fovea does not read", file_,
                    key);
    const std::uint64_t least = type == GgufType::string ? 8 : gguf_type_bytes(type);
    if (*count > left() / least)
        return fail("{}: the metadata '{}' is said to have {} elements, but only {} bytes follow",
                    file_, key, *count, left());
    if (type != GgufType::string) {
        const size_t size = static_cast<size_t>(*count * least);
        GgufNumbers numbers{type, bytes_.subspan(at_, size)};
        at_ += size;
        return GgufValue(numbers);
    }
    // No room beforehand: a count that lies would take more memory than the file.
    std::vector<std::string_view> texts;
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto next = take_text();
        if (!next) return ends_within(fmt::format("the metadata '{}'", key));
        texts.push_back(*next);
    }
    return GgufValue(std::move(texts));
}

Status GgufReader::read_entry() {
    Entry entry;
    const auto name = take_text();
    if (!name) return ends_within("the name of a tensor");
    if (name->empty() || name->size() > longest_name || !simdjson::validate_utf8(*name))
        return fail("{}: tensor {} of {} has no proper name", file_, entries_.size(),
                    tensor_count_);
    entry.name = *name;
    const auto extents = take<std::uint32_t>();
    if (extents && *extents > most_extents)
        return fail("{}: tensor '{}' is said to have {} axes", file_, entry.name, *extents);
    for (std::uint32_t i = 0; extents && i < *extents; ++i) {
        const auto extent = take<std::uint64_t>();
        if (!extent) return ends_within("the shape of a tensor");
        if (*extent > static_cast<std::uint64_t>(std::numeric_limits<Index>::max()))
            return fail("{}: the shape of tensor '{}' holds what is not a size", file_, entry.name);
        entry.view.shape.push_back(static_cast<Index>(*extent));
    }
    std::reverse(entry.view.shape.begin(), entry.view.shape.end());
    const auto number = take<std::uint32_t>();
    const auto begin = take<std::uint64_t>();
    if (!extents || !number || !begin)
        return ends_within(fmt::format("the description of tensor '{}'", entry.name));
    const auto type = std::find_if(std::begin(tensor_types), std::end(tensor_types),
                                   [&](const TensorType& row) { return row.number == *number; });
    if (type == std::end(tensor_types))
        return fail("{}: tensor '{}' has the unknown type {}", file_, entry.name, *number);
    if (!type->dtype)
        return fail("{}: tensor '{}' has the type {}, which Fovea does not read", file_, entry.name,
                    type->name);
    entry.view.dtype = *type->dtype;
    entry.begin = *begin;
    FOVEA_CHECK(measure(entry));
    entries_.push_back(std::move(entry));
    return {};
}

/// The size in bytes: rows are whole blocks.
Status GgufReader::measure(Entry& entry) const {
    const TensorView& view = entry.view;
    const Index block = dtype_block_elements(view.dtype);
    const Index row = view.shape.empty() ? 1 : view.shape.back();
    if (row % block != 0)
        return fail(
            "{}: the rows of tensor '{}' [{}] are no multiple of the {} elements that {} "
            "holds together",
            file_, entry.name, fmt::join(view.shape, ", "), block, dtype_name(view.dtype));
    // An axis of no extent counts as one: products of the others must not overflow either.
    Index bytes = static_cast<Index>(dtype_block_bytes(view.dtype));
    bool overflows = false;
    for (const Index extent : view.shape)
        overflows = __builtin_mul_overflow(bytes, std::max<Index>(extent, 1), &bytes) || overflows;
    if (overflows)
        return fail("{}: the shape [{}] of tensor '{}' is beyond any memory", file_,
                    fmt::join(view.shape, ", "), entry.name);
    entry.size = dtype_bytes(view.dtype, element_count(view.shape));
    return {};
}

Result<std::uint64_t> GgufReader::read_alignment() const {
    const auto found = metadata.find("general.alignment");
    if (found == metadata.end()) return default_alignment;
    const auto* value = std::get_if<std::uint64_t>(&found->second);
    if (!value || *value < 8 || *value > largest_alignment || !std::has_single_bit(*value))
        return fail("{}: general.alignment must be a power of two from 8 to {}", file_,
                    largest_alignment);
    return *value;
}

Status GgufReader::place_tensors(std::uint64_t alignment) {
    const std::uint64_t start = (at_ + alignment - 1) / alignment * alignment;
    const auto data = bytes_.subspan(static_cast<size_t>(std::min(start, bytes_.size())));
    for (Entry& entry : entries_) {
        if (entry.begin % alignment != 0)
            return fail("{}: tensor '{}' lies at {}, no multiple of the alignment {}", file_,
                        entry.name, entry.begin, alignment);
        if (entry.begin > data.size() || entry.size > data.size() - entry.begin)
            return fail(
                "{}: tensor '{}' is said to have {} bytes from {} on, but the data end "
                "at {} (a truncated file?)",
                file_, entry.name, entry.size, entry.begin, data.size());
        entry.view.bytes =
            data.subspan(static_cast<size_t>(entry.begin), static_cast<size_t>(entry.size));
    }
    return {};
}

Status GgufReader::check_overlap() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
    const Entry* before = nullptr;
    for (const Entry& entry : entries_) {
        if (entry.size == 0) continue;
        if (before && entry.begin < before->begin + before->size)
            return fail("{}: tensors '{}' and '{}' overlap", file_, before->name, entry.name);
        before = &entry;
    }
    return {};
}

}  // namespace fovea
