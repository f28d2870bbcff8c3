#include "app/ui/colours.h"

#include "app/ui/theme.h"
#include "engine/core/colour_map.h"

namespace fovea::app {

ImU32 readable_on(ImU32 colour) {
    const auto channel = [&](int shift) {
        return static_cast<std::uint8_t>((colour >> shift) & 255);
    };
    const bool light =
        is_light({channel(IM_COL32_R_SHIFT), channel(IM_COL32_G_SHIFT), channel(IM_COL32_B_SHIFT)});
    return light ? rgb(0x0f1317) : rgb(0xf4f6f8);
}

ImU32 blended(ImU32 over, ImU32 under) {
    const ImVec4 a = ImGui::ColorConvertU32ToFloat4(over);
    const ImVec4 b = ImGui::ColorConvertU32ToFloat4(under);
    const auto mix = [&](float x, float y) { return x * a.w + y * (1 - a.w); };
    return ImGui::ColorConvertFloat4ToU32({mix(a.x, b.x), mix(a.y, b.y), mix(a.z, b.z), 1});
}

}  // namespace fovea::app
