// Every kernel that this processor can run against sums in double precision.
#include "engine/nn/product_kernels.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <vector>

namespace fovea {
namespace {

struct Shape {
    Index rows, inputs, outputs;
};

/// Weights as a file has them, one byte off any alignment and with a gap behind each row, and what
/// `unpack` reads in them.
struct Weights {
    Weights(DType dtype, Index matrix_rows, Index columns, std::mt19937& random)
        : row_bytes(dtype_bytes(dtype, columns) + 3),
          bytes(1 + row_bytes * static_cast<size_t>(matrix_rows)),
          values(static_cast<size_t>(matrix_rows * columns)) {
        std::normal_distribution<float> normal;
        std::uniform_int_distribution<int> any(0, 255);
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(any(random));
        for (Index r = 0; r < matrix_rows; ++r) {
            std::byte* row = bytes.data() + 1 + static_cast<size_t>(r) * row_bytes;
            const size_t step = dtype_block_bytes(dtype);
            for (size_t at = 0; at < dtype_bytes(dtype, columns); at += step) {
                // A scale of about 1, where random bits might be no number.
                if (dtype == DType::f32) {
                    const float value = normal(random);
                    std::memcpy(row + at, &value, sizeof value);
                } else if (dtype == DType::bf16) {
                    row[at + 1] = static_cast<std::byte>(any(random) % 2 ? 0x3f : 0xbf);
                } else if (dtype == DType::f16 || dtype == DType::q8_0) {
                    row[at + 1] = static_cast<std::byte>(0x38);
                } else if (dtype == DType::f8_e4m3) {
                    row[at] &= static_cast<std::byte>(0xf7);  // 0x7f is no number
                }
            }
            unpack(dtype, row, columns, values.data() + r * columns);
        }
    }
    const std::byte* data() const { return bytes.data() + 1; }

    size_t row_bytes;
    std::vector<std::byte> bytes;
    std::vector<float> values;  // [rows, columns]
};

using Kernel = void (*)(const Product&, Index begin, Index end);

/// Outputs in two calls that meet anywhere; what lies outside of them stays as it was. Inputs
/// differ by so many powers of two.
void expect_products(Kernel kernel, DType dtype, bool input_major, const Shape& shape,
                     int powers = 0) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    std::uniform_int_distribution<int> power(-powers / 2, powers / 2);
    const auto [rows, inputs, outputs] = shape;
    const Weights weights(dtype, input_major ? inputs : outputs, input_major ? outputs : inputs,
                          random);
    std::vector<float> x(static_cast<size_t>(rows * inputs));
    for (float& value : x)
        value = std::ldexp(normal(random), power(random));
    const Index stride = outputs + 2;
    constexpr float untouched = 1e30f;
    std::vector<float> y(static_cast<size_t>(rows * stride), untouched);
    const Product product{weights.data(), dtype, weights.row_bytes, input_major, x.data(),
                          inputs,         rows,  y.data(),          stride};
    const Index middle = outputs / 3;
    kernel(product, 0, middle);
    kernel(product, middle, outputs);
    for (Index t = 0; t < rows; ++t) {
        for (Index o = 0; o < outputs; ++o) {
            double sum = 0, size = 0;
            for (Index i = 0; i < inputs; ++i) {
                const double term = double{weights.values[static_cast<size_t>(
                                        input_major ? i * outputs + o : o * inputs + i)]} *
                                    x[static_cast<size_t>(t * inputs + i)];
                sum += term;
                size += std::abs(term);
            }
            ASSERT_NEAR(y[static_cast<size_t>(t * stride + o)], sum, 1e-6 * size)
                << dtype_name(dtype) << (input_major ? " input-major" : "") << " " << rows << " x "
                << inputs << " x " << outputs << " at " << t << ", " << o;
        }
        for (Index o = outputs; o < stride; ++o)
            ASSERT_EQ(y[static_cast<size_t>(t * stride + o)], untouched);
    }
}

constexpr Shape shapes[] = {{1, 1, 1},    {2, 7, 5},     {3, 16, 32},  {5, 40, 37},
                            {6, 33, 70},  {7, 256, 33},  {11, 300, 9}, {12, 64, 95},
                            {13, 48, 31}, {25, 515, 40}, {40, 20, 100}};

TEST(ProductKernels, Narrow) {
    for (const ProductKernels& kernels : product_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const DType dtype : {DType::f32, DType::bf16, DType::f16})
            for (const bool input_major : {false, true})
                for (const Shape& shape : shapes)
                    expect_products(kernels.narrow, dtype, input_major, shape);
        EXPECT_EQ(kernels.narrow_rows(DType::q4_k, false), 0);
    }
}

