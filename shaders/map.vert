uniform vec4 rectangle;  // left, top, right, bottom in pixels of the display
uniform vec4 display;    // left, top, width, height in the same pixels

out vec2 position;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    position = mix(rectangle.xy, rectangle.zw, corner);
    vec2 device = (position - display.xy) / display.zw * 2.0 - 1.0;
    gl_Position = vec4(device.x, -device.y, 0.0, 1.0);
}
