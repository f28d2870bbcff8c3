#include "engine/gpu/score_layout.h"

#include <fmt/core.h>

namespace fovea::gpu {

std::string score_prologue(bool layered) {
    std::string text = "#version 430 core\n";
    const auto define = [&](const char* name, int value) {
        text += fmt::format("#define {} {}\n", name, value);
    };
    define("LAYERED", layered);
    define("LANES", score_lanes);
    define("CELLS", score_cells);
    define("TILE", score_tile);
    define("DEPTH", score_depth);
    define("JOBS_BINDING", jobs_binding);
    define("MASKS_BINDING", masks_binding);
    define("QUERIES_BINDING", queries_binding);
    define("KEYS_BINDING", keys_binding);
    define("BIAS_BINDING", bias_binding);
    define("ROWS_BINDING", rows_binding);
    text += "struct Job {\n";
#define FIELD(type, name) text += "    " #type " " #name ";\n";
    FOVEA_SCORE_JOB(FIELD)
#undef FIELD
    text += "};\n";
    return text;
}

}  // namespace fovea::gpu
