// One instance a box with rounded corners, of one colour.
layout(location = 0) in vec4 rectangle;  // left, top, right, bottom in pixels of the display
layout(location = 1) in vec4 fill;

uniform vec4 display;  // left, top, width, height in the same pixels
uniform float fringe;  // half a pixel of the framebuffer, in pixels of the display

out vec2 from_middle;
flat out vec2 half_size;
flat out vec4 box_colour;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    half_size = 0.5 * (rectangle.zw - rectangle.xy);
    from_middle = (2.0 * corner - 1.0) * (half_size + fringe);
    box_colour = fill;
    vec2 position = 0.5 * (rectangle.xy + rectangle.zw) + from_middle;
    vec2 device = (position - display.xy) / display.zw * 2.0 - 1.0;
    gl_Position = vec4(device.x, -device.y, 0.0, 1.0);
}