TEST(ProductKernels, Wide) {
    for (const ProductKernels& kernels : product_kernels()) {
        if (!kernels.wide) continue;
        SCOPED_TRACE(kernels.name);
        for (const DType dtype : {DType::f32, DType::bf16, DType::f16, DType::f8_e4m3})
            for (const bool input_major : {false, true})
                for (const Shape& shape : shapes)
                    if (dtype != DType::f8_e4m3 || shape.inputs < 100)
                        expect_products(kernels.wide, dtype, input_major, shape);
        // More than one region, inputs of very different sizes.
        for (const bool input_major : {false, true}) {
            for (const DType dtype : {DType::f32, DType::bf16, DType::f16})
                for (const Shape& shape : {Shape{41, 96, 300}, {49, 97, 301}, {64, 130, 319}})
                    expect_products(kernels.wide, dtype, input_major, shape);
            expect_products(kernels.wide, DType::f32, input_major, {70, 300, 1100}, 40);
            expect_products(kernels.wide, DType::f32, input_major, {45, 1100, 400}, 10);
        }
        // Numbers that share a scale: rows of whole blocks, one output a row.
        for (const Shape& shape : {Shape{5, 32, 40}, {14, 288, 70}, {50, 288, 310}})
            expect_products(kernels.wide, DType::q8_0, false, shape);
    }
}

/// What is packed in pieces, once, serves all ranges of outputs.
TEST(ProductKernels, WideOverPackedInput) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    for (const ProductKernels& kernels : product_kernels()) {
        if (!kernels.pack) continue;
        SCOPED_TRACE(kernels.name);
        for (const bool input_major : {false, true}) {
            const Index rows = 83, inputs = 200, outputs = 250;
            std::vector<float> w(static_cast<size_t>(inputs * outputs));
            std::vector<float> x(static_cast<size_t>(rows * inputs));
            std::ranges::generate(w, [&] { return normal(random); });
            std::ranges::generate(x, [&] { return normal(random); });
            std::vector<float> y(static_cast<size_t>(rows * outputs)), z(y.size(), 7.0f);
            Product product{
                .weight = reinterpret_cast<const std::byte*>(w.data()),
                .row_bytes = sizeof(float) * static_cast<size_t>(input_major ? outputs : inputs),
                .input_major = input_major,
                .input = x.data(),
                .inputs = inputs,
                .rows = rows,
                .output = y.data(),
                .output_stride = outputs};
            kernels.wide(product, 0, outputs);
            std::vector<std::max_align_t> memory(
                kernels.packed_bytes(product) / sizeof(std::max_align_t) + 8);
            void* aligned = memory.data();
            size_t space = memory.size() * sizeof(std::max_align_t);
            auto* packed = static_cast<std::byte*>(
                std::align(64, kernels.packed_bytes(product), aligned, space));
            ASSERT_NE(packed, nullptr);
            kernels.pack(product, 3 * packed_rows, rows, packed);
            kernels.pack(product, 0, 3 * packed_rows, packed);
            std::ranges::fill(x, std::numeric_limits<float>::quiet_NaN());
            product.packed = packed;
            product.output = z.data();
            kernels.wide(product, 0, 64);
            kernels.wide(product, 64, outputs);
            for (size_t i = 0; i < y.size(); ++i)
                ASSERT_EQ(y[i], z[i]) << i;
        }
    }
}

