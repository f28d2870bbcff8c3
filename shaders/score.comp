// Attention of one head (work group z) for a block of TILE queries (work group x).
//
// Pass 0 runs over the keys with a running softmax (Milakov & Gimelshein 2018, "Online normalizer
// calculation for softmax"): each thread keeps for its rows the largest logit, the sum of weights
// and the sum of weight times exponent, and the threads of a row merge theirs at the end. Pass 1
// computes the same logits again and writes weights. Logits never leave the registers.
//
// Logits stay undivided by the temperature until the row's largest is taken off: a difference of
// near logits is exact, while logit / 0.05 would have lost digits that the weights show.
//
// The prologue (engine/gpu/score_layout.h) defines the constants and struct Job.

layout(local_size_x = LANES, local_size_y = LANES) in;

layout(std430, binding = JOBS_BINDING) readonly buffer Jobs { Job jobs[]; };
layout(std430, binding = MASKS_BINDING) readonly buffer Masks { uint mask_words[]; };
layout(std430, binding = QUERIES_BINDING) readonly buffer Queries { float queries[]; };
layout(std430, binding = KEYS_BINDING) readonly buffer Keys { float keys[]; };
layout(std430, binding = BIAS_BINDING) readonly buffer Bias { float bias[]; };
layout(std430, binding = ROWS_BINDING) writeonly buffer Rows { uvec2 rows[]; };  // bits of floats
#if LAYERED
layout(r32f, binding = 0) writeonly uniform image2DArray target;
#else
layout(r32f, binding = 0) writeonly uniform image2D target;
#endif

// GLSL need not honour infinities, so "no logit yet" is a finite number below any that counts,
// and infinities and NaN go out as bits.
const float LOWEST = -3.0e38;
const float SMALLEST_EXPONENT = -87.0;  // exp of less is no normal float
const uint NEGATIVE_INFINITY = 0xff800000u;
const uint NOT_A_NUMBER = 0x7fc00000u;

// [component][four rows or keys]; a column more than needed keeps shared memory's banks apart.
const int STRIDE = LANES + 1;
shared vec4 query_tile[DEPTH * STRIDE];
shared vec4 key_tile[DEPTH * STRIDE];
shared vec4 partial_rows[TILE * LANES];

// largest logit, sum of weights, sum of weight * exponent, and whether a logit was no number
struct Row {
    float largest;
    float sum;
    float moment;
    bool broken;
};

const Row EMPTY_ROW = Row(LOWEST, 0.0, 0.0, false);

float exponential(float exponent) {
    return exponent > SMALLEST_EXPONENT ? exp(exponent) : 0.0;
}

vec4 exponential(vec4 exponent) {
    return mix(vec4(0.0), exp(exponent), greaterThan(exponent, vec4(SMALLEST_EXPONENT)));
}

// (logit - largest) / temperature, kept finite.
float exponent_of(float difference, float inverse_temperature) {
    return max(difference * inverse_temperature, SMALLEST_EXPONENT - 1.0);
}

vec4 exponent_of(vec4 difference, float inverse_temperature) {
    return max(difference * inverse_temperature, vec4(SMALLEST_EXPONENT - 1.0));
}

// Moves a row's sums from its own largest logit to a larger one.
void raise(inout Row row, float largest, float inverse_temperature) {
    if (row.sum > 0.0) {
        float shift = exponent_of(row.largest - largest, inverse_temperature);
        float factor = exponential(shift);
        row.moment = factor * (row.moment + shift * row.sum);
        row.sum *= factor;
    }
    row.largest = largest;
}

bool bit_set(int words, int index) {
    return ((mask_words[words + (index >> 5)] >> uint(index & 31)) & 1u) != 0u;
}

