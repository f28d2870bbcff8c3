#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

namespace fovea::app {

/// Where a frame differs from the one before, in a grid of squares: a software renderer need not
/// draw the rest again.
class ChangedAreas {
  public:
    static constexpr int square = 64;  ///< side, in the coordinates of the window; llvmpipe's too

    /// Compares with the frame of the last call. Left, top, right, bottom, whole numbers; few, and
    /// none of them empty.
    std::vector<ImVec4> update(const ImDrawData& data, ImU32 background);

    /// The next frame differs everywhere.
    void forget() { digests_.clear(); }

  private:
    int columns_ = 0, rows_ = 0;
    std::vector<std::uint64_t> digests_;  // [rows, columns] of all that touches a square
};

}  // namespace fovea::app