TEST(ProductKernels, Tiled) {
    for (const ProductKernels& kernels : product_kernels()) {
        if (!kernels.tiled) continue;
        SCOPED_TRACE(kernels.name);
        EXPECT_TRUE(kernels.suits_tiles(DType::bf16, 12));
        EXPECT_FALSE(kernels.suits_tiles(DType::q4_k, 12));
        for (const bool input_major : {false, true}) {
            const auto expect = [&](const Shape& shape, int powers = 0) {
                expect_products(kernels.tiled, DType::bf16, input_major, shape, powers);
            };
            for (const Shape& shape : shapes)
                expect(shape);
            for (Index rows = 1; rows <= 50; ++rows)
                expect({rows, 77, 133}, 40);
            // More than one strip, one band and one part of the rows.
            for (const Shape& shape : {Shape{130, 300, 200}, {12, 64, 3300}, {40, 3300, 70}})
                expect(shape, 10);
        }
    }
}

/// What float32 does with them: an infinity stays one, no number stays none, even where its upper
/// half alone looks like an infinity.
TEST(ProductKernels, TilesKeepWhatIsNoNumber) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const float no_number = std::bit_cast<float>(0x7f800001u);
    const float largest = std::numeric_limits<float>::max();
    const uint16_t weights[] = {0x3f80, 0xbf80};  // 1, -1
    const float x[] = {infinity, no_number, largest, -infinity};
    for (const ProductKernels& kernels : product_kernels()) {
        for (const auto& [kernel, input_major] : {std::pair{kernels.tiled, false},
                                                  {kernels.tiled, true},
                                                  {kernels.wide, false},
                                                  {kernels.wide, true}}) {
            if (!kernel) continue;
            float y[4][2];
            kernel({reinterpret_cast<const std::byte*>(weights), DType::bf16,
                    input_major ? size_t{4} : size_t{2}, input_major, x, 1, 4, y[0], 2},
                   0, 2);
            EXPECT_EQ(y[0][0], infinity);
            EXPECT_EQ(y[0][1], -infinity);
            EXPECT_TRUE(std::isnan(y[1][0]) && std::isnan(y[1][1]));
            EXPECT_EQ(y[2][0], largest);
            EXPECT_EQ(y[2][1], -largest);
            EXPECT_EQ(y[3][0], -infinity);
            EXPECT_EQ(y[3][1], infinity);
        }
    }
}

/// The last page of a mapped file may end with the weights: what lies behind cannot be read.
TEST(ProductKernels, ReadNothingBehindTheWeights) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    for (const auto& [rows, inputs, outputs] :
         {Shape{12, 37, 45}, {12, 64, 64}, {12, 33, 17}, {40, 45, 37}}) {
        const size_t size = dtype_bytes(DType::bf16, inputs * outputs);
        const size_t pages = (size + page - 1) / page * page;
        auto* memory = static_cast<std::byte*>(mmap(nullptr, pages + page, PROT_READ | PROT_WRITE,
                                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        ASSERT_NE(memory, MAP_FAILED);
        ASSERT_EQ(mprotect(memory + pages, page, PROT_NONE), 0);
        std::vector<float> x(static_cast<size_t>(rows * inputs), 1.0f);
        std::vector<float> y(static_cast<size_t>(rows * outputs));
        for (const ProductKernels& kernels : product_kernels()) {
            for (const bool input_major : {false, true}) {
                for (const Kernel kernel : {kernels.narrow, kernels.wide, kernels.tiled}) {
                    if (!kernel) continue;
                    std::ranges::fill(y, 1.0f);
                    kernel({memory + pages - size, DType::bf16,
                            dtype_bytes(DType::bf16, input_major ? outputs : inputs), input_major,
                            x.data(), inputs, rows, y.data(), outputs},
                           0, outputs);
                    EXPECT_EQ(std::ranges::count(y, 0.0f), rows * outputs);
                }
            }
        }
        munmap(memory, pages + page);
    }
}

TEST(Product, OfNothingIsZero) {
    float y[] = {1, 2, 3, 4};
    multiply({.rows = 2, .output = y, .output_stride = 2}, 0, 2);
    for (const float value : y)
        EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace fovea
