#pragma once

#include <imgui.h>

#include <bit>
#include <cstdint>

namespace fovea::app {

/// A number that stands for what was added, in that order: two pictures with the same one are taken
/// for the same.
class Digest {
  public:
    void add(std::uint64_t word) {
        value_ = (std::rotl(value_, 23) ^ word) * 0x9e3779b97f4a7c15u;
        value_ ^= value_ >> 32;
    }
    void add(float number) { add(std::uint64_t{std::bit_cast<std::uint32_t>(number)}); }
    void add(ImVec2 point) { add(std::bit_cast<std::uint64_t>(point)); }
    std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 0x243f6a8885a308d3u;
};

/// Says what the next callback in the list draws, or what is in the texture of the image that comes
/// next, to whoever compares frames: addresses and names do not.
void announce_drawing(ImDrawList* list, const Digest& digest);
/// The command is such an announcement, of this.
bool announces_drawing(const ImDrawCmd& command, std::uint64_t& digest);

}  // namespace fovea::app
