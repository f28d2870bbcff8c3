uniform sampler2D values;
uniform ivec2 texels;       // columns, rows of the texture in use
uniform vec2 texel_origin;  // where texel (0, 0) begins, pixels of the display
uniform vec2 texel_size;    // pixels
uniform float low;
uniform float high;
uniform float gap_width;  // pixels; drawn at the right and below of every texel
uniform vec4 gap_colour;

in vec2 position;
out vec4 colour;

void main() {
    vec2 at = (position - texel_origin) / texel_size;
    float value = value_at(values, ivec2(0), texels, at, 1.0 / texel_size);
    colour = colour_of(value, low, high);
    if (gap_width > 0.0) {
        vec2 beyond = (position + gap_width - texel_origin) / texel_size;
        if (floor(beyond) != floor(at)) colour = gap_colour;
    }
}
