#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/index.h"

/// Exported files read by other means than those that wrote them.
namespace fovea::test {

struct Array {
    std::string type;  // "<f4", "F32", …
    std::vector<Index> shape;
    std::string bytes;
    template <class T>
    std::vector<T> as() const {
        std::vector<T> values(bytes.size() / sizeof(T));
        std::memcpy(values.data(), bytes.data(), bytes.size());
        return values;
    }
};

// As NumPy's documentation of the format says, version 1.0.
inline Array parse_npy(const std::string& file) {
    Array array;
    EXPECT_EQ(file.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const size_t length = static_cast<unsigned char>(file[8]) +
                          256 * static_cast<size_t>(static_cast<unsigned char>(file[9]));
    EXPECT_EQ((10 + length) % 64, 0u);
    const std::string header = file.substr(10, length);
    EXPECT_EQ(header.back(), '\n');
    EXPECT_NE(header.find("'fortran_order': False"), std::string::npos);
    const size_t type = header.find("'descr': '") + 10;
    array.type = header.substr(type, header.find('\'', type) - type);
    std::istringstream shape(header.substr(header.find('(') + 1));
    Index extent;
    while (shape >> extent) {
        array.shape.push_back(extent);
        shape.ignore(1, ',');
    }
    array.bytes = file.substr(10 + length);
    return array;
}

inline std::map<std::string, std::string> unzip(const std::filesystem::path& file) {
    std::map<std::string, std::string> members;
    zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
    EXPECT_NE(archive, nullptr);
    if (!archive) return members;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
        zip_stat_t stat;
        zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
        std::string bytes(stat.size, '\0');
        zip_file_t* member = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
        EXPECT_EQ(zip_fread(member, bytes.data(), bytes.size()),
                  static_cast<zip_int64_t>(stat.size));
        EXPECT_EQ(zip_fclose(member), 0);  // checks the CRC
        members[stat.name] = bytes;
    }
    zip_discard(archive);
    return members;
}

// RFC 4180, all of it.
inline std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1);
    std::string field;
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"')
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n') {
            rows.back().push_back(std::exchange(field, {}));
            if (c == '\n') rows.emplace_back();
        } else {
            field += c;
        }
    }
    EXPECT_TRUE(rows.back().empty() && field.empty());
    rows.pop_back();
    return rows;
}

/// Of a safetensors file: its arrays; its metadata in `metadata`.
inline std::map<std::string, Array> parse_safetensors(
    const std::string& file, std::map<std::string, std::string>& metadata) {
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), 8);
    const auto header = nlohmann::json::parse(file.substr(8, length));
    std::map<std::string, Array> arrays;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            metadata = entry.get<std::map<std::string, std::string>>();
            continue;
        }
        const size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
        EXPECT_LE(8 + length + end, file.size());
        arrays[name] = {entry["dtype"], entry["shape"],
                        file.substr(8 + length + begin, end - begin)};
    }
    return arrays;
}

}  // namespace fovea::test
