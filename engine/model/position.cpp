#include "engine/model/position.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace fovea {
namespace {

/// The slopes of 2^k heads; of any other number those of the next smaller power, then every other
/// one of the next larger.
std::vector<double> alibi_slopes(Index heads) {
    Index power = 1;
    while (2 * power <= heads)
        power *= 2;
    std::vector<double> slopes;
    for (Index h = 0; h < power; ++h)
        slopes.push_back(std::exp2(-8.0 * static_cast<double>(h + 1) / static_cast<double>(power)));
    for (Index h = 0; power + h < heads; ++h)
        slopes.push_back(
            std::exp2(-8.0 * static_cast<double>(2 * h + 1) / static_cast<double>(2 * power)));
    return slopes;
}

Index bucket_of(Index distance, Index buckets, Index largest_distance, bool causal) {
    Index first = 0;
    if (causal) {
        distance = std::max<Index>(-distance, 0);
    } else {
        buckets /= 2;
        if (distance > 0) first = buckets;
        distance = std::abs(distance);
    }
    const Index exact = buckets / 2;
    if (distance < exact) return first + distance;
    // In float, as the reference rounds it: a distance at the edge of a bucket must fall alike.
    const float share = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                        static_cast<float>(std::log(static_cast<double>(largest_distance) /
                                                    static_cast<double>(exact)));
    const auto beyond = static_cast<Index>(share * static_cast<float>(buckets - exact));
    return first + std::min(exact + beyond, buckets - 1);
}

}  // namespace

Tensor alibi_bias(Index heads, Index queries, Index keys) {
    const auto slopes = alibi_slopes(heads);
    Tensor bias = Tensor::uninitialised({heads, queries + keys - 1});
    for (Index h = 0; h < heads; ++h)
        for (Index i = 0; i < queries + keys - 1; ++i)
            bias.at(h, i) = static_cast<float>(slopes[static_cast<size_t>(h)] *
                                               static_cast<double>(i - queries + 1));
    return bias;
}

Tensor relative_bias(const BoundTensor& table, const ModelConfig& config, bool causal,
                     Index queries, Index keys) {
    Tensor rows = Tensor::uninitialised({table.rows, table.columns});  // [buckets, heads]
    for (Index b = 0; b < table.rows; ++b)
        table.unpack_row(b, rows.slice(b));
    Tensor bias = Tensor::uninitialised({config.heads, queries + keys - 1});
    for (Index i = 0; i < queries + keys - 1; ++i) {
        const Index bucket =
            bucket_of(i - queries + 1, table.rows, config.relative_distance, causal);
        for (Index h = 0; h < config.heads; ++h)
            bias.at(h, i) = rows.at(bucket, h);
    }
    return bias;
}

Tensor distance_rows(const BoundTensor& table, Index tokens) {
    Tensor rows = Tensor::uninitialised({2 * tokens - 1, table.columns});
    const Index none = (table.rows - 1) / 2;  // the row of a distance of zero
    for (Index i = 0; i < rows.extent(0); ++i)
        table.unpack_row(none - (i - tokens + 1), rows.slice(i));
    return rows;
}

void add_sinusoid(Index position, Index width, float* row) {
    const Index sines = (width + 1) / 2;
    for (Index i = 0; i < width; ++i) {
        const Index pair = i < sines ? i : i - sines;
        const double angle =
            static_cast<double>(position) /
            std::pow(10000.0, 2.0 * static_cast<double>(pair) / static_cast<double>(width));
        row[i] += static_cast<float>(i < sines ? std::sin(angle) : std::cos(angle));
    }
}

}  // namespace fovea
