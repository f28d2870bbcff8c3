#pragma once

#include <imgui.h>

#include "engine/trace/head_map.h"

namespace fovea::app {

/// Where the cells of a map lie when a region of it fills a rectangle. Pieces that meet share their
/// edge to the last digit, so that every pixel belongs to one of them.
class MapPlacement {
  public:
    MapPlacement(const MapRegion& region, ImVec2 min, ImVec2 max)
        : region_(region),
          min_(min),
          cell_width_(static_cast<double>(max.x - min.x) / static_cast<double>(region.columns())),
          cell_height_(static_cast<double>(max.y - min.y) / static_cast<double>(region.rows())) {}

    ImVec2 at(Index query, Index key) const {
        const auto keys = static_cast<double>(key - region_.key_begin);
        const auto queries = static_cast<double>(query - region_.query_begin);
        return {static_cast<float>(min_.x + keys * cell_width_),
                static_cast<float>(min_.y + queries * cell_height_)};
    }
    float width(Index keys) const {
        return static_cast<float>(static_cast<double>(keys) * cell_width_);
    }
    float height(Index queries) const {
        return static_cast<float>(static_cast<double>(queries) * cell_height_);
    }

  private:
    MapRegion region_;
    ImVec2 min_;
    double cell_width_, cell_height_;
};

}  // namespace fovea::app
