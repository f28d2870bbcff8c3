uniform sampler2D values;
uniform ivec2 cells;  // of one head: columns, rows
uniform float low;

in vec2 cell;
flat in vec2 cells_per_pixel;
flat in ivec2 atlas_origin;
flat in float opacity;
flat in float high;
out vec4 colour;

void main() {
    float value = value_at(values, atlas_origin, cells, cell, cells_per_pixel);
    colour = colour_of(value, low, high);
    colour.a *= opacity;
}
