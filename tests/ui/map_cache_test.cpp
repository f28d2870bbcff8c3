#include "app/maps/map_cache.h"

#include <gtest/gtest.h>

#include <cmath>

#include "app/maps/colour_scale.h"
#include "app/maps/thumbnail_atlas.h"
#include "tests/ui/made_up_trace.h"

namespace fovea::app {
namespace {

bool hidden_by_definition(const AttentionMask& mask, Index query, Index key) {
    if (mask.causal && key > query) return true;
    if (mask.window > 0 && std::abs(query - key) >= mask.window) return true;
    if (!mask.blocked_keys.empty() && mask.blocked_keys[static_cast<size_t>(key)]) return true;
    if (!mask.blocked_queries.empty() && mask.blocked_queries[static_cast<size_t>(query)])
        return true;
    return std::find(mask.blocked_cells.begin(), mask.blocked_cells.end(), Cell{query, key}) !=
           mask.blocked_cells.end();
}

TEST(HiddenBlocks, AgreeWithEveryCellOfTheBlock) {
    for (const bool causal : {false, true}) {
        for (const Index window : {0, 1, 4, 9}) {
            AttentionMask mask;
            mask.causal = causal;
            mask.window = window;
            mask.blocked_keys.assign(23, 0);
            mask.blocked_keys[3] = mask.blocked_keys[4] = mask.blocked_keys[5] = 1;
            const MapRegion region{2, 22, 0, 23};
            for (const Index rows : {20, 10, 7, 3}) {
                for (const Index columns : {23, 8, 1}) {
                    const auto blocks = hidden_blocks(mask, region, rows, columns);
                    for (Index r = 0; r < rows; ++r) {
                        for (Index c = 0; c < columns; ++c) {
                            bool all = true;
                            for (Index q = 0; q < 20; ++q) {
                                for (Index k = 0; k < 23; ++k) {
                                    if (q * rows / 20 != r || k * columns / 23 != c) continue;
                                    all = all && hidden_by_definition(mask, q + 2, k);
                                }
                            }
                            const bool said = blocks[static_cast<size_t>(r * columns + c)] != 0;
                            // Two rules together may hide a block that neither hides alone: it
                            // is then drawn as zero. What is called hidden always is.
                            if (said) {
                                EXPECT_TRUE(all);
                            }
                            if (rows == 20 && columns == 23) {
                                EXPECT_EQ(said, all);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST(MapCache, MakesAMapOnceAndMarksWhatIsHidden) {
    TraceShape shape;
    shape.mask.causal = true;
    const auto trace = made_up_trace(shape);
    MapCache cache;
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = whole_map(*picture.layer);
    const auto cells = cache.cells(picture, 9, 9);
    EXPECT_EQ(cache.cells(picture, 9, 9), cells);
    EXPECT_LT(cells->values.at(0, 1), hidden_limit);
    EXPECT_FLOAT_EQ(cells->values.at(0, 0), 1);
    EXPECT_FLOAT_EQ(cells->high, 1);
    EXPECT_GT(cells->low, 0);  // hidden zeros do not count
    picture.head = 1;
    EXPECT_NE(cache.cells(picture, 9, 9), cells);
}

TEST(MapCache, ALayerAtTheSameAddressIsAnotherLayer) {
    MapCache cache;
    MapPicture picture;
    std::shared_ptr<const CellGrid> first;
    for (int i = 0; i < 20; ++i) {
        const auto trace = made_up_trace(TraceShape{}, static_cast<unsigned>(i));
        picture.layer = trace->layers[0];
        picture.region = whole_map(*picture.layer);
        const auto cells = cache.cells(picture, 9, 9);
        EXPECT_FLOAT_EQ(cells->values.at(2, 3),
                        head_map(*picture.layer, 0, Quantity::weights, picture.region).at(2, 3));
    }
}

TEST(MapCache, DifferencesOfLogitsHaveNoValueWhereOneIsHidden) {
    TraceShape open, causal;
    causal.mask.causal = true;
    const auto above = made_up_trace(open, 1), below = made_up_trace(causal, 2);
    MapCache cache;
    MapPicture picture;
    picture.layer = above->layers[0];
    picture.subtract = below->layers[0];
    picture.region = whole_map(*picture.layer);
    const auto weights = cache.cells(picture, 9, 9);
    EXPECT_GT(weights->values.at(0, 5), 0);  // all of it is new
    picture.quantity = Quantity::masked_logits;
    const auto logits = cache.cells(picture, 9, 9);
    EXPECT_LT(logits->values.at(0, 5), hidden_limit);
    const MapRegion whole = picture.region;
    const float expected = head_map(*picture.layer, 0, Quantity::masked_logits, whole).at(5, 0) -
                           head_map(*picture.subtract, 0, Quantity::masked_logits, whole).at(5, 0);
    EXPECT_NEAR(logits->values.at(5, 0), expected, 1e-5);
}

TEST(Atlas, HoldsEveryThumbnailOnceWithinTheLimit) {
    TraceShape shape;
    shape.layers = 5;
    shape.heads = 7;
    shape.mask.causal = true;
    const auto trace = made_up_trace(shape);
    for (const Index limit : {1024, 30}) {
        const AtlasLayout layout = atlas_layout(*trace, limit);
        EXPECT_LE(layout.width(), limit);
        const Atlas atlas = make_atlas(*trace, layout);
        for (Index l = 0; l < 5; ++l) {
            for (Index h = 0; h < 7; ++h) {
                for (Index q = 0; q < 9; ++q) {
                    for (Index k = 0; k < 9; ++k) {
                        const float value = atlas.values[static_cast<size_t>(
                            (layout.y(l, h) + q) * layout.width() + layout.x(l, h) + k)];
                        if (k > q) {
                            EXPECT_EQ(value, hidden_cell);
                        } else {
                            EXPECT_EQ(value, trace->scores(l).thumbnails.at(h, q, k));
                        }
                    }
                }
                EXPECT_FLOAT_EQ(atlas.largest[static_cast<size_t>(l * 7 + h)], 1);
            }
        }
    }
}

TEST(ColourScale, PlacesValuesAndTakesThemBack) {
    ColourScale scale;
    EXPECT_FLOAT_EQ(position_on_scale(scale, 0.25f), 0.25f);
    EXPECT_FLOAT_EQ(position_on_scale(scale, 7), 1);
    scale.logarithmic = true;
    EXPECT_FLOAT_EQ(position_on_scale(scale, 0.01f), 0.5f);  // four decades
    EXPECT_FLOAT_EQ(position_on_scale(scale, 0), 0);
    scale.diverging = true;
    scale.low = -1;
    EXPECT_FLOAT_EQ(position_on_scale(scale, 0), 0.5f);
    EXPECT_FLOAT_EQ(position_on_scale(scale, -1), 0);
    for (const bool logarithmic : {false, true}) {
        for (const bool diverging : {false, true}) {
            ColourScale any{ColourMap::magma,         diverging, false, logarithmic, false,
                            diverging ? -3.0f : 0.0f, 3.0f};
            for (float position = 0.02f; position < 1; position += 0.07f)
                EXPECT_NEAR(position_on_scale(any, value_on_scale(any, position)), position, 1e-4);
        }
    }
    EXPECT_EQ(colour_of(scale, hidden_cell), 0u);
    EXPECT_EQ(colour_of(scale, std::nanf("")), undefined_colour);
}

}  // namespace
}  // namespace fovea::app
