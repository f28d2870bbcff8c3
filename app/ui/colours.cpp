#include "app/ui/colours.h"

#include "app/ui/theme.h"

namespace fovea::app {

ImU32 readable_on(ImU32 colour) {
    const auto channel = [&](int shift) {
        return static_cast<float>((colour >> shift) & 255) / 255;
    };
    // Rec. 709 luma of the encoded values: close enough to choose between two.
    const float luma = 0.2126f * channel(IM_COL32_R_SHIFT) + 0.7152f * channel(IM_COL32_G_SHIFT) +
                       0.0722f * channel(IM_COL32_B_SHIFT);
    return luma > 0.5f ? rgb(0x0f1317) : rgb(0xf4f6f8);
}

ImU32 blended(ImU32 over, ImU32 under) {
    const ImVec4 a = ImGui::ColorConvertU32ToFloat4(over);
    const ImVec4 b = ImGui::ColorConvertU32ToFloat4(under);
    const auto mix = [&](float x, float y) { return x * a.w + y * (1 - a.w); };
    return ImGui::ColorConvertFloat4ToU32({mix(a.x, b.x), mix(a.y, b.y), mix(a.z, b.z), 1});
}

}  // namespace fovea::app
