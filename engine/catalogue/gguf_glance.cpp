#include "engine/catalogue/gguf_glance.h"

#include "engine/arch/gguf_config.h"
#include "engine/arch/gguf_names.h"
#include "engine/io/gguf.h"
#include "engine/model/config.h"

namespace fovea {

namespace {

/// Reads the model's config out of the header: what it can be asked, or why it cannot be run,
/// without the file's name, which stands beside it.
void read_config(const Gguf& gguf, const std::filesystem::path& file, GgufGlance& glance) {
    const auto refuse = [&](std::string message) {
        if (message.starts_with(file.string() + ": ")) message.erase(0, file.string().size() + 2);
        glance.why_not = message.substr(0, message.find(" (known: "));
    };
    const auto config = gguf_config_json(gguf);
    if (!config) return refuse(config.message());
    const auto parsed = parse_config(*config, file.string());
    if (!parsed) return refuse(parsed.message());
    const Checkpoint& tensors = *gguf.checkpoint();
    glance.ability = ability_of(
        *parsed, gguf_architecture(*parsed->arch, tensors, parsed->encoder_alone), tensors);
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
        read_config(*gguf, file, glance);
    return glance;
}

}  // namespace fovea
