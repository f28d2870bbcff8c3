// A part of one head's map at screen resolution: a work group makes a block of cells, of `cell_rows`
// rows (work group y) and `cell_columns` columns (work group x), from the queries and keys that lie
// in them and the rows' largest logits and log-sums. Weights live for one tile; the map is nowhere held whole.
//
// Every weight is made once, whatever the pooling, so no isolated peak is lost. Each tile is folded
// in two steps, keys into cells row by row and rows into cells at the end; every number has one
// thread that writes it, and sums come out the same every time.

layout(std430, binding = LOG_SUMS_BINDING) readonly buffer LogSums { vec2 log_sums[]; };  // largest logit, log-sum
layout(std430, binding = EDGES_BINDING) readonly buffer Edges { int edges[]; };
layout(std430, binding = AREA_BINDING) readonly buffer Areas { Area areas[]; };
layout(r32f, binding = 0) writeonly uniform image2D target;

// A weight, and what folding makes of weights, as one float: below zero while nothing visible has
// come, far above any sum where something was no number.
const float NOTHING = -1.0;
const float BROKEN = 1.0e30;

shared float weights[TILE * STRIDE];  // [query, key] of the tile
shared float cells[TILE * TILE];      // [query, cell column]

float fold(float folded, float value, int largest) {
    if (value < 0.0) return folded;
    if (folded < 0.0) return value;
    return largest != 0 ? max(folded, value) : folded + value;
}

// exp((logit - largest) / temperature - log-sum). No number where any of them is none.
float weight_of(float logit, vec2 row, float inverse_temperature) {
    uint bits = floatBitsToUint(row.x);
    if (bits == NEGATIVE_INFINITY) return 0.0;
    if ((bits & 0x7f800000u) == 0x7f800000u) return BROKEN;
    bits = floatBitsToUint(row.y);
    if ((bits & 0x7f800000u) == 0x7f800000u) return BROKEN;
    bits = floatBitsToUint(logit);
    if (bits == NEGATIVE_INFINITY) return 0.0;
    if ((bits & 0x7f800000u) == 0x7f800000u) return BROKEN;
    return exponential(min((logit - row.x) * inverse_temperature - row.y, 60.0));
}

// Weights of a tile; NOTHING for cells that are hidden or outside the block.
void make_weights(Job job, Area area, int first_query, int end_query, int first_key, int end_key) {
    vec4 logit[CELLS];
    make_logits(job, first_query, first_key, logit);
    ivec4 query = queries_from(first_query);
    uvec4 open = open_queries(job, query) & uvec4(lessThan(query, ivec4(end_query)));
    vec2 row[CELLS];
    for (int r = 0; r < CELLS; ++r) {
        row[r] = query[r] < end_query ? log_sums[query[r] - area.query_begin] : vec2(0.0);
    }
    for (int c = 0; c < CELLS; ++c) {
        int column = lane_x() + LANES * c;
        uvec4 seen = uvec4(0u);
        if (first_key + column < end_key) seen = visible(job, query, open, first_key + column);
        for (int r = 0; r < CELLS; ++r) {
            weights[(lane_y() + LANES * r) * STRIDE + column] =
                seen[r] != 0u ? weight_of(logit[c][r], row[r], job.inverse_temperature)
                              : NOTHING;
        }
    }
}

void main() {
    Area area = areas[0];
    Job job = jobs[0];
    int thread = int(gl_LocalInvocationIndex);
    int first_row = (area.first_block + int(gl_WorkGroupID.y)) * area.cell_rows;
    int end_row = min(first_row + area.cell_rows, area.rows);
    int first_column = int(gl_WorkGroupID.x) * area.cell_columns;
    int end_column = min(first_column + area.cell_columns, area.columns);
    int columns = end_column - first_column;
    int column_edges = area.rows + 1;  // edges of rows come first
    int query_begin = area.query_begin + edges[first_row];
    int query_end = area.query_begin + edges[end_row];
    int key_begin = area.key_begin + edges[column_edges + first_column];
    int key_end = area.key_begin + edges[column_edges + end_column];

    // Either the block's queries fit one tile, or all of them belong to one row of cells.
    for (int i = thread; i < TILE * columns; i += THREADS) cells[i] = NOTHING;
    for (int query = query_begin; query < query_end; query += TILE) {
        int end_query = min(query + TILE, query_end);
        begin_queries(job, query);
        for (int key = key_begin; key < key_end; key += TILE) {
            int end_key = min(key + TILE, key_end);
            if (!any_visible(job, query, end_query, key, end_key)) continue;
            make_weights(job, area, query, end_query, key, end_key);
            barrier();
            for (int i = thread; i < TILE * columns; i += THREADS) {
                int row = i / columns, column = first_column + i % columns;
                int begin = max(area.key_begin + edges[column_edges + column], key);
                int end = min(area.key_begin + edges[column_edges + column + 1], end_key);
                float folded = NOTHING;
                for (int k = begin; k < end; ++k) {
                    folded = fold(folded, weights[row * STRIDE + k - key], area.largest);
                }
                cells[i] = fold(cells[i], folded, area.largest);
            }
            barrier();
        }
    }
    barrier();

    for (int i = thread; i < (end_row - first_row) * columns; i += THREADS) {
        int row = first_row + i / columns, column = i % columns;
        int begin = edges[row], end = edges[row + 1];
        bool alone = end_row - first_row == 1;
        int from = alone ? 0 : begin - edges[first_row];
        int to = alone ? min(TILE, end - begin) : end - edges[first_row];
        float folded = NOTHING;
        for (int line = from; line < to; ++line) {
            folded = fold(folded, cells[line * columns + column], area.largest);
        }
        float value = folded;
        if (area.largest == 0) {
            int keys_in = edges[column_edges + first_column + column + 1] -
                          edges[column_edges + first_column + column];
            value = folded / (float(end - begin) * float(keys_in));
        }
        if (folded < 0.0) value = area.hidden_value;
        if (folded >= 0.5 * BROKEN) value = uintBitsToFloat(NOT_A_NUMBER);
        imageStore(target, ivec2(first_column + column, row), vec4(value));
    }
}
