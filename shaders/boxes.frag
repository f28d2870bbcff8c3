uniform float rounding;  // radius of the corners, pixels of the display
uniform float fringe;

in vec2 from_middle;
flat in vec2 half_size;
flat in vec4 box_colour;
out vec4 colour;

void main() {
    // From the edge, negative within.
    vec2 beyond = abs(from_middle) - half_size + rounding;
    float distance = length(max(beyond, 0.0)) + min(max(beyond.x, beyond.y), 0.0) - rounding;
    float covered = clamp(0.5 - 0.5 * distance / fringe, 0.0, 1.0);
    colour = vec4(box_colour.rgb, box_colour.a * covered);
}
