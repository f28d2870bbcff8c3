#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace fovea::gpu {

// What C++ and the shaders of attention must agree on stands here once: the structs below are
// compiled as C++ and handed to the shaders as text (attention_prologue).

/// Queries, and keys, that one thread holds logits of in registers.
inline constexpr int score_cells = 4;
/// Components of queries and keys that a shader reads at once. head_dim is padded to a multiple.
inline constexpr int word_components = 4;
/// Words of each key that lie in shared memory at a time.
inline constexpr int key_words = 8;

/// How a shader cuts a map into work groups.
struct ScoreTile {
    int lanes = 8;        ///< threads along each side of a work group
    int query_words = 0;  ///< of a query that stay in shared memory for all keys; 0: brought anew

    /// Queries of a work group, and keys that it looks at in one step.
    int extent() const { return lanes * score_cells; }
    /// What score.comp takes of a work group's shared memory.
    int shared_bytes() const;
    auto operator<=>(const ScoreTile&) const = default;
};

/// The tile for heads of this size. Large tiles read each query and key less often; of few queries
/// they would leave most of a GPU idle. Queries stay in shared memory for all keys where that has
/// room for them beside the keys (40 KiB with a head_dim of 128 and large tiles; every OpenGL 4.3
/// has 32).
ScoreTile score_tile_for(std::ptrdiff_t head_dim, std::ptrdiff_t queries, int shared_limit);
/// The same for pool.comp, which folds a tile of weights in shared memory besides: a small one.
ScoreTile pool_tile_for(std::ptrdiff_t head_dim, int shared_limit);

/// Shader storage bindings.
enum ScoreBinding : unsigned {
    jobs_binding,
    masks_binding,
    queries_binding,
    keys_binding,
    bias_binding,
    rows_binding,
    log_sums_binding = rows_binding,  // pool.comp reads where score.comp writes
    edges_binding,
    area_binding,
    bindings_end,  // 8, as many as every OpenGL 4.3 has
};

/// Words of one query or key, as they lie in a buffer.
inline std::ptrdiff_t words_of(std::ptrdiff_t head_dim) {
    return (head_dim + word_components - 1) / word_components;
}

/// One head. Offsets count elements of the buffer that they point into; -1 stands for none.
/// Only four-byte scalars, so that std430 packs it as C++ does.
#define FOVEA_SCORE_JOB(FIELD)                                                     \
    FIELD(int, queries)                                                            \
    FIELD(int, keys)                                                               \
    FIELD(int, head_dim)                                                           \
    FIELD(int, query_offset) /* words: [queries, head_dim / 4 rounded up] */       \
    FIELD(int, key_offset)   /* words: [keys, head_dim / 4 rounded up] */          \
    FIELD(int, bias_offset)  /* floats: [queries + keys - 1] */                    \
    FIELD(int, row_offset)   /* pairs: [queries] of log-sum-exp, entropy */        \
    FIELD(float, scale)                                                            \
    FIELD(float, inverse_temperature)                                              \
    FIELD(int, causal)                                                             \
    FIELD(int, window)                                                             \
    FIELD(int, blocked_keys)    /* words, one bit a key */                         \
    FIELD(int, blocked_queries) /* words, one bit a query */                       \
    FIELD(int, painted)         /* words: [painted_rows, painted_columns] */       \
    FIELD(int, painted_row)     /* first query of the rectangle that is painted */ \
    FIELD(int, painted_rows)                                                       \
    FIELD(int, painted_column) /* its first key / 32 */                            \
    FIELD(int, painted_columns)                                                    \
    FIELD(int, write_weights)                                                      \
    FIELD(int, target_layer)                                                       \
    FIELD(int, first_query)     /* of the dispatch */                              \
    FIELD(float, hidden_weight) /* what a hidden cell gets */

struct ScoreJob {
#define FIELD(type, name) type name = 0;
    FOVEA_SCORE_JOB(FIELD)
#undef FIELD
};

enum class ScoreJobField : std::size_t {
#define FIELD(type, name) name,
    FOVEA_SCORE_JOB(FIELD)
#undef FIELD
        count
};

#define FIELD(type, name)              \
    static_assert(sizeof(type) == 4 && \
                  offsetof(ScoreJob, name) == 4 * static_cast<std::size_t>(ScoreJobField::name));
FOVEA_SCORE_JOB(FIELD)
#undef FIELD
static_assert(sizeof(ScoreJob) == 4 * static_cast<std::size_t>(ScoreJobField::count));

/// What pool.comp makes of one head: cells over a part of its map. Like ScoreJob.
#define FOVEA_POOL_AREA(FIELD)                                                      \
    FIELD(int, rows) /* of cells */                                                 \
    FIELD(int, columns)                                                             \
    FIELD(int, cell_rows) /* of one work group */                                   \
    FIELD(int, cell_columns)                                                        \
    FIELD(int, first_block) /* of the dispatch, in rows of work groups */           \
    FIELD(int, query_begin)                                                         \
    FIELD(int, key_begin)                                                           \
    FIELD(int, largest)        /* 1: the largest weight of a cell; 0: their mean */ \
    FIELD(float, hidden_value) /* what a cell without a visible weight gets */

struct PoolArea {
#define FIELD(type, name) type name = 0;
    FOVEA_POOL_AREA(FIELD)
#undef FIELD
};
static_assert(sizeof(PoolArea) == 9 * 4);

/// What precedes shaders/attention.glsl: version, constants, the structs.
std::string attention_prologue(const ScoreTile& tile);
/// One more constant.
std::string definition(const char* name, int value);

}  // namespace fovea::gpu
