#pragma once

#include <zip.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "engine/io/checkpoint.h"
#include "program.h"

/// What `fovea export` wrote, read back without the program's own exporters.
namespace fovea::test {

struct Array {
    std::vector<Index> shape;
    std::vector<double> values;
};
using Arrays = std::map<std::string, Array>;

template <class T>
std::vector<double> as_doubles(const std::byte* bytes, size_t count) {
    std::vector<double> values(count);
    for (size_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
        values[i] = static_cast<double>(value);
    }
    return values;
}

inline Arrays read_safetensors(const std::filesystem::path& file) {
    Arrays arrays;
    const auto checkpoint = Checkpoint::open_safetensors(file);
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.message();
    if (!checkpoint) return arrays;
    for (const auto& [name, view] : (*checkpoint)->tensors()) {
        const size_t count = view.bytes.size() / dtype_block_bytes(view.dtype);
        arrays[name] = {view.shape, view.dtype == DType::i64
                                        ? as_doubles<std::int64_t>(view.bytes.data(), count)
                                        : as_doubles<float>(view.bytes.data(), count)};
    }
    return arrays;
}

/// A .npy member: "\x93NUMPY", version 1.0, header length, a Python dictionary, the elements.
inline Array read_npy(const std::string& bytes) {
    EXPECT_EQ(bytes.substr(0, 6), "\x93NUMPY");
    const size_t header = static_cast<unsigned char>(bytes[8]) +
                          256 * static_cast<size_t>(static_cast<unsigned char>(bytes[9]));
    const std::string dictionary = bytes.substr(10, header);
    EXPECT_NE(dictionary.find("'fortran_order': False"), std::string::npos) << dictionary;
    Array array;
    const size_t open = dictionary.find('(');
    std::istringstream extents(dictionary.substr(open + 1, dictionary.find(')') - open - 1));
    for (std::string extent; std::getline(extents, extent, ',');)
        if (extent.find_first_of("0123456789") != std::string::npos)
            array.shape.push_back(std::stoll(extent));
    const auto* data = reinterpret_cast<const std::byte*>(bytes.data()) + 10 + header;
    const size_t size = bytes.size() - 10 - header;
    const bool integers = dictionary.find("<i8") != std::string::npos;
    EXPECT_TRUE(integers || dictionary.find("<f4") != std::string::npos) << dictionary;
    array.values =
        integers ? as_doubles<std::int64_t>(data, size / 8) : as_doubles<float>(data, size / 4);
    return array;
}

inline Arrays read_npz(const std::filesystem::path& file) {
    Arrays arrays;
    zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY, nullptr);
    EXPECT_NE(archive, nullptr) << file;
    if (archive == nullptr) return arrays;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
        zip_stat_t stat;
        zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
        std::string bytes(stat.size, '\0');
        zip_file_t* member = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
        EXPECT_EQ(zip_fread(member, bytes.data(), stat.size), static_cast<zip_int64_t>(stat.size));
        zip_fclose(member);
        const std::string name = stat.name;
        if (!name.ends_with(".npy") || bytes.find("'<U") < 128) continue;
        arrays[name.substr(0, name.size() - 4)] = read_npy(bytes);
    }
    zip_discard(archive);
    return arrays;
}

inline void flatten(const nlohmann::json& list, size_t depth, Array& into) {
    if (!list.is_array()) {
        into.values.push_back(list.is_null() ? std::nan("") : list.get<double>());
        return;
    }
    if (into.shape.size() <= depth) into.shape.push_back(static_cast<Index>(list.size()));
    for (const auto& element : list)
        flatten(element, depth + 1, into);
}

inline Arrays read_json_arrays(const std::filesystem::path& file) {
    Arrays arrays;
    const auto json = nlohmann::json::parse(contents(file), nullptr, false);
    EXPECT_TRUE(json.is_object() && json.contains("arrays"));
    if (!json.is_object() || !json.contains("arrays")) return arrays;
    for (const auto& [name, list] : json["arrays"].items())
        flatten(list, 0, arrays[name]);
    return arrays;
}

/// A table of cells, back into `attentions.L`; columns are found by their heading, fields hold no
/// commas here (tokens are ids).
inline Arrays read_csv(const std::filesystem::path& file, Index tokens) {
    Arrays arrays;
    std::istringstream lines(contents(file));
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line.substr(0, 20), "layer,head,query,key");
    const auto fields_of = [](const std::string& row) {
        std::vector<std::string> fields;
        std::istringstream stream(row);
        for (std::string field; std::getline(stream, field, ',');)
            fields.push_back(field);
        return fields;
    };
    const std::vector<std::string> heading = fields_of(line);
    const auto column =
        static_cast<size_t>(std::find(heading.begin(), heading.end(), "weight") - heading.begin());
    EXPECT_LT(column, heading.size());
    while (std::getline(lines, line)) {
        const std::vector<std::string> fields = fields_of(line);
        Array& array = arrays["attentions." + fields.at(0)];
        const Index head = std::stoll(fields.at(1));
        array.shape = {head + 1, tokens, tokens};
        array.values.resize(static_cast<size_t>((head + 1) * tokens * tokens), std::nan(""));
        const Index cell =
            (head * tokens + std::stoll(fields.at(2))) * tokens + std::stoll(fields.at(3));
        array.values.at(static_cast<size_t>(cell)) = std::stod(fields.at(column));
    }
    return arrays;
}

inline double largest_difference(const Array& a, const Array& b) {
    EXPECT_EQ(a.shape, b.shape);
    EXPECT_EQ(a.values.size(), b.values.size());
    double largest = 0;
    for (size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
        const double difference = std::abs(a.values[i] - b.values[i]);
        if (!(difference <= largest)) largest = difference;  // NaN wins and stays
    }
    return largest;
}

inline double largest_entry(const Array& array) {
    double largest = 0;
    for (const double value : array.values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

}  // namespace fovea::test
