// Products of many rows through tiles, of weights of every type. A product of two 32-bit floats,
// each the sum of three bfloat16, is nine products; the three smallest together are less than what
// rounding one 32-bit float takes away, and are left out (Henry, Tang & Heinecke 2019, see
// tiles.h).
#include <algorithm>
#include <vector>

#include "engine/nn/amx/configuration.h"
#include "engine/nn/amx/packing.h"

#ifdef FOVEA_HAS_AMX

namespace fovea::amx {
namespace {

using avx512::Ahead;
using avx512::Lanes;

// Tiles 0 to 3 are sums of two tiles of rows by two of outputs, 4 and 5 hold the input, 6 and 7 the
// weights. The instructions name their tiles: no variable can.
#define FOVEA_ADD(sum, input, weight)       \
    if constexpr (InputMajor) {             \
        _tile_dpbf16ps(sum, input, weight); \
    } else {                                \
        _tile_dpbf16ps(sum, weight, input); \
    }
#define FOVEA_ADD_ALL  \
    FOVEA_ADD(0, 4, 6) \
    FOVEA_ADD(1, 4, 7) \
    FOVEA_ADD(2, 5, 6) \
    FOVEA_ADD(3, 5, 7) \
    ahead.fetch(lines);
#define FOVEA_INPUT(part)         \
    _tile_loadd(4, &a[part], 64); \
    _tile_loadd(5, &b[part], 64);
#define FOVEA_WEIGHT(part)                            \
    _tile_loadd(6, &weights[part * panel_tiles], 64); \
    _tile_loadd(7, &weights[part * panel_tiles + 1], 64);

/// Two times 16 rows of the input, `a` and `b`, through `tiles` times 32 inputs of a panel, in an
/// order in which one operand stays; the largest products last. So many lines of the next region
/// are fetched between four instructions and the next four.
template <bool InputMajor, int Parts>
FOVEA_AMX void add(const Tile* weights, const Tile* a, const Tile* b, Index tiles, Ahead& next,
                   Index lines) {
    Ahead ahead = next;
    for (Index tile = 0; tile < tiles; ++tile) {
        if constexpr (Parts == 3) {
            FOVEA_INPUT(0)
            FOVEA_WEIGHT(2)
            FOVEA_ADD_ALL
            FOVEA_WEIGHT(1)
            FOVEA_ADD_ALL
            FOVEA_INPUT(1)
            FOVEA_ADD_ALL
        } else if constexpr (Parts == 2) {
            FOVEA_INPUT(0)
            FOVEA_WEIGHT(1)
            FOVEA_ADD_ALL
            FOVEA_INPUT(1)
            FOVEA_ADD_ALL
        } else {
            FOVEA_INPUT(1)
        }
        FOVEA_WEIGHT(0)
        FOVEA_ADD_ALL
        FOVEA_INPUT(2)
        FOVEA_ADD_ALL
        FOVEA_INPUT(0)
        FOVEA_ADD_ALL
        weights += Parts * panel_tiles;
        a += parts;
        b += parts;
    }
    next = ahead;
}

#undef FOVEA_WEIGHT
#undef FOVEA_INPUT
#undef FOVEA_ADD_ALL
#undef FOVEA_ADD

FOVEA_AMX void begin_sums(const Sums* a, const Sums* b, bool known) {
    if (known) {
        _tile_loadd(0, &a[0], 64);
        _tile_loadd(1, &a[1], 64);
        _tile_loadd(2, &b[0], 64);
        _tile_loadd(3, &b[1], 64);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
}

FOVEA_AMX void end_sums(Sums* a, Sums* b) {
    _tile_stored(0, &a[0], 64);
    _tile_stored(1, &a[1], 64);
    _tile_stored(2, &b[0], 64);
    _tile_stored(3, &b[1], 64);
}

/// The way through the weights: bands of outputs, in each strips of inputs.
class WideWalk {
  public:
    WideWalk(const Product& p, Index begin, Index end) : p_(p), end_(end) {
        // Sums of a band, packed inputs of a strip and packed weights of both share the second
        // cache. Rows of one output each are read best in long pieces; of one input each, many
        // pieces side by side are a long one.
        constexpr Index cached_sums = 1 << 17, cached_inputs = 640 << 10;
        constexpr Index cached_weights = 1 << 16, shortest = 128, longest = 1024;
        const Index inputs = cached_inputs / (parts * 2) / p.rows;
        strip_ = p.input_major ? shortest : std::clamp(inputs, shortest, longest);
        // Whole blocks of every type.
        const Index block = std::max<Index>(shortest, dtype_block_elements(p.dtype));
        strip_ = tiles_for(strip_, block) * block;
        const Index wanted =
            std::clamp(cached_sums / p.rows, 2 * panel_outputs, cached_weights / strip_);
        const Index bands = tiles_for(end - begin, wanted);
        band_ = tiles_for(tiles_for(end - begin, bands), panel_outputs) * panel_outputs;
        start_band(begin);
    }

    bool done() const { return region_.output >= end_; }
    const Region& region() const { return region_; }
    bool is_last_strip() const { return region_.input + region_.inputs == p_.inputs; }
    Index most_outputs() const { return band_; }
    Index most_inputs() const { return strip_; }

    void step() {
        if (is_last_strip()) return start_band(region_.output + region_.outputs);
        region_.input += strip_;
        region_.inputs = std::min(strip_, p_.inputs - region_.input);
    }

  private:
    void start_band(Index begin) {
        region_ = {begin, std::min(band_, end_ - begin), 0, std::min(strip_, p_.inputs)};
    }

    const Product& p_;
    Index end_;
    Index band_ = 0, strip_ = 0;
    Region region_{};
};

/// Types that the lanes do not know become floats first.
template <bool InputMajor, class Weights, int Parts>
void pack_weights(const Product& p, const Region& region, Tile* to) {
    const avx512::RegionRows rows(p, region);
    if (Parts < 3 || p.dtype == DType::f32)
        return pack_region<InputMajor, Weights, Parts>(rows.first, p.row_bytes, region, to);
    thread_local std::vector<float> unpacked;
    unpacked.resize(static_cast<size_t>(rows.count * rows.columns));
    for (Index r = 0; r < rows.count; ++r)
        unpack(p.dtype, rows.first + static_cast<size_t>(r) * p.row_bytes, rows.columns,
               unpacked.data() + r * rows.columns);
    pack_region<InputMajor, Weights, Parts>(reinterpret_cast<const std::byte*>(unpacked.data()),
                                            static_cast<size_t>(rows.columns) * sizeof(float),
                                            region, to);
}

template <bool InputMajor, class Weights, int Parts>
FOVEA_AMX void multiply(const Product& p, Index begin, Index end, const Tile* input) {
    thread_local std::vector<Sums> sums;     // [outputs / 32, rows / 16, 2] of a band
    thread_local std::vector<Tile> weights;  // of a region
    WideWalk walk(p, begin, end);
    const Index pairs = tiles_for(p.rows, 2 * tile_rows);
    const Index row_step = tiles_for(p.inputs, tile_inputs) * parts;
    sums.resize(static_cast<size_t>(walk.most_outputs() / tile_rows * 2 * pairs));
    weights.resize(static_cast<size_t>(walk.most_outputs() / tile_rows *
                                       (walk.most_inputs() / tile_inputs) * Parts));
    while (!walk.done()) {
        const Region region = walk.region();
        const bool last = walk.is_last_strip();
        pack_weights<InputMajor, Weights, Parts>(p, region, weights.data());
        walk.step();
        Ahead ahead;
        if (!walk.done()) ahead = {p, walk.region()};
        const Index input_tiles = tiles_for(region.inputs, tile_inputs);
        constexpr Index fours = Parts == 1 ? 3 : Parts + 3;
        const Index lines = tiles_for(
            ahead.lines(), pairs * input_tiles * tiles_for(region.outputs, panel_outputs) * fours);
        const Tile* panel = weights.data();
        Sums* sum = sums.data();
        for (Index o = 0; o < region.outputs; o += panel_outputs) {
            const Region done{region.output + o, std::min(panel_outputs, region.outputs - o), 0, 0};
            const Tile* a = input + region.input / tile_inputs * parts;
            for (Index row = 0; row < p.rows; row += 2 * tile_rows) {
                const Index left = p.rows - row;
                Sums* below = sum + panel_tiles;
                finish_writes();
                begin_sums(sum, below, region.input > 0);
                // Where there is no second tile of rows, the first does its work once more.
                add<InputMajor, Parts>(panel, a, left > tile_rows ? a + row_step : a, input_tiles,
                                       ahead, lines);
                end_sums(sum, below);
                if (last) {
                    finish_writes();
                    unpack_plain_sums(p, done, row, std::min(left, tile_rows), sum);
                    if (left > tile_rows)
                        unpack_plain_sums(p, done, row + tile_rows,
                                          std::min(left - tile_rows, tile_rows), below);
                }
                sum += 2 * panel_tiles;
                a += 2 * row_step;
            }
            panel += input_tiles * Parts * panel_tiles;
        }
    }
}

/// Fewer rows, or short ones, cost more to pack than tiles save.
bool is_worth_packing(const Product& p) {
    return p.rows > 40 && p.inputs >= 96;
}

}  // namespace

size_t packed_input_bytes(const Product& p) {
    if (!is_worth_packing(p)) return 0;
    return static_cast<size_t>(tiles_for(p.rows, tile_rows) * tiles_for(p.inputs, tile_inputs) *
                               parts) *
           sizeof(Tile);
}

static_assert(packed_rows % tile_rows == 0);

void pack_whole_input(const Product& p, Index begin, Index end, std::byte* to) {
    const Index row_step = tiles_for(p.inputs, tile_inputs) * parts;
    pack_input(p, begin, end - begin, reinterpret_cast<Tile*>(to) + begin / tile_rows * row_step);
}

void wide_product(const Product& p, Index begin, Index end) {
    if (begin >= end) return;
    if (!p.packed && (!is_worth_packing(p) || end - begin < 96))
        return avx512::wide_product(p, begin, end);
    thread_local std::vector<Tile> own;
    const auto* input = reinterpret_cast<const Tile*>(p.packed);
    if (!input) {
        own.resize(packed_input_bytes(p) / sizeof(Tile));
        pack_input(p, 0, p.rows, own.data());
        input = own.data();
    }
    const Tiles tiles(0, tile_rows);
    const auto with = [&]<class Weights, int Parts>() {
        p.input_major ? multiply<true, Weights, Parts>(p, begin, end, input)
                      : multiply<false, Weights, Parts>(p, begin, end, input);
    };
    // A bfloat16 is one of itself, of the 11 bits of a half two take 8 and 3.
    switch (p.dtype) {
        case DType::bf16:
            return with.template operator()<Lanes::BrainFloat, 1>();
        case DType::f16:
            return with.template operator()<Lanes::Half, 2>();
        default:
            return with.template operator()<Lanes::Float, 3>();
    }
}

}  // namespace fovea::amx

#endif
