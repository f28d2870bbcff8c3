#include "engine/gpu/score_layout.h"

#include <fmt/core.h>

#include <algorithm>

namespace fovea::gpu {

namespace {

constexpr int word_bytes = word_components * static_cast<int>(sizeof(float));
constexpr int small_lanes = 8, large_lanes = 16;
// From here on even one head makes eight large work groups, and the heads of a layer a hundred.
constexpr std::ptrdiff_t many_queries = 512;
// Each class is a program that a driver has to compile, so there are few.
constexpr int query_word_classes[] = {8, 16, 32};

}  // namespace

int ScoreTile::shared_bytes() const {
    const int staged = (query_words > 0 ? query_words : key_words) + key_words;
    const int row_results = extent();
    return (staged * (extent() + 1) + row_results) * word_bytes;
}

ScoreTile pool_tile_for(std::ptrdiff_t head_dim, int shared_limit) {
    const ScoreTile resident = score_tile_for(head_dim, 0, shared_limit);
    const int extent = resident.extent();
    const int folding = (extent * (extent + 1) + extent * extent) * static_cast<int>(sizeof(float));
    if (resident.shared_bytes() + folding <= shared_limit) return resident;
    return {resident.lanes, 0};
}

ScoreTile score_tile_for(std::ptrdiff_t head_dim, std::ptrdiff_t queries, int shared_limit) {
    const auto words = words_of(head_dim);
    const auto fits = std::find_if(std::begin(query_word_classes), std::end(query_word_classes),
                                   [&](int most) { return words <= most; });
    const int query_words = fits == std::end(query_word_classes) ? 0 : *fits;
    const ScoreTile large{large_lanes, query_words};
    if (queries >= many_queries && large.shared_bytes() <= shared_limit) return large;
    const ScoreTile small{small_lanes, query_words};
    if (small.shared_bytes() <= shared_limit) return small;
    return {small_lanes, 0};
}

std::string definition(const char* name, int value) {
    return fmt::format("#define {} {}\n", name, value);
}

std::string attention_prologue(const ScoreTile& tile) {
    std::string text = "#version 430 core\n";
    text += definition("LANES", tile.lanes);
    text += definition("CELLS", score_cells);
    text += definition("TILE", tile.extent());
    text += definition("QUERY_WORDS", tile.query_words);
    text += definition("KEY_WORDS", key_words);
    text += definition("JOBS_BINDING", jobs_binding);
    text += definition("MASKS_BINDING", masks_binding);
    text += definition("QUERIES_BINDING", queries_binding);
    text += definition("KEYS_BINDING", keys_binding);
    text += definition("BIAS_BINDING", bias_binding);
    text += definition("ROWS_BINDING", rows_binding);
    text += definition("LOG_SUMS_BINDING", log_sums_binding);
    text += definition("EDGES_BINDING", edges_binding);
    text += definition("AREA_BINDING", area_binding);
    text += "struct Job {\n";
#define FIELD(type, name) text += "    " #type " " #name ";\n";
    FOVEA_SCORE_JOB(FIELD)
#undef FIELD
    text += "};\nstruct Area {\n";
#define FIELD(type, name) text += "    " #type " " #name ";\n";
    FOVEA_POOL_AREA(FIELD)
#undef FIELD
    text += "};\n";
    return text;
}

}  // namespace fovea::gpu
