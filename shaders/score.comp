// Attention of one head (work group z) for a block of TILE queries (work group x).
//
// Pass 0 runs over tiles of keys with a running softmax (Milakov & Gimelshein 2018, "Online
// normalizer calculation for softmax"): each thread keeps for its part of a row the largest logit,
// the sum of weights and the sum of weight times exponent, and the threads of a row merge theirs at
// the end. Pass 1 computes the same logits again and writes weights. One loop serves both passes:
// the less code, the sooner a driver has compiled it.
//
// Logits stay undivided by the temperature until the row's largest is taken off: a difference of
// near logits is exact, while logit / 0.05 would have lost digits that the weights show.
//
// Weights go from registers to the texture one float a store, because R32F is what the maps are
// drawn from and an image has no wider store for it. The stores are wide all the same: LANES
// neighbouring threads write LANES neighbouring texels of a row, 32 or 64 bytes that the hardware
// merges. A detour through shared memory or a buffer of vec4 would write the same lines of memory
// and one copy more.

layout(std430, binding = ROWS_BINDING) writeonly buffer Rows { uvec2 rows[]; };  // bits of floats
#if LAYERED
layout(r32f, binding = 0) writeonly uniform image2DArray target;
#else
layout(r32f, binding = 0) writeonly uniform image2D target;
#endif

shared vec4 row_results[TILE];  // largest logit, reciprocal of the sum, -, broken

// Four rows, as far as this thread has seen them.
struct FourRows {
    vec4 largest;  // logit
    vec4 sum;      // of weights, as long as the largest logit's is 1
    vec4 moment;   // sum of weight times exponent
    uvec4 broken;  // a logit was +infinity or no number
};

// (logit - largest) / temperature, kept finite.
float exponent_of(float difference, float inverse_temperature) {
    return max(difference * inverse_temperature, SMALLEST_EXPONENT - 1.0);
}

vec4 exponent_of(vec4 difference, float inverse_temperature) {
    return max(difference * inverse_temperature, vec4(SMALLEST_EXPONENT - 1.0));
}

// Which logits count: seen and finite. -infinity is a weight of zero; +infinity and NaN spoil the
// row.
bvec4 counted(inout FourRows rows, vec4 logit, uvec4 seen) {
    uvec4 bits = floatBitsToUint(logit);
    uvec4 finite = uvec4(notEqual(bits & 0x7f800000u, uvec4(0x7f800000u)));
    uvec4 zero = uvec4(equal(bits, uvec4(NEGATIVE_INFINITY)));
    rows.broken |= seen & (1u - (finite | zero));
    return equal(seen & finite, uvec4(1u));
}

// Takes logits of CELLS keys into the rows: first the largest, then, with the sums moved to it,
// the weights.
void absorb(inout FourRows rows, vec4 logit[CELLS], uvec4 seen[CELLS], float inverse_temperature) {
    vec4 largest = rows.largest;
    for (int c = 0; c < CELLS; ++c) {
        logit[c] = mix(vec4(LOWEST), logit[c], counted(rows, logit[c], seen[c]));
        largest = max(largest, logit[c]);
    }
    if (any(greaterThan(largest, rows.largest))) {
        vec4 shift = exponent_of(rows.largest - largest, inverse_temperature);
        vec4 factor = exponential(shift);
        rows.moment = factor * (rows.moment + shift * rows.sum);
        rows.sum *= factor;
        rows.largest = largest;
    }
    for (int c = 0; c < CELLS; ++c) {
        vec4 exponent = exponent_of(logit[c] - largest, inverse_temperature);
        vec4 weight = mix(vec4(0.0), exponential(exponent), greaterThan(logit[c], vec4(LOWEST)));
        rows.sum += weight;
        rows.moment += weight * exponent;
    }
}

// Merges what the threads of one row left in key_tile from `first` on, writes the row's results and
// leaves for pass 1 the largest logit and the reciprocal of the sum.
void finish_row(Job job, int query, int first, int row) {
    float largest = LOWEST;
    for (int lane = 0; lane < LANES; ++lane) largest = max(largest, key_tile[first + lane].x);
    float sum = 0.0, moment = 0.0, broken = 0.0;
    for (int lane = 0; lane < LANES; ++lane) {
        vec4 part = key_tile[first + lane];
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
    row_results[row] = vec4(largest, reciprocal, 0.0, broken);
}

// The keys are done with: their tile is where threads hand their rows over, LANES rows a round.
void finish_rows(Job job, int first_query, FourRows mine) {
    for (int r = 0; r < CELLS; ++r) {
        barrier();
        key_tile[lane_y() * LANES + lane_x()] =
            vec4(mine.largest[r], mine.sum[r], mine.moment[r], mine.broken[r] != 0u ? 1.0 : 0.0);
        barrier();
        int row = lane_y() + LANES * r;
        if (lane_x() == 0) finish_row(job, first_query + row, lane_y() * LANES, row);
    }
    barrier();
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
    int first_query = job.first_query + int(gl_WorkGroupID.x) * TILE;
    int end_query = min(first_query + TILE, job.queries);
    ivec4 query = queries_from(first_query);
    uvec4 open = open_queries(job, query);
    FourRows mine = FourRows(vec4(LOWEST), vec4(0.0), vec4(0.0), uvec4(0u));
    begin_queries(job, first_query);

    int passes = job.write_weights != 0 ? 2 : 1;
    for (int pass = 0; pass < passes; ++pass) {
        for (int first_key = 0; first_key < job.keys; first_key += TILE) {
            bool any = any_visible(job, first_query, end_query, first_key,
                                   min(first_key + TILE, job.keys));
            if (!any && pass == 0) continue;
            vec4 logit[CELLS];
            uvec4 seen[CELLS];
            for (int c = 0; c < CELLS; ++c) {
                logit[c] = vec4(0.0);
                seen[c] = uvec4(0u);
            }
            if (any) {
                make_logits(job, first_query, first_key, logit);
                for (int c = 0; c < CELLS; ++c) {
                    seen[c] = visible(job, query, open, first_key + lane_x() + LANES * c);
                }
            }
            if (pass == 0) {
                absorb(mine, logit, seen, job.inverse_temperature);
                continue;
            }
            for (int c = 0; c < CELLS; ++c) {
                int key = first_key + lane_x() + LANES * c;
                vec4 exponent = exponent_of(logit[c] - mine.largest, job.inverse_temperature);
                vec4 weight = exponential(exponent) * mine.sum;
                weight = mix(weight, uintBitsToFloat(uvec4(NOT_A_NUMBER)),
                             notEqual(mine.broken, uvec4(0u)));
                weight = mix(vec4(job.hidden_weight), weight, equal(seen[c], uvec4(1u)));
                for (int r = 0; r < CELLS; ++r) {
                    if (query[r] < job.queries && key < job.keys) {
                        write_weight(job, query[r], key, weight[r]);
                    }
                }
            }
        }

        if (pass == 0) {
            finish_rows(job, first_query, mine);
            for (int r = 0; r < CELLS; ++r) {
                vec4 whole = row_results[lane_y() + LANES * r];
                mine.largest[r] = whole.x;
                mine.sum[r] = whole.y;  // its reciprocal, from here on
                mine.broken[r] = whole.w > 0.0 ? 1u : 0u;
            }
        }
    }
}
