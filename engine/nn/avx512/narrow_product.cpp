#include "engine/nn/avx512/lanes.h"
#include "engine/nn/weight_lanes.h"

#ifdef FOVEA_HAS_AVX512

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace fovea::avx512 {
namespace {

/// Weights that will be wanted soon: while rows of the input take turns with those at hand, these
/// come from memory.
struct Ahead {
    const std::byte* weight = nullptr;
    size_t row_bytes = 0;
    Index begin = 0, end = 0;  ///< rows of weights

    /// The part of it that turn `turn` of `turns` asks for.
    Ahead part(Index turn, Index turns) const {
        const Index count = end - begin;
        return {weight, row_bytes, begin + count * turn / turns,
                begin + count * (turn + 1) / turns};
    }
    /// Its `turn`th row, from this byte on; nothing where there are fewer.
    void fetch(Index turn, Index byte) const {
        if (begin + turn < end)
            _mm_prefetch(reinterpret_cast<const char*>(weight) +
                             static_cast<size_t>(begin + turn) * row_bytes +
                             static_cast<size_t>(byte),
                         _MM_HINT_T1);
    }
};

/// The sums over the lanes of four registers side by side.
FOVEA_AVX512 inline __m128 four_sums(__m512 a, __m512 b, __m512 c, __m512 d) {
    const __m512d ab =
        _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)));
    const __m512d cd =
        _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d)));
    const __m512 quarters = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
                                          _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)));
    const __m256 halves =
        _mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1));
    return _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
}

constexpr int outputs_at_once = 4;

template <int Rows>
using BlockSums = __m512[outputs_at_once][Rows];

/// Adds the products of sixteen inputs, or of those that `lanes` names.
template <class Weights, int Rows>
[[gnu::always_inline]] FOVEA_AVX512 inline void add_inputs(
    BlockSums<Rows>& sums, const std::byte* const (&weight)[outputs_at_once], const float* input,
    Index stride, Index i, __mmask16 lanes) {
    __m512 weights[outputs_at_once];
#pragma GCC unroll 4
    for (int w = 0; w < outputs_at_once; ++w)
        weights[w] = Weights::some(weight[w], i, lanes);
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r) {
        const __m512 x = _mm512_maskz_loadu_ps(lanes, input + r * stride + i);
#pragma GCC unroll 4
        for (int w = 0; w < outputs_at_once; ++w)
            sums[w][r] = _mm512_fmadd_ps(weights[w], x, sums[w][r]);
    }
}

/// Outputs o .. o + 3 (or, of the last ones, fewer) for rows t .. t + Rows - 1: all sums stay in
/// registers, if the compiler is told to unroll in time; else GCC keeps a copy of each in memory.
template <class Weights, int Rows>
FOVEA_AVX512 void block(const Product& p, Index o, Index outputs, Index t, const Ahead& next) {
    BlockSums<Rows> sums;
#pragma GCC unroll 4
    for (auto& row : sums)
#pragma GCC unroll 6
        for (__m512& sum : row)
            sum = _mm512_setzero_ps();
    const std::byte* weight[outputs_at_once];
#pragma GCC unroll 4
    for (int w = 0; w < outputs_at_once; ++w)
        weight[w] =
            p.weight + static_cast<size_t>(o + std::min<Index>(w, outputs - 1)) * p.row_bytes;
    const float* input = p.input_row(t);
    const Index inputs = p.inputs, stride = p.input_row(1) - p.input;
    const Ahead ahead = next;
    // A mask made for each load takes time: only the last ones have one.
    Index i = 0;
    for (; i + 16 <= inputs; i += 16) {
#pragma GCC unroll 4
        for (int w = 0; w < outputs_at_once; ++w)
            ahead.fetch(w, i * Weights::bytes);
        add_inputs<Weights, Rows>(sums, weight, input, stride, i, 0xffff);
    }
    if (i < inputs)
        add_inputs<Weights, Rows>(sums, weight, input, stride, i, first_lanes(inputs - i));
    const auto stored = static_cast<__mmask8>(first_lanes(outputs));
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r)
        _mm_mask_storeu_ps(p.output + (t + r) * p.output_stride + o, stored,
                           four_sums(sums[0][r], sums[1][r], sums[2][r], sums[3][r]));
}

/// Some outputs [begin, end) under some inputs from `input` on.
struct Strip {
    Index begin, end;
    Index input, inputs;
};

constexpr Index inputs_at_once = 16;

/// The strip's part of all rows of the input side by side: rows that lie a multiple of a page apart
/// would throw one another out of the cache.
std::vector<float>& inputs_of(const Product& p, const Strip& strip) {
    thread_local std::vector<float> inputs;  // [rows, 16]
    inputs.resize(static_cast<size_t>(p.rows * inputs_at_once));
    for (Index t = 0; t < p.rows; ++t)
        std::copy_n(p.input_row(t) + strip.input, strip.inputs, inputs.data() + t * inputs_at_once);
    return inputs;
}

