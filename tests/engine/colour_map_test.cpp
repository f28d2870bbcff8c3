#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/core/colour_map.h"

namespace fovea {
namespace {

// CIE 1976 lightness of an sRGB colour.
double lightness(const Colour& colour) {
    double luminance = 0;
    const double share[] = {0.2126729, 0.7151522, 0.0721750};
    for (size_t i = 0; i < 3; ++i) {
        const double value = colour[i] / 255.0;
        luminance +=
            share[i] * (value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
    }
    return luminance > 216.0 / 24389 ? 116 * std::cbrt(luminance) - 16 : luminance * 24389 / 27;
}

TEST(ColourMap, EndsAreThePublishedOnes) {
    EXPECT_EQ(colour_table(ColourMapName::viridis).front(), (Colour{0x44, 0x01, 0x54}));
    EXPECT_EQ(colour_table(ColourMapName::viridis).back(), (Colour{0xfd, 0xe7, 0x25}));
    EXPECT_EQ(colour_table(ColourMapName::magma).front(), (Colour{0x00, 0x00, 0x04}));
    EXPECT_EQ(colour_table(ColourMapName::magma).back(), (Colour{0xfc, 0xfd, 0xbf}));
    EXPECT_EQ(colour_table(ColourMapName::cividis).front(), (Colour{0x00, 0x22, 0x4e}));
    EXPECT_EQ(colour_table(ColourMapName::cividis).back(), (Colour{0xfe, 0xe8, 0x38}));
}

TEST(ColourMap, LightnessOnlyRises) {
    for (ColourMapName map : {ColourMapName::viridis, ColourMapName::magma, ColourMapName::cividis,
                              ColourMapName::greys}) {
        const auto table = colour_table(map);
        ASSERT_EQ(table.size(), 256u);
        for (size_t i = 8; i < table.size(); i += 8)
            EXPECT_GT(lightness(table[i]), lightness(table[i - 8])) << colour_map_name(map) << i;
    }
}

TEST(ColourMap, DivergingIsBalanced) {
    const auto table = colour_table(ColourMapName::diverging);
    for (size_t i = 0; i < 128; ++i)
        EXPECT_NEAR(lightness(table[i]), lightness(table[255 - i]), 4) << i;
    EXPECT_GT(lightness(table[127]), 95);
    EXPECT_GT(table[0][2], table[0][0]);
    EXPECT_GT(table[255][0], table[255][2]);
}

TEST(ColourMap, NamesAndClamping) {
    for (ColourMapName map : colour_map_names)
        EXPECT_EQ(colour_map_from_name(colour_map_name(map)), map);
    EXPECT_FALSE(colour_map_from_name("jet"));
    EXPECT_EQ(colour_at(ColourMapName::magma, -3), colour_table(ColourMapName::magma)[0]);
    EXPECT_EQ(colour_at(ColourMapName::magma, 7), colour_table(ColourMapName::magma)[255]);
    EXPECT_EQ(colour_at(ColourMapName::magma, std::numeric_limits<double>::quiet_NaN()),
              colour_table(ColourMapName::magma)[0]);
    EXPECT_EQ(colour_at(ColourMapName::greys, 0.5), colour_table(ColourMapName::greys)[128]);
}

}  // namespace
}  // namespace fovea
