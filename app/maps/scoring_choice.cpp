#include "app/maps/scoring_choice.h"

#include <epoxy/gl.h>
#include <fmt/format.h>

#include <utility>

#include "engine/gpu/benchmark.h"
#include "engine/gpu/compute_device.h"

namespace fovea::app {
namespace {

std::string& given_up() {
    static std::string why;
    return why;
}

}  // namespace

void give_up_gpu_scoring(std::string why) {
    given_up() = std::move(why);
}

ScoringChoice choose_scoring() {
    if (!given_up().empty()) return {nullptr, fmt::format("CPU ({})", given_up())};
    if (epoxy_gl_version() < 43) return {nullptr, "CPU (OpenGL 4.3 is missing)"};
    const std::string name = gpu::device_name();
    // Compiling for one takes a second; what it would then say is known.
    if (gpu::is_software(name)) return {nullptr, fmt::format("CPU ({} is slower)", name)};
    auto scorer = gpu::Scorer::create();
    // The driver's words on why do not fit the status line.
    if (!scorer) return {nullptr, "CPU (no compute shader)"};
    const auto speed = gpu::measure_scoring(**scorer);
    if (!speed) return {nullptr, fmt::format("CPU ({} refused)", name)};
    if (!speed->gpu_is_faster()) return {nullptr, fmt::format("CPU ({} is slower)", name)};
    return {*std::move(scorer), fmt::format("GPU {}", name)};
}

}  // namespace fovea::app
