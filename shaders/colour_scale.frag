// Values to colours, shared by everything that draws attention; app/render/colour_scale.cpp says
// the same for the CPU.

uniform sampler2D colour_table;  // 256 colours a row
uniform int table_row;
uniform int diverging;    // low .. 0 .. high around the middle of the table
uniform int logarithmic;  // from high * logarithmic_floor up
uniform vec4 hidden_colour;
uniform float hidden_below;  // values below it stand for hidden cells

const float logarithmic_floor = 1.0e-4;
const vec4 undefined_colour = vec4(230.0, 0.0, 120.0, 255.0) / 255.0;

float logarithmic_share(float value, float high) {
    float lowest = high * logarithmic_floor;
    return log(max(value, lowest) / lowest) / log(1.0 / logarithmic_floor);
}

vec4 colour_of(float value, float low, float high) {
    if (isnan(value)) return undefined_colour;
    if (value < hidden_below) return hidden_colour;
    float position = 0.0;
    if (diverging != 0) {
        float size = 0.0;
        if (high > 0.0)
            size = logarithmic != 0 ? logarithmic_share(abs(value), high) : abs(value) / high;
        position = 0.5 + 0.5 * (value < 0.0 ? -size : size);
    } else if (logarithmic != 0 && high > 0.0 && low >= 0.0) {
        position = logarithmic_share(value, high);
    } else if (high > low) {
        position = (value - low) / (high - low);
    }
    int index = int(clamp(position, 0.0, 1.0) * 255.0 + 0.5);
    return texelFetch(colour_table, ivec2(index, table_row), 0);
}

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

// The largest value of a block of texels; NaN where one is.
float largest(sampler2D values, ivec2 base, ivec2 columns, ivec2 rows) {
    float result = texelFetch(values, base + ivec2(columns.x, rows.x), 0).r;
    for (int row = rows.x; row <= rows.y; ++row) {
        for (int column = columns.x; column <= columns.y; ++column) {
            float value = texelFetch(values, base + ivec2(column, row), 0).r;
            if (isnan(value)) return value;
            result = max(result, value);
        }
    }
    return result;
}
