#include <charconv>
#include <cmath>
#include <cstring>

#include "engine/export/file_content.h"
#include "engine/export/output_file.h"

namespace fovea {
namespace {

// The shortest decimal that reads back as the same float; JSON has no word for the others.
void append_json(std::string& text, float value) {
    if (!std::isfinite(value)) {
        text += "null";
        return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text.append(digits, end);
}

void append_json(std::string& text, std::int64_t value) {
    text += std::to_string(value);
}

// Writes an array as nested lists while its elements go by one after another.
class Nesting {
  public:
    explicit Nesting(const std::vector<Index>& shape) : strides_(shape.size()) {
        Index stride = 1;
        for (size_t axis = shape.size(); axis-- > 0;)
            strides_[axis] = stride *= shape[axis];
    }
    template <class T>
    void append(std::string& text, T value) {
        if (element_ > 0) {
            const auto closed = borders();
            text.append(closed, ']');
            text += closed > 0 ? ",\n" : ",";
        }
        text.append(element_ == 0 ? strides_.size() : borders(), '[');
        append_json(text, value);
        ++element_;
    }
    void close(std::string& text) const {
        if (element_ == 0)
            text += "[]";
        else
            text.append(strides_.size(), ']');
    }

  private:
    // How many axes begin anew at the current element, the first axis left out of the middle.
    size_t borders() const {
        size_t count = 0;
        for (size_t axis = 1; axis < strides_.size(); ++axis)
            count += element_ % strides_[axis] == 0;
        return count;
    }
    std::vector<Index> strides_;  // elements below one index of the axis before
    Index element_ = 0;
};

template <class T>
void append_block(std::string& text, Nesting& nesting, const std::vector<std::byte>& bytes) {
    for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
        T value;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        nesting.append(text, value);
    }
}

Status write_json(const FileContent& content, const std::filesystem::path& temporary,
                  const Progress& progress, const CancelToken& cancel) {
    const std::vector<ExportArray>& arrays = content.arrays().arrays;
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    ByteProgress counter(progress, arrays);
    std::string text = "{\"metadata\": " + metadata_json(content.metadata, -1);
    for (const auto& [name, value] : content.arrays().members)
        text += fmt::format(",\n\"{}\": {}", name, value);
    text += ",\n\"arrays\": {";
    std::vector<std::byte> bytes;
    for (const ExportArray& array : arrays) {
        text += &array == &arrays.front() ? "\n" : ",\n";
        text += fmt::format("\"{}\": ", array.name);
        Nesting nesting(array.shape);
        for (Index block = 0; block < array.blocks; ++block) {
            if (cancel.cancelled()) return Error{std::string(cancelled_message)};
            array.fill(block, bytes);
            if (array.type == ArrayType::float32)
                append_block<float>(text, nesting, bytes);
            else
                append_block<std::int64_t>(text, nesting, bytes);
            FOVEA_CHECK(file.write(text));
            text.clear();
            counter.advance(array.name, bytes.size());
        }
        nesting.close(text);
    }
    text += "\n}}\n";
    FOVEA_CHECK(file.write(text));
    return file.close();
}

}  // namespace

Exporter json_exporter() {
    return {".json", "JSON", false, write_json, nullptr, Exporter::Holds::arrays, 2, true};
}

}  // namespace fovea