/// Adds a few rows of an [inputs, outputs] matrix, each a stream of neighbouring weights, to Rows
/// rows of the output. `input` is [rows, 16].
template <class Weights, int Rows>
FOVEA_AVX512 void add_strip(const Product& p, const Strip& strip, const float* input, Index t,
                            const Ahead& ahead) {
    const std::byte* weight = p.weight + static_cast<size_t>(strip.input) * p.row_bytes;
    input += t * inputs_at_once;
    float* output = p.output + t * p.output_stride;
    for (Index o = strip.begin; o < strip.end; o += 32) {
        const __mmask16 low = first_lanes(strip.end - o), high = first_lanes(strip.end - o - 16);
        const __mmask16 low_known = strip.input == 0 ? 0 : low;
        const __mmask16 high_known = strip.input == 0 ? 0 : high;
        __m512 sums[Rows][2];
        for (int r = 0; r < Rows; ++r) {
            sums[r][0] = _mm512_maskz_loadu_ps(low_known, output + r * p.output_stride + o);
            sums[r][1] = _mm512_maskz_loadu_ps(high_known, output + r * p.output_stride + o + 16);
        }
        for (Index k = 0; k < strip.inputs; ++k) {
            ahead.fetch(k, o * Weights::bytes);
            if (Weights::bytes == 4) ahead.fetch(k, (o + 16) * Weights::bytes);
            const std::byte* row = weight + static_cast<size_t>(k) * p.row_bytes;
            const __m512 left = Weights::some(row, o, low);
            const __m512 right = Weights::some(row, o + 16, high);
            for (int r = 0; r < Rows; ++r) {
                const __m512 x = _mm512_set1_ps(input[r * inputs_at_once + k]);
                sums[r][0] = _mm512_fmadd_ps(left, x, sums[r][0]);
                sums[r][1] = _mm512_fmadd_ps(right, x, sums[r][1]);
            }
        }
        for (int r = 0; r < Rows; ++r) {
            _mm512_mask_storeu_ps(output + r * p.output_stride + o, low, sums[r][0]);
            _mm512_mask_storeu_ps(output + r * p.output_stride + o + 16, high, sums[r][1]);
        }
    }
}

/// Calls table[size - 1](first row, turn, turns) for all rows, in turns of nearly the same size.
template <class Table, class Call>
void in_turns(const Table& table, Index rows, Call&& call) {
    const auto most = static_cast<Index>(table.size());
    const Index turns = (rows + most - 1) / most;
    for (Index turn = 0; turn < turns; ++turn) {
        const Index begin = rows * turn / turns, end = rows * (turn + 1) / turns;
        call(table[static_cast<size_t>(end - begin - 1)], begin, turn, turns);
    }
}

template <class Weights>
void output_major(const Product& p, Index begin, Index end) {
    // 4 x 6 sums, four weights and an input fill the 32 registers.
    constexpr auto blocks = []<int... Less>(std::integer_sequence<int, Less...>) {
        return std::array{&block<Weights, Less + 1>...};
    }
    (std::make_integer_sequence<int, 6>());
    for (Index o = begin; o < end; o += outputs_at_once) {
        const Index outputs = std::min<Index>(outputs_at_once, end - o);
        const Ahead next{p.weight, p.row_bytes, std::min(o + outputs, end),
                         std::min(o + outputs + outputs_at_once, end)};
        in_turns(blocks, p.rows, [&](auto run, Index t, Index turn, Index turns) {
            run(p, o, outputs, t, next.part(turn, turns));
        });
    }
}

template <class Weights>
void input_major(const Product& p, Index begin, Index end) {
    // 12 x 2 sums, two weights and an input.
    constexpr auto strips = []<int... Less>(std::integer_sequence<int, Less...>) {
        return std::array{&add_strip<Weights, Less + 1>...};
    }
    (std::make_integer_sequence<int, 12>());
    // What is at hand, what comes next and the sums stay in the second cache. Shorter bands would
    // keep the sums in the first, but break the streams that the processor runs ahead of.
    constexpr Index band = 3072;
    for (Index o = begin; o < end; o += band) {
        const Index last = std::min(o + band, end);
        for (Index i = 0; i < p.inputs; i += inputs_at_once) {
            const Index next = std::min(i + inputs_at_once, p.inputs);
            const Ahead ahead{p.weight, p.row_bytes, next,
                              std::min(next + inputs_at_once, p.inputs)};
            const Strip strip{o, last, i, next - i};
            const float* input = inputs_of(p, strip).data();
            in_turns(strips, p.rows, [&](auto run, Index t, Index turn, Index turns) {
                run(p, strip, input, t, ahead.part(turn, turns));
            });
        }
    }
}

}  // namespace

bool supported() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

Index narrow_rows(DType dtype, bool input_major) {
    switch (dtype) {
        case DType::f32:
        case DType::bf16:
        case DType::f16:
            return input_major ? 40 : 20;
        default:
            return 0;
    }
}

void narrow_product(const Product& product, Index begin, Index end) {
    with_lanes<Lanes>(product.dtype, [&]<class Weights>() {
        product.input_major ? input_major<Weights>(product, begin, end)
                            : output_major<Weights>(product, begin, end);
    });
}

}  // namespace fovea::avx512

#endif
