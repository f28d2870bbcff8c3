// One instance a head: a rectangle of the screen showing one cell of the atlas.
layout(location = 0) in vec4 rectangle;  // left, top, right, bottom in pixels of the display
layout(location = 1) in vec4 source;     // left, top in the atlas; opacity; largest value

uniform vec4 display;    // left, top, width, height in the same pixels
uniform vec2 grid_size;  // cells of one head: columns, rows

out vec2 cell;
flat out vec2 cells_per_pixel;
flat out ivec2 atlas_origin;
flat out float opacity;
flat out float high;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 position = mix(rectangle.xy, rectangle.zw, corner);
    cell = corner * grid_size;
    cells_per_pixel = grid_size / (rectangle.zw - rectangle.xy);
    atlas_origin = ivec2(source.xy);
    opacity = source.z;
    high = source.w;
    vec2 device = (position - display.xy) / display.zw * 2.0 - 1.0;
    gl_Position = vec4(device.x, -device.y, 0.0, 1.0);
}
