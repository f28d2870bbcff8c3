// As many multiply-adds as a thread can be made to do: 32 chains that do not wait for one another.
// What they are multiplied by is read, so that no compiler can work the sums out beforehand.
//
// The prologue (engine/gpu/device_peak.cpp) defines THREADS, STEPS and CHAINS (vectors of four).

layout(local_size_x = THREADS) in;

layout(std430, binding = 0) buffer Numbers { vec4 numbers[]; };

void main() {
    uint place = gl_GlobalInvocationID.x;
    vec4 factor = numbers[place], summand = factor * 0.5;
    vec4 chains[CHAINS];
    for (int c = 0; c < CHAINS; ++c) chains[c] = summand * float(c);
    for (int step = 0; step < STEPS; ++step) {
        for (int c = 0; c < CHAINS; ++c) chains[c] = chains[c] * factor + summand;
    }
    vec4 sum = vec4(0.0);
    for (int c = 0; c < CHAINS; ++c) sum += chains[c];
    numbers[place] = sum;
}
