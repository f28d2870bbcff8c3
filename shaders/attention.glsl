// What the shaders that make attention share: the tile of logits that a work group computes, and
// which cells the mask hides.
//
// A work group takes TILE queries against TILE keys at a time. Queries and keys come in words of
// four components (the upload pads head_dim to a multiple of four): neighbouring threads read
// neighbouring words, whole lines of memory. In shared memory the words of one component group lie
// side by side, so that neighbouring threads read neighbouring words there too, and the odd
// STRIDE keeps the banks apart while they are written.
//
// A thread holds CELLS x CELLS logits in registers: of the queries lane_y, lane_y + LANES, … and
// the keys lane_x, lane_x + LANES, …. So a row of threads looks at, and writes, neighbouring keys.
//
// For each word a thread reads eight words of shared memory and makes 64 multiply-adds. On a
// multiprocessor that reads 128 bytes and makes 128 multiply-adds a clock, shared memory is thus
// the bound, at about half of the peak; `fovea bench --gpu` says what a device reaches.
//
// Where all components of the queries fit shared memory beside a stretch of the keys', they are
// brought there once for all keys (QUERY_WORDS > 0); else stretch by stretch, together with the
// keys' (QUERY_WORDS is 0).
//
// The prologue (engine/gpu/score_layout.h) defines the constants and struct Job.

layout(local_size_x = LANES, local_size_y = LANES) in;

layout(std430, binding = JOBS_BINDING) readonly buffer Jobs { Job jobs[]; };
layout(std430, binding = MASKS_BINDING) readonly buffer Masks { uint mask_words[]; };
layout(std430, binding = QUERIES_BINDING) readonly buffer Queries { vec4 queries[]; };
layout(std430, binding = KEYS_BINDING) readonly buffer Keys { vec4 keys[]; };
layout(std430, binding = BIAS_BINDING) readonly buffer Bias { float bias[]; };

const int THREADS = LANES * LANES;
const int STRIDE = TILE + 1;
shared vec4 query_tile[(QUERY_WORDS > 0 ? QUERY_WORDS : KEY_WORDS) * STRIDE];  // [word, query]
shared vec4 key_tile[KEY_WORDS * STRIDE];                                      // [word, key]

// GLSL need not honour infinities, so "no logit yet" is a finite number below any that counts,
// and infinities and NaN go out as bits.
const float LOWEST = -3.0e38;
const float SMALLEST_EXPONENT = -87.0;  // exp of less is no normal float
const uint NEGATIVE_INFINITY = 0xff800000u;
const uint NOT_A_NUMBER = 0x7fc00000u;

int lane_x() { return int(gl_LocalInvocationID.x); }
int lane_y() { return int(gl_LocalInvocationID.y); }

float exponential(float exponent) {
    return exponent > SMALLEST_EXPONENT ? exp(exponent) : 0.0;
}

vec4 exponential(vec4 exponent) {
    return mix(vec4(0.0), exp(exponent), greaterThan(exponent, vec4(SMALLEST_EXPONENT)));
}

// This thread's queries of a tile.
ivec4 queries_from(int first_query) {
    return first_query + lane_y() + LANES * ivec4(0, 1, 2, 3);
}

int words_of(Job job) { return (job.head_dim + 3) / 4; }

void stage_queries(Job job, int first_query, int start, int count) {
    for (int i = int(gl_LocalInvocationIndex); i < count * TILE; i += THREADS) {
        int word = i % count, row = i / count, query = first_query + row;
        bool there = query < job.queries;
        int from = job.query_offset + query * words_of(job) + start + word;
        query_tile[word * STRIDE + row] = there ? queries[from] : vec4(0.0);
    }
}

void stage_keys(Job job, int first_key, int start, int count) {
    for (int i = int(gl_LocalInvocationIndex); i < count * TILE; i += THREADS) {
        int word = i % count, row = i / count, key = first_key + row;
        bool there = key < job.keys;
        int from = job.key_offset + key * words_of(job) + start + word;
        key_tile[word * STRIDE + row] = there ? keys[from] : vec4(0.0);
    }
}