// Of four keys from a multiple of four on: which does the query see?
bvec4 visible(Job job, int query, int first_key) {
    ivec4 key = first_key + ivec4(0, 1, 2, 3);
    bool row_seen =
        query < job.queries && !(job.blocked_queries >= 0 && bit_set(job.blocked_queries, query));
    int last = job.causal != 0 ? min(query, job.keys - 1) : job.keys - 1;
    int first = 0;
    if (job.window > 0) {
        first = query - job.window + 1;
        last = min(last, query + job.window - 1);
    }
    if (!row_seen) last = -1;

    uint hidden = 0u;
    int word = first_key >> 5;
    if (job.blocked_keys >= 0 && first_key < job.keys) hidden = mask_words[job.blocked_keys + word];
    if (job.painted >= 0) {
        int row = query - job.painted_row;
        int column = word - job.painted_column;
        if (row >= 0 && row < job.painted_rows && column >= 0 && column < job.painted_columns) {
            hidden |= mask_words[job.painted + row * job.painted_columns + column];
        }
    }
    uvec4 bits = (uvec4(hidden) >> (uvec4(first_key & 31) + uvec4(0, 1, 2, 3))) & 1u;
    uvec4 seen = uvec4(greaterThanEqual(key, ivec4(first))) & uvec4(lessThanEqual(key, ivec4(last)));
    return equal(seen & (1u - bits), uvec4(1u));
}

// Four rows' component `component`, zeros beyond the ends.
#define GATHER(buffer_name, offset, first_row, rows_end, component)                            \
    vec4(                                                                                      \
        first_row + 0 < rows_end ? buffer_name[offset + (first_row + 0) * depth + component] : 0.0, \
        first_row + 1 < rows_end ? buffer_name[offset + (first_row + 1) * depth + component] : 0.0, \
        first_row + 2 < rows_end ? buffer_name[offset + (first_row + 2) * depth + component] : 0.0, \
        first_row + 3 < rows_end ? buffer_name[offset + (first_row + 3) * depth + component] : 0.0)

