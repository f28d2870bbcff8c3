#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "program.h"

namespace fovea::test {

/// A copy of a test model that a test may spoil.
class BrokenModel {
  public:
    struct Tensor {
        std::string dtype;
        std::vector<std::int64_t> shape;
        std::string bytes;
    };
    using Tensors = std::map<std::string, Tensor>;

    explicit BrokenModel(std::string_view name) {
        for (const char* file : {"config.json", "model.safetensors"})
            std::filesystem::copy_file(test_model(name) / file, scratch_ / file);
    }

    std::string folder() const { return scratch_.path().string(); }
    std::filesystem::path operator/(std::string_view file) const { return scratch_ / file; }

    void change_config(const std::function<void(nlohmann::json&)>& change) {
        auto json = nlohmann::json::parse(contents(scratch_ / "config.json"));
        change(json);
        write_file(scratch_ / "config.json", json.dump());
    }

    /// The whole file, as bytes.
    void change_bytes(const std::function<void(std::string&)>& change) {
        std::string bytes = contents(scratch_ / "model.safetensors");
        change(bytes);
        write_file(scratch_ / "model.safetensors", bytes);
    }

    /// The header of the file, its length kept true.
    void change_header(const std::function<void(nlohmann::json&)>& change) {
        change_bytes([&](std::string& bytes) {
            auto header = nlohmann::json::parse(bytes.substr(8, header_size(bytes)));
            change(header);
            bytes = with_header(header, bytes.substr(8 + header_size(bytes)));
        });
    }

    /// Names, shapes and elements, in a file that is sound.
    void change_tensors(const std::function<void(Tensors&)>& change) {
        change_bytes([&](std::string& bytes) {
            const auto header = nlohmann::json::parse(bytes.substr(8, header_size(bytes)));
            const size_t data = 8 + header_size(bytes);
            Tensors tensors;
            for (const auto& [name, entry] : header.items()) {
                if (name == "__metadata__") continue;
                const size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
                tensors[name] = {entry["dtype"], entry["shape"],
                                 bytes.substr(data + begin, end - begin)};
            }
            change(tensors);
            nlohmann::json rebuilt = nlohmann::json::object();
            std::string elements;
            for (const auto& [name, tensor] : tensors) {
                const size_t begin = elements.size();
                elements += tensor.bytes;
                rebuilt[name] = {{"dtype", tensor.dtype},
                                 {"shape", tensor.shape},
                                 {"data_offsets", {begin, elements.size()}}};
            }
            bytes = with_header(rebuilt, elements);
        });
    }

  private:
    static size_t header_size(const std::string& bytes) {
        std::uint64_t size;
        std::memcpy(&size, bytes.data(), sizeof size);
        return static_cast<size_t>(size);
    }
    static std::string with_header(const nlohmann::json& header, const std::string& data) {
        std::string text = header.dump();
        text.resize((text.size() + 7) / 8 * 8, ' ');
        const std::uint64_t size = text.size();
        return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text + data;
    }
    TemporaryFolder scratch_;
};

}  // namespace fovea::test