// Before a block of queries is looked at.
void begin_queries(Job job, int first_query) {
#if QUERY_WORDS > 0
    barrier();
    stage_queries(job, first_query, 0, words_of(job));
#endif
}

// Scaled logits, bias included, of this thread's four queries against each of its CELLS keys. All
// threads of the work group come here together.
void make_logits(Job job, int first_query, int first_key, out vec4 logit[CELLS]) {
    for (int c = 0; c < CELLS; ++c) logit[c] = vec4(0.0);
    int words = words_of(job);
    for (int start = 0; start < words; start += KEY_WORDS) {
        int count = min(KEY_WORDS, words - start);
        barrier();
#if QUERY_WORDS > 0
        int query_start = start;
#else
        int query_start = 0;
        stage_queries(job, first_query, start, count);
#endif
        stage_keys(job, first_key, start, count);
        barrier();
        // Each stretch of components is summed by itself: the rounding error grows with the length
        // of a stretch, not with head_dim.
        vec4 part[CELLS];
        for (int c = 0; c < CELLS; ++c) part[c] = vec4(0.0);
        for (int word = 0; word < count; ++word) {
            int place = (query_start + word) * STRIDE + lane_y();
            mat4 q = mat4(query_tile[place], query_tile[place + LANES],
                          query_tile[place + 2 * LANES], query_tile[place + 3 * LANES]);
            for (int c = 0; c < CELLS; ++c) {
                part[c] += key_tile[word * STRIDE + lane_x() + LANES * c] * q;
            }
        }
        for (int c = 0; c < CELLS; ++c) logit[c] += part[c];
    }
    for (int c = 0; c < CELLS; ++c) {
        logit[c] *= job.scale;
        int key = first_key + lane_x() + LANES * c;
        if (job.bias_offset < 0 || key >= job.keys) continue;
        ivec4 place = job.bias_offset + key - min(queries_from(first_query), job.queries - 1) +
                      job.queries - 1;
        logit[c] += vec4(bias[place.x], bias[place.y], bias[place.z], bias[place.w]);
    }
}

bool bit_set(int words, int index) {
    return ((mask_words[words + (index >> 5)] >> uint(index & 31)) & 1u) != 0u;
}

// Which of four queries are there and not blocked as a whole: 1 or 0.
uvec4 open_queries(Job job, ivec4 query) {
    uvec4 open = uvec4(lessThan(query, ivec4(job.queries)));
    if (job.blocked_queries >= 0) {
        for (int r = 0; r < CELLS; ++r) {
            if (open[r] != 0u && bit_set(job.blocked_queries, query[r])) open[r] = 0u;
        }
    }
    return open;
}

// Of four queries, which see this key? 1 or 0.
uvec4 visible(Job job, ivec4 query, uvec4 open, int key) {
    if (key >= job.keys || (job.blocked_keys >= 0 && bit_set(job.blocked_keys, key))) {
        return uvec4(0u);
    }
    uvec4 seen = open;
    if (job.causal != 0) seen &= uvec4(greaterThanEqual(query, ivec4(key)));
    if (job.window > 0) seen &= uvec4(lessThan(abs(query - key), ivec4(job.window)));
    int column = (key >> 5) - job.painted_column;
    if (job.painted >= 0 && column >= 0 && column < job.painted_columns) {
        for (int r = 0; r < CELLS; ++r) {
            int row = query[r] - job.painted_row;
            if (row < 0 || row >= job.painted_rows) continue;
            uint word = mask_words[job.painted + row * job.painted_columns + column];
            if (((word >> uint(key & 31)) & 1u) != 0u) seen[r] = 0u;
        }
    }
    return seen;
}

// Whether the rule leaves any cell of queries [first_query, end_query) and keys [first_key,
// end_key). The same for all threads of a work group.
bool any_visible(Job job, int first_query, int end_query, int first_key, int end_key) {
    if (job.causal != 0 && first_key >= end_query) return false;
    if (job.window <= 0) return true;
    return first_key < end_query + job.window - 1 && first_query < end_key + job.window - 1;
}
