#include "engine/catalogue/gguf_glance.h"

#include "engine/catalogue/finder.h"
#include "engine/io/gguf.h"

namespace fovea {

bool is_gguf(const std::filesystem::path& file) {
    return is_file(file) && is_gguf_file(file);
}

Result<GgufGlance> glance_at_gguf(const std::filesystem::path& file) {
    if (!is_gguf(file)) return fail("it is no GGUF file");
    FOVEA_TRY(const auto gguf, Gguf::open(file));
    GgufGlance glance;
    if (const auto architecture = gguf->text("general.architecture"))
        glance.architecture = *architecture;
    glance.context = gguf->integer(glance.architecture + ".context_length").value_or(0);
    if (gguf->integer("split.count").value_or(1) > 1)
        glance.why_not = "it is split over several files; Fovea reads whole ones";
    else
        glance.why_not = "Fovea does not run GGUF models yet";
    return glance;
}

}  // namespace fovea
