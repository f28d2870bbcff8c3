#include "engine/catalogue/gguf_glance.h"

#include "engine/arch/gguf_config.h"
#include "engine/io/gguf.h"
#include "engine/model/config.h"

namespace fovea {

namespace {

/// Why the model cannot be run, without the file's name, which stands beside it; or "".
std::string refusal(const Gguf& gguf, const std::filesystem::path& file) {
    const auto config = gguf_config_json(gguf);
    std::string message;
    if (!config) {
        message = config.message();
    } else if (const auto parsed = parse_config(*config, file.string()); !parsed) {
        message = parsed.message();
    }
    if (message.starts_with(file.string() + ": ")) message.erase(0, file.string().size() + 2);
    return message.substr(0, message.find(" (known: "));
}

}  // namespace

Result<GgufGlance> glance_at_gguf(const std::filesystem::path& file) {
    if (!is_gguf_file(file)) return fail("it is no GGUF file");
    FOVEA_TRY(const auto gguf, Gguf::open(file));
    GgufGlance glance;
    if (const auto architecture = gguf->text("general.architecture"))
        glance.architecture = *architecture;
    glance.context = gguf->integer(glance.architecture + ".context_length").value_or(0);
    if (gguf->integer("split.count").value_or(1) > 1)
        glance.why_not = "it is split over several files; Fovea reads whole ones";
    else
        glance.why_not = refusal(*gguf, file);
    return glance;
}

}  // namespace fovea
