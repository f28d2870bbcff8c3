#include "engine/gpu/compute_device.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <string_view>

#include "compute_shaders_files.h"

namespace fovea::gpu {

namespace {

constexpr std::size_t projection_budget = std::size_t{256} << 20;

std::string full_name() {
    const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    return name == nullptr ? "unnamed GPU" : name;
}

}  // namespace

std::string device_name() {
    const std::string name = full_name();
    return name.substr(0, name.find(" ("));
}

bool is_software(const std::string& name) {
    constexpr std::string_view renderers[] = {"llvmpipe",
                                              "softpipe",
                                              "SWR",
                                              "SwiftShader",
                                              "Software Rasterizer",
                                              "Microsoft Basic Render"};
    return std::any_of(std::begin(renderers), std::end(renderers), [&](std::string_view renderer) {
        return name.compare(0, renderer.size(), renderer) == 0;
    });
}

ComputeDevice::ComputeDevice() : projections(projection_budget) {
    name_ = full_name();
    glGetIntegerv(GL_MAX_COMPUTE_SHARED_MEMORY_SIZE, &shared_limit_);
}

Result<std::shared_ptr<ComputeDevice>> ComputeDevice::create() {
    if (!epoxy_is_desktop_gl()) return fail("OpenGL ES has no compute shaders of version 4.3");
    const int version = epoxy_gl_version();
    if (version < 43) {
        return fail("OpenGL 4.3 is missing (this driver has {}.{})", version / 10, version % 10);
    }
    drop_gl_errors();
    return std::shared_ptr<ComputeDevice>(new ComputeDevice);
}

Result<unsigned> ComputeDevice::program(AttentionShader shader, const ScoreTile& tile,
                                        bool layered) {
    const auto key = std::tuple(shader, tile, layered);
    if (const auto found = programs_.find(key); found != programs_.end())
        return found->second.name();
    const ShaderFile last = shader == AttentionShader::score
                                ? ShaderFile{"score.comp", compute_shaders::score_comp}
                                : ShaderFile{"pool.comp", compute_shaders::pool_comp};
    const ShaderFile files[] = {{"attention.glsl", compute_shaders::attention_glsl}, last};
    const std::string prologue = attention_prologue(tile) + definition("LAYERED", layered);
    FOVEA_TRY(auto program, ComputeProgram::compile(prologue, files));
    return programs_.emplace(key, std::move(program)).first->second.name();
}

}  // namespace fovea::gpu