void main() {
    Job job = jobs[gl_WorkGroupID.z];
    int lane_x = int(gl_LocalInvocationID.x), lane_y = int(gl_LocalInvocationID.y);
    int thread = int(gl_LocalInvocationIndex);
    int depth = job.head_dim;
    int first_query = int(gl_WorkGroupID.x) * TILE;
    int query = first_query + lane_y * CELLS;

    // Tiles of keys that the rule leaves to any query of this block.
    int tiles = (job.keys + TILE - 1) / TILE;
    int first_tile = 0, end_tile = tiles;
    int last_query = min(first_query + TILE, job.queries) - 1;
    if (job.causal != 0) end_tile = min(end_tile, last_query / TILE + 1);
    if (job.window > 0) {
        first_tile = max(first_query - job.window + 1, 0) / TILE;
        // Written so that no window, however wide, overflows.
        if (job.window < job.keys) {
            end_tile = min(end_tile, (last_query + job.window - 1) / TILE + 1);
        }
    }

    Row row[CELLS];
    for (int r = 0; r < CELLS; ++r) row[r] = EMPTY_ROW;

    int passes = job.write_weights != 0 ? 2 : 1;
    for (int pass = 0; pass < passes; ++pass) {
        int begin = pass == 0 ? first_tile : 0;
        int end = pass == 0 ? end_tile : tiles;
        for (int tile = begin; tile < end; ++tile) {
            int key = tile * TILE + lane_x * CELLS;
            vec4 logit[CELLS];  // [rows], four keys each
            for (int r = 0; r < CELLS; ++r) logit[r] = vec4(0.0);

            if (tile >= first_tile && tile < end_tile) {
                for (int start = 0; start < depth; start += DEPTH) {
                    int components = min(DEPTH, depth - start);
                    barrier();
                    for (int i = thread; i < DEPTH * LANES; i += LANES * LANES) {
                        int component = i % DEPTH, group = i / DEPTH;
                        if (component < components) {
                            int q = first_query + group * CELLS, k = tile * TILE + group * CELLS;
                            query_tile[component * STRIDE + group] =
                                GATHER(queries, job.query_offset, q, job.queries, start + component);
                            key_tile[component * STRIDE + group] =
                                GATHER(keys, job.key_offset, k, job.keys, start + component);
                        }
                    }
                    barrier();
                    // Each stretch of components is summed by itself: the rounding error grows
                    // with the length of a stretch, not with head_dim.
                    vec4 part[CELLS];
                    for (int r = 0; r < CELLS; ++r) part[r] = vec4(0.0);
                    for (int component = 0; component < components; ++component) {
                        vec4 q = query_tile[component * STRIDE + lane_y];
                        vec4 k = key_tile[component * STRIDE + lane_x];
                        for (int r = 0; r < CELLS; ++r) part[r] += q[r] * k;
                    }
                    for (int r = 0; r < CELLS; ++r) logit[r] += part[r];
                }
            }

            for (int r = 0; r < CELLS; ++r) {
                bvec4 seen = visible(job, query + r, key);
                vec4 value = logit[r] * job.scale;
                if (job.bias_offset >= 0) {
                    int last = job.queries + job.keys - 2;
                    ivec4 distance = ivec4(key - query - r + job.queries - 1) + ivec4(0, 1, 2, 3);
                    distance = clamp(distance, ivec4(0), ivec4(last)) + job.bias_offset;
                    value += vec4(bias[distance.x], bias[distance.y], bias[distance.z],
                                  bias[distance.w]);
                }
                if (pass == 0) {
                    // A logit of -infinity is a weight of zero; +infinity and NaN spoil the row.
                    uvec4 bits = floatBitsToUint(value);
                    uvec4 finite = uvec4(notEqual(bits & 0x7f800000u, uvec4(0x7f800000u)));
                    uvec4 zero = uvec4(equal(bits, uvec4(NEGATIVE_INFINITY)));
                    if (any(equal(uvec4(seen) & (1u - finite) & (1u - zero), uvec4(1u)))) {
                        row[r].broken = true;
                    }
                    bvec4 counts = equal(uvec4(seen) & finite, uvec4(1u));
                    vec4 known = mix(vec4(LOWEST), value, counts);
                    float largest = max(max(known.x, known.y), max(known.z, known.w));
                    if (largest > row[r].largest) {
                        raise(row[r], largest, job.inverse_temperature);
                    }
                    vec4 exponent =
                        exponent_of(known - row[r].largest, job.inverse_temperature);
                    vec4 weight = mix(vec4(0.0), exponential(exponent), counts);
                    row[r].sum += dot(weight, vec4(1.0));
                    row[r].moment += dot(weight, exponent);
                } else if (query + r < job.queries) {
                    vec4 exponent = exponent_of(value - row[r].largest, job.inverse_temperature);
                    vec4 weight = exponential(exponent) * row[r].sum;
                    if (row[r].broken) weight = uintBitsToFloat(uvec4(NOT_A_NUMBER));
                    weight = mix(vec4(job.hidden_weight), weight, seen);
                    for (int c = 0; c < CELLS; ++c) {
                        if (key + c < job.keys) {
#if LAYERED
                            imageStore(target, ivec3(key + c, query + r, job.target_layer),
                                       vec4(weight[c]));
#else
                            imageStore(target, ivec2(key + c, query + r), vec4(weight[c]));
#endif
                        }
                    }
                }
            }
        }

        if (pass == 0) {
            for (int r = 0; r < CELLS; ++r) {
                partial_rows[(lane_y * CELLS + r) * LANES + lane_x] =
                    vec4(row[r].largest, row[r].sum, row[r].moment, row[r].broken ? 1.0 : 0.0);
            }
            barrier();
            for (int r = 0; r < CELLS; ++r) {
                Row whole = EMPTY_ROW;
                for (int lane = 0; lane < LANES; ++lane) {
                    vec4 stored = partial_rows[(lane_y * CELLS + r) * LANES + lane];
                    Row part = Row(stored.x, stored.y, stored.z, stored.w > 0.0);
                    if (part.largest > whole.largest) {
                        raise(whole, part.largest, job.inverse_temperature);
                    } else {
                        raise(part, whole.largest, job.inverse_temperature);
                    }
                    whole.sum += part.sum;
                    whole.moment += part.moment;
                    whole.broken = whole.broken || part.broken;
                }
                if (lane_x == 0 && query + r < job.queries) {
                    uvec2 bits = uvec2(NEGATIVE_INFINITY, NOT_A_NUMBER);
                    if (whole.broken) {
                        bits = uvec2(NOT_A_NUMBER);
                    } else if (whole.sum > 0.0) {
                        float log_sum = log(whole.sum);
                        float entropy = max(log_sum - whole.moment / whole.sum, 0.0);
                        float log_sum_exp = whole.largest * job.inverse_temperature + log_sum;
                        bits = floatBitsToUint(vec2(log_sum_exp, entropy));
                    }
                    rows[job.row_offset + query + r] = bits;
                }
                // From here on the reciprocal: pass 1 multiplies.
                whole.sum = whole.sum > 0.0 ? 1.0 / whole.sum : 0.0;
                row[r] = whole;
            }
        }
    }
}
