#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace fovea::gpu {

// What C++ and shaders/score.comp must agree on stands here once: the struct below is compiled as
// C++ and handed to the shader as text (score_prologue).

/// Threads along each side of a work group.
inline constexpr int score_lanes = 8;
/// Rows and keys that one thread holds in registers along each side.
inline constexpr int score_cells = 4;
/// Queries of a work group, and keys that it looks at in one step.
inline constexpr int score_tile = score_lanes * score_cells;
/// Components of queries and keys that lie in shared memory at a time.
inline constexpr int score_depth = 32;

/// Shader storage bindings.
enum ScoreBinding : unsigned {
    jobs_binding,
    masks_binding,
    queries_binding,
    keys_binding,
    bias_binding,
    rows_binding,
};

/// One head. Offsets count elements of the buffer that they point into; -1 stands for none.
/// Only four-byte scalars, so that std430 packs it as C++ does.
#define FOVEA_SCORE_JOB(FIELD)                                                     \
    FIELD(int, queries)                                                            \
    FIELD(int, keys)                                                               \
    FIELD(int, head_dim)                                                           \
    FIELD(int, query_offset) /* floats: [queries, head_dim] */                     \
    FIELD(int, key_offset)   /* floats: [keys, head_dim] */                        \
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

/// What precedes shaders/score.comp: version, constants, the struct. `layered`: the target is a
/// texture array.
std::string score_prologue(bool layered);

}  // namespace fovea::gpu
