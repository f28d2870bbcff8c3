#include "engine/io/checkpoint.h"

#include <array>
#include <utility>

namespace fovea {
namespace {

struct DTypeRow {
    DType dtype;
    std::string_view name;
    size_t size;
};

// In the order of the enumeration.
constexpr std::array<DTypeRow, 10> dtype_rows = {{
    {DType::f32, "F32", 4},
    {DType::f16, "F16", 2},
    {DType::bf16, "BF16", 2},
    {DType::f64, "F64", 8},
    {DType::i8, "I8", 1},
    {DType::u8, "U8", 1},
    {DType::i16, "I16", 2},
    {DType::i32, "I32", 4},
    {DType::i64, "I64", 8},
    {DType::boolean, "BOOL", 1},
}};

}  // namespace

size_t dtype_size(DType dtype) {
    return dtype_rows[static_cast<size_t>(dtype)].size;
}

std::string_view dtype_name(DType dtype) {
    return dtype_rows[static_cast<size_t>(dtype)].name;
}

const TensorView* Checkpoint::find(std::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace fovea
