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
    ivec2 columns = texels_below(cell.x, cells_per_pixel.x, cells.x);
    ivec2 rows = texels_below(cell.y, cells_per_pixel.y, cells.y);
    float value = largest(values, atlas_origin, columns, rows);
    colour = colour_of(value, low, high);
    colour.a *= opacity;
}
