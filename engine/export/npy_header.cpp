#include "engine/export/npy_header.h"

namespace fovea {

std::string npy_header(std::string_view type, std::string_view shape) {
    std::string dictionary =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, shape);
    constexpr size_t before = 10;
    dictionary.resize((before + dictionary.size() + 1 + 63) / 64 * 64 - before - 1, ' ');
    dictionary += '\n';
    std::string header("\x93NUMPY\x01\x00", 8);
    header += static_cast<char>(dictionary.size() & 0xFF);
    header += static_cast<char>(dictionary.size() >> 8);
    return header + dictionary;
}

std::string npy_header(const ExportArray& array) {
    std::string shape;
    for (Index extent : array.shape)
        shape += fmt::format("{}, ", extent);
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    return npy_header(array.type == ArrayType::float32 ? "<f4" : "<i8", shape);
}

}  // namespace fovea
