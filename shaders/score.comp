// Attention of one head (work group z) for a block of TILE queries (work group x).
//
// Pass 0 runs over tiles of keys with a running softmax (Milakov & Gimelshein 2018, "Online
// normalizer calculation for softmax"): each thread keeps for its part of a row the largest logit,
// the sum of weights and the sum of weight times exponent, and the threads of a row merge theirs at
// the end. Pass 1 computes the same logits again and writes weights. One loop serves both passes
// and threads take rows one after another: the less code, the sooner a driver has compiled it.
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

// A column more than needed keeps shared memory's banks apart.
const int STRIDE = LANES + 1;
const int ROW_LANES = LANES * LANES / TILE;  // threads that share a row of logits
shared vec4 query_tile[DEPTH * STRIDE];      // [component, four queries]
shared vec4 key_tile[DEPTH * STRIDE];        // [component, four keys]
shared vec4 logit_tile[TILE * STRIDE];       // [query, four keys]
shared vec4 partial_rows[TILE * ROW_LANES];  // [query, thread] of struct Row

struct Row {
    float largest;  // logit
    float sum;      // of weights, as long as the largest logit's is 1
    float moment;   // sum of weight times exponent
    bool broken;    // a logit was +infinity or no number
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

// Takes four logits into a row. -infinity is a weight of zero; +infinity and NaN spoil the row.
void absorb(inout Row row, vec4 logit, bvec4 seen, float inverse_temperature) {
    uvec4 bits = floatBitsToUint(logit);
    uvec4 visible_bits = uvec4(seen);
    uvec4 finite = uvec4(notEqual(bits & 0x7f800000u, uvec4(0x7f800000u)));
    uvec4 zero = uvec4(equal(bits, uvec4(NEGATIVE_INFINITY)));
    row.broken = row.broken || any(equal(visible_bits & (1u - (finite | zero)), uvec4(1u)));
    bvec4 counts = equal(visible_bits & finite, uvec4(1u));
    vec4 known = mix(vec4(LOWEST), logit, counts);
    float largest = max(max(known.x, known.y), max(known.z, known.w));
    if (largest > row.largest) raise(row, largest, inverse_temperature);
    vec4 exponent = exponent_of(known - row.largest, inverse_temperature);
    vec4 weight = mix(vec4(0.0), exponential(exponent), counts);
    row.sum += dot(weight, vec4(1.0));
    row.moment += dot(weight, exponent);
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
    uvec4 seen = uvec4(greaterThanEqual(key, ivec4(first)));
    seen &= uvec4(lessThanEqual(key, ivec4(last)));
    return equal(seen & (1u - bits), uvec4(1u));
}

// A component of a query or key; zero beyond the last.
float query_at(Job job, int query, int component) {
    return query < job.queries ? queries[job.query_offset + query * job.head_dim + component] : 0.0;
}

float key_at(Job job, int key, int component) {
    return key < job.keys ? keys[job.key_offset + key * job.head_dim + component] : 0.0;
}

// Brings components from `start` on of a block of queries and of a tile of keys to shared memory.
void stage(Job job, int first_query, int first_key, int start, int components) {
    for (int i = int(gl_LocalInvocationIndex); i < DEPTH * LANES; i += LANES * LANES) {
        int component = i % DEPTH, group = i / DEPTH;
        if (component >= components) continue;
        int place = component * STRIDE + group, from = start + component;
        int q = first_query + group * CELLS, k = first_key + group * CELLS;
        query_tile[place] = vec4(query_at(job, q, from), query_at(job, q + 1, from),
                                 query_at(job, q + 2, from), query_at(job, q + 3, from));
        key_tile[place] = vec4(key_at(job, k, from), key_at(job, k + 1, from),
                               key_at(job, k + 2, from), key_at(job, k + 3, from));
    }
}

// Merges what the threads of one row found, from `first` on in partial_rows, writes the row's
// results and leaves there what pass 1 needs: the largest logit and the reciprocal of the sum.
void finish_row(Job job, int query, int first) {
    float largest = LOWEST;
    for (int lane = 0; lane < ROW_LANES; ++lane) {
        largest = max(largest, partial_rows[first + lane].x);
    }
    float sum = 0.0, moment = 0.0, broken = 0.0;
    for (int lane = 0; lane < ROW_LANES; ++lane) {
        vec4 part = partial_rows[first + lane];
        float shift = exponent_of(part.x - largest, job.inverse_temperature);
        float factor = exponential(shift);
        sum += factor * part.y;
        moment += factor * (part.z + shift * part.y);
        broken = max(broken, part.w);
    }
    uvec2 bits = uvec2(NEGATIVE_INFINITY, NOT_A_NUMBER);
    float reciprocal = 0.0;
    if (sum > 0.0) {
        float log_sum = log(sum);
        reciprocal = 1.0 / sum;
        bits = floatBitsToUint(vec2(largest * job.inverse_temperature + log_sum,
                                    max(log_sum - moment * reciprocal, 0.0)));
    }
    if (broken > 0.0) bits = uvec2(NOT_A_NUMBER);
    if (query < job.queries) rows[job.row_offset + query] = bits;
    partial_rows[first] = vec4(largest, reciprocal, 0.0, broken);
}

void write_weight(Job job, int query, int key, float weight) {
#if LAYERED
    imageStore(target, ivec3(key, query, job.target_layer), vec4(weight));
#else
    imageStore(target, ivec2(key, query), vec4(weight));
#endif
}

void main() {
    Job job = jobs[gl_WorkGroupID.z];
    int lane_x = int(gl_LocalInvocationID.x), lane_y = int(gl_LocalInvocationID.y);
    int thread = int(gl_LocalInvocationIndex);
    int first_query = int(gl_WorkGroupID.x) * TILE;
    // Its row of logits; products it makes for CELLS x CELLS cells at (lane_y, lane_x).
    int line = thread / ROW_LANES, row_lane = thread % ROW_LANES;
    int query = first_query + line;

    // Tiles of keys that the rule leaves to any query of this block.
    int tiles = (job.keys + TILE - 1) / TILE;
    int first_tile = 0, end_tile = tiles;
    int last_query = min(first_query + TILE, job.queries) - 1;
    if (job.causal != 0) end_tile = min(end_tile, last_query / TILE + 1);
    if (job.window > 0) {
        first_tile = max(first_query - job.window + 1, 0) / TILE;
        end_tile = min(end_tile, (last_query + job.window - 1) / TILE + 1);
    }

    Row row = EMPTY_ROW;

    int passes = job.write_weights != 0 ? 2 : 1;
    for (int pass = 0; pass < passes; ++pass) {
        int begin = pass == 0 ? first_tile : 0;
        int end = pass == 0 ? end_tile : tiles;
        for (int tile = begin; tile < end; ++tile) {
            vec4 logit[CELLS];  // [rows], four keys each
            for (int r = 0; r < CELLS; ++r) logit[r] = vec4(0.0);

            if (tile >= first_tile && tile < end_tile) {
                for (int start = 0; start < job.head_dim; start += DEPTH) {
                    int components = min(DEPTH, job.head_dim - start);
                    barrier();
                    stage(job, first_query, tile * TILE, start, components);
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

            barrier();
            for (int r = 0; r < CELLS; ++r) {
                logit_tile[(lane_y * CELLS + r) * STRIDE + lane_x] = logit[r];
            }
            barrier();

            int stop = min(tile * TILE + TILE, job.keys);
            for (int key = tile * TILE + row_lane * CELLS; key < stop; key += CELLS * ROW_LANES) {
                int cells = query < job.queries ? min(CELLS, job.keys - key) : 0;
                vec4 value = logit_tile[line * STRIDE + (key % TILE) / CELLS] * job.scale;
                if (job.bias_offset >= 0) {
                    int distance = job.bias_offset + key - query + job.queries - 1;
                    for (int c = 0; c < cells; ++c) value[c] += bias[distance + c];
                }
                bvec4 seen = visible(job, query, key);
                if (pass == 0) {
                    absorb(row, value, seen, job.inverse_temperature);
                } else {
                    vec4 exponent = exponent_of(value - row.largest, job.inverse_temperature);
                    vec4 weight = exponential(exponent) * row.sum;
                    if (row.broken) weight = uintBitsToFloat(uvec4(NOT_A_NUMBER));
                    weight = mix(vec4(job.hidden_weight), weight, seen);
                    for (int c = 0; c < cells; ++c) write_weight(job, query, key + c, weight[c]);
                }
            }
        }

        if (pass == 0) {
            partial_rows[thread] = vec4(row.largest, row.sum, row.moment, row.broken ? 1.0 : 0.0);
            barrier();
            if (row_lane == 0) finish_row(job, query, thread);
            barrier();
            vec4 whole = partial_rows[thread - row_lane];
            row = Row(whole.x, whole.y, whole.z, whole.w > 0.0);
        }
    }
}
