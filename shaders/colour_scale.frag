// Values to colours, shared by everything that draws attention; app/maps/colour_scale.cpp says
// the same for the CPU. What a picture does not need is left out when the program is built, for
// software renderers pay for both sides of a branch: LOGARITHMIC (from high * logarithmic_floor
// up), DIVERGING (low .. 0 .. high around the middle of the table) and POOLED (texels may be
// smaller than a pixel) are 0 or 1. The program defines logarithmic_floor beside them.

uniform sampler2D colour_table;  // 256 colours a row
uniform int table_row;
uniform vec4 hidden_colour;
uniform float hidden_below;  // values below it stand for hidden cells

const vec4 undefined_colour = vec4(230.0, 0.0, 120.0, 255.0) / 255.0;

// By its bits: a driver may take floats for numbers and leave isnan() out.
bool is_no_number(float value) {
    return (floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u;
}

float logarithmic_share(float value, float high) {
    float lowest = high * logarithmic_floor;
    return log(max(value, lowest) / lowest) / log(1.0 / logarithmic_floor);
}

vec4 colour_of(float value, float low, float high) {
    if (is_no_number(value)) return undefined_colour;
    if (value < hidden_below) return hidden_colour;
    float position = 0.0;
#if DIVERGING
#if LOGARITHMIC
    float size = high > 0.0 ? logarithmic_share(abs(value), high) : 0.0;
#else
    float size = high > 0.0 ? abs(value) / high : 0.0;
#endif
    position = 0.5 + 0.5 * (value < 0.0 ? -size : size);
#elif LOGARITHMIC
    position = logarithmic_share(value, high);
#else
    position = high > low ? (value - low) / (high - low) : 0.0;
#endif
    int index = int(clamp(position, 0.0, 1.0) * 255.0 + 0.5);
    return texelFetch(colour_table, ivec2(index, table_row), 0);
}

#if POOLED
// The texels of one axis whose centres lie in a pixel that is `extent` texels wide around `at`; the
// one below it where they are larger than the pixel. So no texel is lost and none shows twice.
ivec2 texels_below(float at, float extent, int count) {
    int first = int(floor(at));
    int last = first;
    if (extent > 1.0) {
        first = int(ceil(at - 0.5 * extent - 0.5));
        last = max(first, int(ceil(at + 0.5 * extent - 0.5)) - 1);
    }
    return clamp(ivec2(first, last), 0, count - 1);
}
#endif

// The value of the texel at a point, or the largest of those below the pixel; NaN where one is.
float value_at(sampler2D values, ivec2 base, ivec2 count, vec2 at, vec2 extent) {
#if POOLED
    ivec2 columns = texels_below(at.x, extent.x, count.x);
    ivec2 rows = texels_below(at.y, extent.y, count.y);
    float result = texelFetch(values, base + ivec2(columns.x, rows.x), 0).r;
    for (int row = rows.x; row <= rows.y; ++row) {
        for (int column = columns.x; column <= columns.y; ++column) {
            float value = texelFetch(values, base + ivec2(column, row), 0).r;
            if (is_no_number(value)) return value;
            result = max(result, value);
        }
    }
    return result;
#else
    return texelFetch(values, base + clamp(ivec2(floor(at)), ivec2(0), count - 1), 0).r;
#endif
}
